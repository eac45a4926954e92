import type { Policy } from './policy.ts';
import type { Person } from './principal.ts';

/** The groups of a person that a policy names: all that applications get to know of their groups. */
export function namedGroups(person: Person, policy: Policy): string[] {
  return (person.groups ?? []).filter((group) => policy.groups.includes(group));
}
