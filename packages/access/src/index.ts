export { admitAccount, flawOfAddress, isAdmitted } from './account.ts';
export type { AccountClaims, AccountDecision, AccountRules } from './account.ts';
export { assumedRoleOf, awsRoleOf, isSameRole } from './aws-role.ts';
export type { AwsPartition, AwsRole } from './aws-role.ts';
export { awsAudienceHeader, awsTokenLongestMs, awsTokenPrefix, makeAwsToken } from './aws-token.ts';
export { decide, decideFor, decideForAnyone, traceRules } from './decide.ts';
export type { Decision, RuleOutcome } from './decide.ts';
export { domainOf, userOf } from './email.ts';
export { noDeviceTrust, noFacts } from './facts.ts';
export type { AskedRequest, DeviceTrust, Facts, RuleFacts, RouteFacts, RuleInput } from './facts.ts';
export { namedGroups } from './named-groups.ts';
export { compilePolicy } from './policy.ts';
export type { AccessRules, Demand, PathPattern, Policy, PolicyOptions, Rule, TokenRules } from './policy.ts';
export { nameOf } from './principal.ts';
export type { Machine, Person, Principal, Visitor } from './principal.ts';
export { isAboutToken, isByRule, isGrant, isReason, isTransient, reasons } from './reasons.ts';
export type { Reason, VisitorReason } from './reasons.ts';
export {
  accountName,
  accountOfToken,
  hashOfToken,
  makeServiceToken,
  serviceAccountIssuer,
  tokenHash,
  tokenPrefix,
} from './service-token.ts';
export type { Gate, WrittenRule } from './written-rule.ts';
export { signAwsToken } from './sign-aws-token.ts';
export type { AwsCredentials } from './sign-aws-token.ts';
export { fittingClaims, workloadTokenPrefix } from './workload.ts';
export type { WantedClaim, Workload } from './workload.ts';
export { mayLetIn } from './may-let-in.ts';
