/**
 * The whole vocabulary of decisions. One word each, the same on the error page, in the JSON body, on the log line and
 * in `latchkey explain`; the sentence is what a person reads.
 */
export const reasons = {
  preflight: 'A CORS preflight carries no identity, and the route lets preflights pass.',
  public_path: 'The path is public.',
  signed_in: 'The application is open to everybody who is signed in.',
  allowed_group: 'A group of this person is allowed.',
  allowed_email_domain: 'The e-mail domain of this person is allowed.',
  allowed_email_address: 'The e-mail address of this person is allowed.',
  allowed_scope: 'A scope of the token is allowed.',
  allowed_subject: 'The subject of the token is allowed.',
  allowed_client: 'The client of the token is allowed.',
  scope_missing: 'The token lacks a scope that the application asks for.',
  allowed_by_rule: 'A rule of the policy of the application lets this request pass.',
  no_rule_matches: 'No rule of the application lets this person in.',
  groups_unknown:
    'The application asks for a group, and the groups of this person cannot be looked up at the moment.',
  denied_by_rule: 'A rule of the policy refuses this request.',
  rule_undecided:
    'A rule of the policy reads a fact that this request does not have, so it refuses the request.',
  guardrail_not_passed: 'No rule of the policy for all applications lets this request pass.',
  no_session: 'There is no session cookie.',
  session_unreadable: 'There is a session cookie, but this installation cannot open it.',
  session_expired: 'The session is over.',
  session_ended: 'The session was ended by a sign-out or by the provider.',
  session_elsewhere: 'The session was issued for another domain.',
  session_other_provider:
    'The session comes from a provider whose sessions this application does not accept.',
  session_proof_old:
    'The last sign-in at the provider is longer ago than the application allows, or the provider did not say when it was.',
  session_idle: 'The application was not used in this session for longer than it allows.',
  session_other_person: 'The session belongs to another person than before in this browser.',
  session_unverified: 'The session cannot be checked at the moment.',
  token_invalid: 'There is a bearer token, but it is not valid here.',
  token_expired: 'The bearer token has expired.',
  token_unverified: 'The bearer token cannot be checked at the moment.',
} as const;

/** Why a request may pass or may not. */
export type Reason = keyof typeof reasons;

const grants: ReadonlySet<Reason> = new Set(['preflight', 'public_path', 'signed_in']);

/** Tells whether a text from outside is one of the words. */
export function isReason(text: string): text is Reason {
  return Object.hasOwn(reasons, text);
}

/** Tells whether a reason is one for letting in. */
export function isGrant(reason: Reason): boolean {
  return reason.startsWith('allowed_') || grants.has(reason);
}

/** Why nobody is known to have sent a request. */
export type VisitorReason = Extract<Reason, 'no_session' | `session_${string}` | `token_${string}`>;

const byRule: ReadonlySet<Reason> = new Set(['denied_by_rule', 'rule_undecided', 'guardrail_not_passed']);

/** Tells whether a policy refuses a request, whatever the lists of the route say. Where it is a visitor's, no sign-in changes it. */
export function isByRule(reason: Reason): boolean {
  return byRule.has(reason);
}

/** Tells whether a refusal is about us and not about the caller: it may be over in a moment, and signs nobody out. */
export function isTransient(reason: Reason): boolean {
  return reason === 'session_unverified' || reason === 'token_unverified' || reason === 'groups_unknown';
}

/** Tells whether a refusal is about a token that was shown, and not about what it gives access to. */
export function isAboutToken(reason: Reason): boolean {
  return reason === 'token_invalid' || reason === 'token_expired';
}
