import type { Route } from '../types.ts';
import { isOpenToAll } from './describe.ts';

/** One way in, in words. `everybody` marks one that needs no group, domain or address of its own. */
type Way = { text: string; coveredBy: readonly string[] };

const anyPerson = 'everybody who can sign in';

/** Who gains and who loses when `after` takes the place of `before`, in words. */
export function compareAccess(before: Route, after: Route): { gains: string[]; losses: string[] } {
  return { gains: missingFrom(before, waysInto(after)), losses: missingFrom(after, waysInto(before)) };
}

function missingFrom(route: Route, ways: readonly Way[]): string[] {
  const there = new Set(waysInto(route).map(({ text }) => text));
  const besides = new Set([...there, ...ways.map(({ text }) => text)]);
  return ways
    .filter(({ text, coveredBy }) => !there.has(text) && !coveredBy.some((other) => besides.has(other)))
    .map(({ text }) => text);
}

/** Every way into a route. A way that a broader one covers is no news beside it. */
function waysInto({ rules, bearer, publicPaths, skipAuthPreflight, providerSlugs }: Route): Way[] {
  const everybody = isOpenToAll(rules) ? [{ text: anyPerson, coveredBy: [] }] : [];
  return [
    ...everybody,
    ...named('group', rules.groups, () => []),
    ...named('domain', rules.emailDomains, () => []),
    ...named('address', rules.emailAddresses, (address) => [`domain ${address.split('@').at(-1) ?? ''}`]),
    ...tokenWays(bearer),
    ...publicPaths.map(({ source }) => ({
      text: `anybody without sign-in, on paths that match ${source}`,
      coveredBy: [],
    })),
    ...(skipAuthPreflight ? [{ text: 'CORS preflights without sign-in', coveredBy: [] }] : []),
    ...providerSlugs.map((slug) => ({ text: `accounts of the provider ${slug}`, coveredBy: [] })),
  ];
}

// No person covers a token: anyone who may sign in has none of them.
function tokenWays(bearer: Route['bearer']): Way[] {
  if (bearer === undefined) return [];
  const lists = [
    ['scope', bearer.scopes],
    ['subject', bearer.subjects],
    ['client', bearer.clients],
  ] as const;
  return lists.flatMap(([noun, entries]) =>
    entries.map((entry) => ({ text: `tokens with the ${noun} ${entry}`, coveredBy: [] })),
  );
}

function named(noun: string, entries: readonly string[], broader: (entry: string) => string[]): Way[] {
  // Alone it is everybody, which is another word; beside others it is nobody.
  const named = entries.filter((entry) => entry !== '*');
  return named.map((entry) => ({ text: `${noun} ${entry}`, coveredBy: [anyPerson, ...broader(entry)] }));
}
