// RFC 6749, section 5.2, and OpenID Connect Core, section 3.1.2.6: the account was removed, may not use this client any more, or
// its person would have to sign in at the provider. Every other error is about us.
const refusals: ReadonlySet<unknown> = new Set([
  'invalid_grant',
  'access_denied',
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
]);

/** Tells whether an `error` in answer to a refresh is a no to the person. One about us signs nobody out. */
export function isRefusal(error: unknown): boolean {
  return refusals.has(error);
}
