import type { Issuer, RouteTable } from '../types.ts';
import { some } from './change.ts';
import type { Change } from './change.ts';
import { describeDuration } from './describe.ts';
import { compareEntries } from './entries.ts';
import type { Aspect } from './entries.ts';

const aspects: readonly Aspect<Issuer>[] = [
  { meaning: 'audiences', of: ({ audiences }) => audiences },
  { meaning: 'whose tokens they are', of: ({ callers }) => [callers] },
  { meaning: 'domains that it vouches for', of: ({ emailDomains }) => emailDomains },
  { meaning: 'where its keys are', of: ({ keys: { from, at } }) => [from === 'discovery' ? from : at] },
  { meaning: 'algorithms', of: ({ algorithms }) => algorithms },
  {
    meaning: 'how far its clock may differ',
    of: ({ leewayMs }) => [describeDuration(leewayMs)],
    widens: (before, after) => after.leewayMs > before.leewayMs,
  },
  { meaning: 'claim of the subject', of: ({ claims }) => [claims.subject] },
  { meaning: 'claim of the scopes', of: ({ claims }) => [firstOf(claims.scopes)] },
  { meaning: 'claim of the groups', of: ({ claims: { groups } }) => (groups === undefined ? [] : [groups]) },
  { meaning: 'claim of the client', of: ({ claims }) => [firstOf(claims.client)] },
];

/** Whose tokens count from now on, and whose no longer. */
export function compareIssuers(before: RouteTable, after: RouteTable): Change[] {
  const where = bearerRoutes(after);
  return compareEntries(byName(before), byName(after), {
    titleOf: (name) => `issuer ${name}`,
    aspects,
    added: ({ callers, audiences }) => ({
      kind: 'gain',
      text: `its tokens for ${audiences.join(', ')} count, of ${callers}; ${where}`,
      widens: true,
    }),
    removed: ({ callers }) => `its tokens, of ${callers}, count no longer`,
  });
}

function byName({ root }: RouteTable): ReadonlyMap<string, Issuer> {
  return new Map(root.issuers.map((issuer) => [issuer.issuer, issuer]));
}

/** Where tokens count at all, in words. */
function bearerRoutes({ routes }: RouteTable): string {
  const taking = routes.filter(({ bearer }) => bearer !== undefined);
  return taking.length === 0 ? 'no route takes tokens' : `taken by ${some(taking.map(({ id }) => id))}`;
}

// Of several the first that is there counts, so that their order does.
function firstOf(names: readonly string[]): string {
  return names.join(' or else ');
}
