export { admitAccount, isAdmitted } from './account.ts';
export type { Account, AccountRules, Admission } from './account.ts';
export { decide, explain } from './decide.ts';
export type { Decision, RuleOutcome } from './decide.ts';
export { isReason, reasons } from './reasons.ts';
export type { NobodyReason, Reason } from './reasons.ts';
export type { Question } from './rules.ts';
export type { Nobody, Person, Subject } from './subject.ts';
