import type { Demand, Facts, Policy, Rule } from './policy.ts';
import type { Person, Principal } from './principal.ts';
import type { Reason } from './reasons.ts';

/** What was decided, and why. */
export type Decision = {
  readonly allow: boolean;
  readonly reason: Reason;
  /** the rule that let the request pass, or the rules that did not; as written in the upstream file */
  readonly rule: string | undefined;
};

// What was decided about a principal. Code that learns something new about one makes another value of it, and what was decided
// about the old one goes with that.
const decided = new WeakMap<Principal, WeakMap<Policy, Decision>>();

// In the place of the principal, for rules that do not look at it.
const anyone: Principal = { kind: 'visitor', why: 'no_session' };

/** Whether a request passes for every principal; undefined where that depends on the principal. */
export function decideForAnyone(policy: Policy, facts: Facts): Decision | undefined {
  if (policy.forAnyone.length === 0) return undefined;
  const known = { ...facts, principal: anyone };
  return granted(policy.forAnyone.find((rule) => rule.holds(known)));
}

/**
 * Whether a request passes for who sends it. Any one rule suffices; without a rule nobody passes. It is decided once for all
 * requests of a principal, unless a rule reads the request.
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
  readonly about: 'request' | 'principal';
  readonly outcome: 'hit' | 'miss' | 'not reached';
};

/** What becomes of each rule on the way to a decision. */
export function traceRules(principal: Principal, policy: Policy, facts: Facts): RuleOutcome[] {
  const known = { ...facts, principal };
  let isDecided = false;
  function trace({ text, holds }: Rule | Demand, about: RuleOutcome['about'], decides: boolean): RuleOutcome {
    if (isDecided) return { rule: text, about, outcome: 'not reached' };
    const isHit = holds(known);
    isDecided = isHit === decides;
    return { rule: text, about, outcome: isHit ? 'hit' : 'miss' };
  }
  return [
    ...policy.forAnyone.map((rule) => trace(rule, 'request', true)),
    ...policy.demands.map((demand) => trace(demand, 'principal', false)),
    ...policy.forPrincipals.map((rule) => trace(rule, 'principal', true)),
  ];
}

function decideAnew(principal: Principal, policy: Policy, facts: Facts): Decision {
  const known = { ...facts, principal };
  const unmet = policy.demands.find((demand) => !demand.holds(known));
  if (unmet !== undefined) return { allow: false, reason: unmet.refuses, rule: unmet.text };
  return (
    granted(policy.forPrincipals.find((rule) => rule.holds(known))) ?? {
      allow: false,
      reason: refusal(principal, policy),
      rule: textOf(policy.forPrincipals),
    }
  );
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
  return rule && { allow: true, reason: rule.grants, rule: rule.text };
}

function refusal(principal: Principal, policy: Policy): Reason {
  if (principal.kind === 'visitor') return principal.why;
  const hasToken = principal.scopes !== undefined;
  if (hasToken && policy.forPrincipals.some(({ grants }) => grants === 'allowed_scope'))
    return 'scope_missing';
  const isUnknown = principal.kind === 'person' && policy.groups.some((group) => !isKnown(group, principal));
  return isUnknown ? 'groups_unknown' : 'no_rule_matches';
}

function isKnown(group: string, { groups, askedGroups }: Person): boolean {
  return groups !== undefined && (askedGroups === undefined || askedGroups.includes(group));
}

// Which paths are public is nothing that somebody who was refused needs to be told.
function textOf(rules: readonly Rule[]): string | undefined {
  return rules.length === 0 ? undefined : rules.map(({ text }) => text).join('; ');
}
