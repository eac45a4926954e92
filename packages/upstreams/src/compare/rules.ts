import type { WrittenRule } from '@latchkey/access';
import type { Route } from '../types.ts';

/** The rules of a route that are written as expressions: those that it has to pass, the guardrail among them, and those that let in. */
export function rulesOf({ policy: { gates, forPrincipals } }: Route): {
  gates: readonly WrittenRule[];
  waysIn: readonly WrittenRule[];
} {
  return {
    gates: gates.flatMap((gate) => gate.rules),
    waysIn: forPrincipals.flatMap(({ written }) => written ?? []),
  };
}

/** Whether a rule looks at the tags of its route. */
export function readsTags({ facts }: WrittenRule): boolean {
  return facts.some(({ name }) => name === 'route.tags');
}
