/** What is known of a person, for the names that they may use. */
export type SshPerson = { readonly email: string; readonly user: string };

/** A name cannot be made of what is known of somebody. */
export class PrincipalError extends Error {}

const facts = ['email', 'user'] as const;
const place = /\{([^{}]*)\}/g;
const named = /^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,127}$/;

/** What is wrong with a principal as the file has it, as a sentence; undefined where nothing is. */
export function principalProblem(template: string): string | undefined {
  const unknown = [...template.matchAll(place)].map(([, name]) => name).find((name) => !isFact(name));
  if (unknown !== undefined) return `{${unknown}} is neither {email} nor {user}`;
  if (named.test(template.replaceAll(place, 'x'))) return undefined;
  return 'it is made of letters, digits and `_.@+-`, with {email} or {user} in them';
}

/**
 * As whom somebody may sign in at sshd. What is known of them is not ours, so it is refused where it could mean something else in
 * a list of names, and never changed. Nobody becomes `root` by the name of their account: the file has to say so.
 *
 * @throws PrincipalError
 */
export function principalsOf(
  templates: readonly [string, ...string[]],
  person: SshPerson,
): readonly [string, ...string[]] {
  const [first, ...others] = templates;
  return [fill(first, person), ...others.map((template) => fill(template, person))];
}

function fill(template: string, person: SshPerson): string {
  const name = template.replaceAll(place, (_, fact: string) => (isFact(fact) ? person[fact] : ''));
  if (!named.test(name))
    throw new PrincipalError(`${template} is no name for sshd with what is known of them`);
  if (name === 'root' && template !== 'root') throw new PrincipalError(`${template} would be root`);
  return name;
}

function isFact(text: string | undefined): text is (typeof facts)[number] {
  return facts.some((fact) => fact === text);
}
