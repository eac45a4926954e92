import type { Route } from '@latchkey/upstreams';
import type { Reason } from './reasons.ts';
import { rulesOf } from './rules.ts';
import type { Question, Rule } from './rules.ts';
import type { Person, Subject } from './subject.ts';

/** What was decided, about which route, and why. */
export type Decision = {
  readonly allow: boolean;
  readonly reason: Reason;
  /** the rule that let the request pass, or the rules that did not; as written in the upstream file */
  readonly rule: string | undefined;
  readonly route: Route;
};

/**
 * Who may pass. Any one rule suffices; without a rule nobody passes. The same function for every request and every
 * place that shows a decision.
 */
export function decide(subject: Subject, route: Route, question: Question): Decision {
  const rules = rulesOf(route);
  const hit = rules.find((rule) => rule.holds(subject, question));
  if (hit !== undefined) return { allow: true, reason: hit.grants, rule: hit.text, route };
  return { allow: false, reason: refusal(subject, route), rule: personal(rules), route };
}

/** What became of one rule in a decision. */
export type RuleOutcome = {
  readonly rule: string;
  readonly about: Rule['about'];
  readonly outcome: 'hit' | 'miss' | 'not reached';
};

/** The decision with what became of each rule on the way to it. */
export function explain(
  subject: Subject,
  route: Route,
  question: Question,
): { decision: Decision; outcomes: RuleOutcome[] } {
  const rules = rulesOf(route);
  const hit = rules.findIndex((rule) => rule.holds(subject, question));
  const outcomes = rules.map(({ text, about }, at): RuleOutcome => {
    if (at === hit) return { rule: text, about, outcome: 'hit' };
    return { rule: text, about, outcome: hit < 0 || at < hit ? 'miss' : 'not reached' };
  });
  return { decision: decide(subject, route, question), outcomes };
}

function refusal(subject: Subject, route: Route): Reason {
  if (subject.kind === 'nobody') return subject.why;
  return route.rules.groups.every((group) => isKnown(group, subject)) ? 'no_rule_matches' : 'groups_unknown';
}

function isKnown(group: string, { groups, askedGroups }: Person): boolean {
  return groups !== undefined && (askedGroups === undefined || askedGroups.includes(group));
}

// Which paths are public is nothing that a person who was refused needs to be told.
function personal(rules: readonly Rule[]): string | undefined {
  const texts = rules.filter((rule) => rule.about === 'person').map((rule) => rule.text);
  return texts.length === 0 ? undefined : texts.join('; ');
}
