import type { Facts, RuleFacts } from './facts.ts';
import type { Demand, Policy, Rule } from './policy.ts';
import type { Principal } from './principal.ts';
import type { Reason } from './reasons.ts';
import { isKnownGroup, outcomeOf } from './written-rule.ts';
import type { Stop, WrittenRule } from './written-rule.ts';

/** What was decided, and why. */
export type Decision = {
  readonly allow: boolean;
  readonly reason: Reason;
  /** the rule that let the request pass, the one that refused it, or the rules that did not let it in */
  readonly rule: string | undefined;
  /** that rule, where it is one and written as an expression */
  readonly written: WrittenRule | undefined;
};

// What was decided about a principal. Code that learns something new about one makes another value of it, and what was decided
// about the old one goes with that.
const decided = new WeakMap<Principal, WeakMap<Policy, Decision>>();

// In the place of the principal, where nobody has looked who it is.
const anyone: Principal = { kind: 'visitor', why: 'no_session' };

/**
 * Whether a request passes for every principal; undefined where that depends on the principal. What is public is so as far as
 * every gate lets a visitor through: otherwise somebody has to say who they are first.
 */
export function decideForAnyone(policy: Policy, facts: Facts): Decision | undefined {
  if (policy.forAnyone.length === 0) return undefined;
  const known = ruleFactsOf(anyone, policy, facts);
  const rule = policy.forAnyone.find((each) => each.holds(known));
  return rule === undefined || stopped(policy, known) !== undefined ? undefined : granted(rule);
}

/**
 * Whether a request passes for who sends it: through all gates, and then by any one rule; without a rule nobody passes. It is
 * decided once for all requests of a principal, unless a rule reads the request.
 */
export function decideFor(principal: Principal, policy: Policy, facts: Facts): Decision {
  if (policy.readsRequest || principal.kind === 'visitor') return decideAnew(principal, policy, facts);
  const known = decisionsAbout(principal);
  const before = known.get(policy);
  if (before !== undefined) return before;
  const decision = decideAnew(principal, policy, facts);
  known.set(policy, decision);
  return decision;
}

/** Who may pass: what is for anyone is asked first. */
export function decide(principal: Principal, policy: Policy, facts: Facts): Decision {
  return decideForAnyone(policy, facts) ?? decideFor(principal, policy, facts);
}

/** What became of one rule in a decision. */
export type RuleOutcome = {
  readonly rule: string;
  readonly about: 'gate' | 'request' | 'principal';
  /** of a gate, a hit refuses */
  readonly outcome: 'hit' | 'miss' | 'unknown' | 'not reached';
  /** what an expression says, and what it looked at */
  readonly expression?: string;
  readonly facts?: ReadonlyArray<{ readonly name: string; readonly value: string | undefined }>;
};

/** What becomes of each rule on the way to a decision. */
export function traceRules(principal: Principal, policy: Policy, facts: Facts): RuleOutcome[] {
  const known = ruleFactsOf(principal, policy, facts);
  const gates = policy.gates.flatMap(({ rules }) => rules.map((rule) => traceWritten(rule, known, 'gate')));
  let isDecided = stopped(policy, known) !== undefined;
  function trace(rule: Rule | Demand, about: RuleOutcome['about'], decides: boolean): RuleOutcome {
    if (isDecided) return { rule: rule.text, about, outcome: 'not reached' };
    const isHit = rule.holds(known);
    isDecided = isHit === decides;
    if ('written' in rule && rule.written !== undefined) return traceWritten(rule.written, known, about);
    return { rule: rule.text, about, outcome: isHit ? 'hit' : 'miss' };
  }
  return [
    ...gates,
    ...policy.forAnyone.map((rule) => trace(rule, 'request', true)),
    ...policy.demands.map((demand) => trace(demand, 'principal', false)),
    ...policy.forPrincipals.map((rule) => trace(rule, 'principal', true)),
  ];
}

function traceWritten(rule: WrittenRule, known: RuleFacts, about: RuleOutcome['about']): RuleOutcome {
  const holds = outcomeOf(rule, known);
  return {
    rule: `${rule.name}: ${rule.effect}_if`,
    about,
    outcome: holds === undefined ? 'unknown' : holds ? 'hit' : 'miss',
    expression: rule.expression,
    facts: rule.facts.map(({ name, shown }) => ({ name, value: shown(known) })),
  };
}

function decideAnew(principal: Principal, policy: Policy, facts: Facts): Decision {
  const known = ruleFactsOf(principal, policy, facts);
  const stop = stopped(policy, known);
  if (stop !== undefined) {
    // A visitor is asked to sign in, unless a gate is closed no matter who it is.
    return principal.kind === 'visitor' && !isClosedToAll(policy, known)
      ? refused(principal.why, textOf(policy.forPrincipals))
      : refused(stop.reason, stop.rule, stop.written);
  }
  const unmet = policy.demands.find((demand) => !demand.holds(known));
  if (unmet !== undefined) return refused(unmet.refuses, unmet.text);
  return (
    granted(policy.forPrincipals.find((rule) => rule.holds(known))) ??
    refused(refusal(principal, policy), textOf(policy.forPrincipals))
  );
}

function refused(reason: Reason, rule: string | undefined, written?: WrittenRule): Decision {
  return { allow: false, reason, rule, written };
}

function ruleFactsOf(principal: Principal, { about }: Policy, { path, preflight, asked }: Facts): RuleFacts {
  return { path, preflight, asked, principal, route: about };
}

function stopped({ gates }: Policy, known: RuleFacts): Stop | undefined {
  for (const gate of gates) {
    const stop = gate.stops(known);
    if (stop !== undefined) return stop;
  }
  return undefined;
}

function isClosedToAll({ gates }: Policy, known: RuleFacts): boolean {
  return gates.some((gate) => !gate.reads.includes('principal') && gate.stops(known) !== undefined);
}

function decisionsAbout(principal: Principal): WeakMap<Policy, Decision> {
  let decisions = decided.get(principal);
  if (decisions === undefined) {
    decisions = new WeakMap();
    decided.set(principal, decisions);
  }
  return decisions;
}

function granted(rule: Rule | undefined): Decision | undefined {
  return rule && { allow: true, reason: rule.grants, rule: rule.text, written: rule.written };
}

function refusal(principal: Principal, policy: Policy): Reason {
  if (principal.kind === 'visitor') return principal.why;
  const hasToken = principal.scopes !== undefined;
  if (hasToken && policy.forPrincipals.some(({ grants }) => grants === 'allowed_scope'))
    return 'scope_missing';
  const isUnknown =
    principal.kind === 'person' && policy.groups.some((group) => !isKnownGroup(group, principal));
  return isUnknown ? 'groups_unknown' : 'no_rule_matches';
}

// Which paths are public is nothing that somebody who was refused needs to know.
function textOf(rules: readonly Rule[]): string | undefined {
  return rules.length === 0 ? undefined : rules.map(({ text }) => text).join('; ');
}
