import type { Route } from '@latchkey/upstreams';
import type { Person } from './subject.ts';

/** The groups of a person that a route names: all that anybody behind it is told about their groups. */
export function namedGroups(person: Person, route: Route): string[] {
  return (person.groups ?? []).filter((group) => route.rules.groups.includes(group));
}
