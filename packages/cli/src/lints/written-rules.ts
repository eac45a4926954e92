import type { WrittenRule } from '@latchkey/access';
import { absent, principal, readForms } from '@latchkey/policy';
import type { Form, TwoForms } from '@latchkey/policy';
import type { Route } from '@latchkey/upstreams';
import type { LintSubject } from './lint.ts';

/** A rule of a policy, with what shows in how it is written, and its place. */
export type PlacedRule = {
  readonly rule: WrittenRule;
  readonly forms: TwoForms;
  readonly place: { readonly file: string; readonly line: number; readonly column: number };
};

/** The rules of a file: the guardrail, and those of each route. */
export type PlacedRules = {
  readonly guardrail: readonly PlacedRule[];
  readonly of: (route: Route) => readonly PlacedRule[];
  /** each that is written once */
  readonly all: readonly PlacedRule[];
};

/** Finds the rules of a file, and where they stand in it. */
export function placedRules({ file, source, table }: LintSubject): PlacedRules {
  const known = new Map<string, PlacedRule>();

  function placed(rule: WrittenRule, route?: Route): PlacedRule {
    const option = `${rule.effect}_if`;
    const place = { file, ...source.rulePlace(option, rule.expression, route) };
    const key = JSON.stringify([place.line, place.column, rule.name]);
    const found = known.get(key) ?? { rule, forms: readForms(rule.expression), place };
    known.set(key, found);
    return found;
  }

  const guardrail = table.root.guardrail.map((rule) => placed(rule));
  const ofRoutes = new Map(
    table.routes.map((route) => [route, route.writtenRules.map((rule) => placed(rule, route))]),
  );
  return { guardrail, of: (route) => ofRoutes.get(route) ?? [], all: [...known.values()] };
}

/** What has to be so that a request passes a gate, and the rules that it is made of. */
export type PassedGate = { readonly form: Form; readonly rules: readonly PlacedRule[] };

/** The gates that rules are: one for each that refuses, and one for all that let in. */
export function passedGatesOf(rules: readonly PlacedRule[]): PassedGate[] {
  const allowing = rules.filter(({ rule }) => rule.effect === 'allow');
  const denying = rules.filter(({ rule }) => rule.effect === 'deny');
  const allow: PassedGate[] =
    allowing.length === 0
      ? []
      : [{ form: { op: 'any', parts: allowing.map(({ forms }) => forms.holds) }, rules: allowing }];
  return [...denying.map((rule) => ({ form: rule.forms.fails, rules: [rule] })), ...allow];
}

/** What is true of every person, who always has an address. */
export const person: Form = {
  op: 'all',
  parts: [
    { op: 'among', variable: principal, values: ['person'] },
    { op: 'notAmong', variable: 'user.email', values: [absent] },
    { op: 'notAmong', variable: 'user.domain', values: [absent] },
  ],
};
