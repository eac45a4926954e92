import type { CookieScope } from '@latchkey/session';
import { ownCookie } from '../web/own-cookies.ts';
import type { OwnCookie } from '../web/own-cookies.ts';

/** Set at sign-out: the next sign-in shows a page first, or the provider would sign the person in again unasked. */
export function signedOutMark(scope: CookieScope): OwnCookie {
  return ownCookie('latchkey_signed_out', scope);
}

/** How long the page is shown after a sign-out, seconds. */
export const signedOutMarkSeconds = 3600;

/**
 * Set where somebody comes to see their sessions and has none: a sign-in without an application ends at the front page, which
 * leads on to there.
 */
export function toAccountMark(scope: CookieScope): OwnCookie {
  return ownCookie('latchkey_to_account', scope);
}

/** How long that counts, seconds: as long as a sign-in may take. */
export const toAccountMarkSeconds = 900;

/** Counts how often a browser was sent back, see `round-trips.ts`. */
export function tripsCookie(scope: CookieScope): OwnCookie {
  return ownCookie('latchkey_trips', scope);
}
