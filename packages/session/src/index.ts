export { accessTokenClaims, accessTokenType, readAccessToken, scopesOf } from './access-token.ts';
export type { AccessToken, Delegation } from './access-token.ts';
export { attemptLifeMs, newAttempt, openAttempt } from './attempt.ts';
export type { Attempt, AttemptSecrets } from './attempt.ts';
export { attemptCookies } from './attempt-cookies.ts';
export type { AttemptCookies } from './attempt-cookies.ts';
export {
  clearCookie,
  cookieName,
  cookieNames,
  cookieValues,
  findCookies,
  isOwnCookie,
  setCookie,
  withoutCookies,
} from './cookie.ts';
export type { CookieScope } from './cookie.ts';
export { sealFitting, sealToFit } from './fitting.ts';
export { codeChallengeOf, codeRequestParameters, isCodeRequest } from './code-request.ts';
export type { CodeRequest } from './code-request.ts';
export { deriveKeys, keyPurposes } from './keys.ts';
export type { Key, KeyPurpose, KeyRing } from './keys.ts';
export {
  covers,
  isExpired,
  isOlderThan,
  isProvedWithin,
  isWithinDomain,
  newestFirst,
  readSession,
} from './record.ts';
export type { SessionPlace, Session } from './record.ts';
export {
  clockSkewMs,
  providersOf,
  refuseReturnAddress,
  returnAddressLifeMs,
  signReturnAddress,
} from './return-address.ts';
export type { SignedReturnAddress } from './return-address.ts';
export { isSealedWith, seal, unseal } from './seal.ts';
export { openSignOutHint, sealSignOutHint } from './sign-out-hint.ts';
export type { SignOutHint } from './sign-out-hint.ts';
export {
  endSessionCookie,
  issueSessionCookie,
  openedValues,
  openSession,
  sealedValues,
  sealSession,
  sessionCookie,
} from './session-cookie.ts';
export type { SessionCookie } from './session-cookie.ts';
export { sharedFacts } from './shared-facts.ts';
export type { SharedFacts } from './shared-facts.ts';
export { isSameText } from './same-text.ts';
