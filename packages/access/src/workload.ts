/** Tells a token that a workload was given for one of its issuer, before anything is known of it. */
export const workloadTokenPrefix = 'lk-w1.';

/** Which tokens of an issuer are of one program: those that say all of this. */
export type Workload = {
  readonly issuer: string;
  /** claims by name, and what each may say */
  readonly claims: readonly WantedClaim[];
};

/** A claim, and the texts of which it has to be one. */
export type WantedClaim = readonly [name: string, texts: readonly string[]];

type Said = {
  readonly issuer?: string | undefined;
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
};

/**
 * What of the claims of a token makes it one of a program, by their names.
 *
 * @returns undefined where it is none
 */
export function fittingClaims(
  { issuer, claims: wanted }: Workload,
  said: Said,
): Record<string, string> | undefined {
  const { claims } = said;
  if (said.issuer !== issuer || claims === undefined || wanted.length === 0) return undefined;
  const found = wanted.map(
    ([name, texts]) => [name, textsOf(claims, name).find((one) => texts.includes(one))] as const,
  );
  return found.every((each) => isFound(each)) ? Object.fromEntries(found) : undefined;
}

function isFound(each: readonly [string, string | undefined]): each is readonly [string, string] {
  return each[1] !== undefined;
}

// Compared as they are written. A claim that says several things says each of them.
function textsOf(claims: Readonly<Record<string, unknown>>, name: string): readonly string[] {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  return [value]
    .flat()
    .filter((one) => typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean')
    .map(String);
}
