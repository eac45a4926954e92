// A decision that is kept for a person has to be the one that would be made anew.
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { compilePolicy, decideFor, noFacts } from '@latchkey/access';
import type { Person, WrittenRule } from '@latchkey/access';

const rule = fc.record({
  name: fc.constantFrom('one', 'two'),
  effect: fc.constantFrom('allow' as const, 'deny' as const),
  letter: fc.constantFrom('a', 'b', 'c'),
});

function written({
  name,
  effect,
  letter,
}: {
  name: string;
  effect: 'allow' | 'deny';
  letter: string;
}): WrittenRule {
  const decide: WrittenRule['decide'] = ({ principal }) =>
    principal.kind === 'person' && principal.idp !== undefined ? principal.idp === letter : undefined;
  return {
    name,
    effect,
    expression: letter,
    reads: ['principal'],
    groups: [],
    networks: [],
    decide,
    facts: [],
  };
}

test('rules that read no request are decided once for each person, as they would be each time', () => {
  fc.assert(
    fc.property(
      fc.array(rule, { maxLength: 4 }),
      fc.array(rule, { maxLength: 4 }),
      fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
      (guardrail, own, idp) => {
        const rules = { groups: [], emailDomains: ['example.com'], emailAddresses: [] };
        const options = { rules, publicPaths: [], skipAuthPreflight: false };
        const policy = compilePolicy({
          ...options,
          guardrail: guardrail.map(written),
          writtenRules: own.map(written),
        });
        const ada: Person = { kind: 'person', email: 'ada@example.com', groups: [], ...(idp && { idp }) };
        const first = decideFor(ada, policy, noFacts);

        expect(decideFor(ada, policy, noFacts)).toBe(first);
        expect(decideFor({ ...ada }, policy, noFacts)).toEqual(first);
        expect(decideFor(ada, { ...policy, readsRequest: true }, noFacts)).toEqual(first);
      },
    ),
  );
});
