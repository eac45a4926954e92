import type { RuleFacts, RuleInput } from './facts.ts';
import type { Person, Principal } from './principal.ts';
import type { Reason } from './reasons.ts';

/** A rule that an operator wrote as an expression. */
export type WrittenRule = {
  readonly name: string;
  readonly effect: 'allow' | 'deny';
  readonly expression: string;
  readonly reads: ReadonlyArray<keyof RuleInput>;
  /** that it asks about */
  readonly groups: readonly string[];
  /** of the root of the file, that it names */
  readonly networks: readonly string[];
  /** for whom it refuses */
  readonly message?: string;
  /** what it refuses with; absent: 403 */
  readonly status?: 404;
  /** undefined where it cannot be decided */
  readonly decide: (input: RuleInput) => boolean | undefined;
  /** what it looks at, and how to show that */
  readonly facts: ReadonlyArray<{
    readonly name: string;
    readonly shown: (input: RuleInput) => string | undefined;
  }>;
};

/** What a request has to pass before any rule lets it in. */
export type Gate = {
  readonly text: string;
  readonly reads: ReadonlyArray<keyof RuleFacts>;
  readonly rules: readonly WrittenRule[];
  /** why it does not pass; undefined where it does */
  readonly stops: (known: RuleFacts) => Stop | undefined;
};

/** Why a request does not pass a gate. */
export type Stop = {
  readonly reason: Reason;
  readonly rule: string;
  readonly written: WrittenRule | undefined;
};

/** As a refusal names it. What it says is for those who wrote it. */
export function textOfRule({ name }: Pick<WrittenRule, 'name'>): string {
  return `policy: ${name}`;
}

/**
 * What stands before the rules of a route: each rule of the guardrail that refuses, its rules that let in taken together, and
 * each rule of the route that refuses.
 */
export function gatesOf(guardrail: readonly WrittenRule[], ofRoute: readonly WrittenRule[]): readonly Gate[] {
  const allowing = guardrail.filter(({ effect }) => effect === 'allow');
  return [
    ...guardrail.filter(isDeny).map(denyGate),
    ...(allowing.length === 0 ? [] : [allowGate(allowing)]),
    ...ofRoute.filter(isDeny).map(denyGate),
  ];
}

function isDeny({ effect }: WrittenRule): boolean {
  return effect === 'deny';
}

function denyGate(rule: WrittenRule): Gate {
  const text = textOfRule(rule);
  const denied: Stop = { reason: 'denied_by_rule', rule: text, written: rule };
  const undecided: Stop = { ...denied, reason: 'rule_undecided' };
  const unknown: Stop = { ...denied, reason: 'groups_unknown' };
  return {
    text,
    reads: rule.reads,
    rules: [rule],
    stops(known) {
      const refuses = outcomeOf(rule, known);
      if (refuses === false) return undefined;
      if (refuses === true) return denied;
      return isAboutUnknownGroups([rule], known.principal) ? unknown : undecided;
    },
  };
}

function allowGate(rules: readonly WrittenRule[]): Gate {
  const text = rules.map(textOfRule).join('; ');
  const stop: Stop = { reason: 'guardrail_not_passed', rule: text, written: undefined };
  const unknown: Stop = { ...stop, reason: 'groups_unknown' };
  return {
    text,
    reads: [...new Set(rules.flatMap(({ reads }) => reads))],
    rules,
    stops(known) {
      if (rules.some((rule) => outcomeOf(rule, known) === true)) return undefined;
      return isAboutUnknownGroups(rules, known.principal) ? unknown : stop;
    },
  };
}

/** What a rule says of a request. One that fails says nothing, and what nobody can tell refuses. */
export function outcomeOf(rule: WrittenRule, input: RuleInput): boolean | undefined {
  try {
    return rule.decide(input);
  } catch {
    return undefined;
  }
}

function isAboutUnknownGroups(rules: readonly WrittenRule[], principal: Principal): boolean {
  if (principal.kind !== 'person') return false;
  return rules.some(({ groups }) => groups.some((group) => !isKnownGroup(group, principal)));
}

/** Whether it is known if a person is in a group. */
export function isKnownGroup(group: string, { groups, askedGroups }: Person): boolean {
  return groups !== undefined && (askedGroups === undefined || askedGroups.includes(group));
}
