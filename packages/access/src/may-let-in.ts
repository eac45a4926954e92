import { noFacts } from './facts.ts';
import type { Policy } from './policy.ts';
import type { Principal } from './principal.ts';

/** Tells whether a policy lets somebody in for any request at all. Of a rule that reads the request that is not known before. */
export function mayLetIn({ demands, forPrincipals, about }: Policy, principal: Principal): boolean {
  if (!demands.every((demand) => demand.holds({ principal }))) return false;
  return forPrincipals.some(
    (rule) =>
      rule.holds({ ...noFacts, principal, route: about }) ||
      rule.reads.some((fact) => fact !== 'principal' && fact !== 'route'),
  );
}
