import { noFacts } from '@latchkey/access';
import type { Rule, WantedClaim } from '@latchkey/access';
import type { RouteTable, ServiceAccount, ServiceTokenHash } from '../types.ts';
import { some } from './change.ts';
import type { Change } from './change.ts';
import { compareEntries } from './entries.ts';
import type { Aspect } from './entries.ts';

const aspects: readonly Aspect<ServiceAccount>[] = [
  { meaning: 'scopes', of: ({ principal }) => principal.scopes },
  { meaning: 'role of AWS', of: ({ awsRole }) => (awsRole === undefined ? [] : [awsRole.arn]) },
  { meaning: 'issuer', of: ({ workload }) => (workload === undefined ? [] : [workload.issuer]) },
  {
    meaning: 'claims',
    of: ({ workload }) => workload?.claims.map(describeClaim) ?? [],
    // A condition that is removed lets more in, as another one may.
    widens: () => true,
  },
  { meaning: 'tokens', of: ({ tokens }) => tokens.map(describeToken), widens: hasMoreTokens },
];

/** Which programs have a credential of their own from now on, and which rules let them in. */
export function compareServiceAccounts(before: RouteTable, after: RouteTable): Change[] {
  return compareEntries(before.root.serviceAccounts, after.root.serviceAccounts, {
    titleOf: (name) => `service account ${name}`,
    aspects,
    added(account) {
      const { principal } = account;
      const ways = waysIn(account, after);
      const scopes = principal.scopes.length === 0 ? 'no scopes' : `scopes ${principal.scopes.join(', ')}`;
      const text = `${credentialsOf(account)} with ${scopes}; ${
        ways.length === 0 ? 'no rule lets it in' : `let in by ${some(ways)}`
      }`;
      return { kind: 'gain', text, widens: true };
    },
    removed(account) {
      const ways = waysIn(account, before);
      return `${account.tokens.length === 0 && account.awsRole !== undefined ? 'its role of AWS counts' : 'its tokens count'} no longer${ways.length === 0 ? '' : `; before let in by ${some(ways)}`}`;
    },
    effects(old, now) {
      const [was, is] = [waysIn(old, after), waysIn(now, after)];
      const gained = is.filter((way) => !was.includes(way));
      const lost = was.filter((way) => !is.includes(way));
      return [
        ...(gained.length === 0
          ? []
          : [{ kind: 'gain', text: `let in by ${some(gained)}`, widens: true } as const]),
        ...(lost.length === 0
          ? []
          : [{ kind: 'loss', text: `no longer let in by ${some(lost)}`, widens: false } as const]),
      ];
    },
  });
}

/** Every rule that lets a program in, with its route. Whether one that reads the request does is known only when one comes. */
function waysIn({ principal: named, awsRole }: ServiceAccount, { routes }: RouteTable): string[] {
  const principal = awsRole === undefined ? named : { ...named, awsRole: awsRole.arn };
  return routes.flatMap((route) => {
    const mayUse =
      route.bearer !== undefined && route.policy.demands.every((each) => each.holds({ principal }));
    if (!mayUse) return [];
    return route.policy.forPrincipals.flatMap((rule) => {
      const name = rule.text.replace(/^(allowed_\w+):.*/s, '$1');
      if (rule.holds({ ...noFacts, principal, route: route.policy.about })) return [`${name} of ${route.id}`];
      return readsRequest(rule) ? [`perhaps ${name} of ${route.id}`] : [];
    });
  });
}

function readsRequest({ reads }: Rule): boolean {
  return reads.some((fact) => fact !== 'principal' && fact !== 'route');
}

function credentialsOf({ tokens, awsRole, workload }: ServiceAccount): string {
  const counted = tokens.length === 1 ? 'one token' : `${tokens.length} tokens`;
  const others = [
    ...(awsRole === undefined ? [] : [awsRole.arn]),
    ...(workload === undefined
      ? []
      : [`tokens of ${workload.issuer} with ${workload.claims.map(describeClaim).join(', ')}`]),
  ];
  return (tokens.length === 0 && others.length > 0 ? others : [counted, ...others]).join(' and ');
}

function describeClaim([name, texts]: WantedClaim): string {
  return `${name}: ${texts.join(' or ')}`;
}

// Enough of a hash to find it in the file.
function describeToken({ hash, expiresAt }: ServiceTokenHash): string {
  const end = expiresAt === undefined ? 'without end' : `until ${new Date(expiresAt).toISOString()}`;
  return `${hash.slice(0, 'sha256:'.length + 8)} ${end}`;
}

function hasMoreTokens(before: ServiceAccount, after: ServiceAccount): boolean {
  const ends = new Map(before.tokens.map(({ hash, expiresAt = Infinity }) => [hash, expiresAt]));
  return after.tokens.some(({ hash, expiresAt = Infinity }) => expiresAt > (ends.get(hash) ?? -Infinity));
}
