export { decide, explain } from './decide.ts';
export type { Decision, Nobody, Person, RuleOutcome, Subject } from './decide.ts';
export { reasons } from './reasons.ts';
export type { NobodyReason, Reason } from './reasons.ts';
export type { Question } from './rules.ts';
