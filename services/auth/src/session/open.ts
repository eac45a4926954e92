import { cookieValues, coversHost, isExpired, openSession } from '@latchkey/session';
import type { Session } from '@latchkey/session';
import type { Context } from '../context.ts';
import { isAdmitted } from '../sign-in/account.ts';

// Two cookies of one name are legal, and opening costs a key derivation each.
const triedCookies = 5;

/** Every session in a `Cookie` header that stands; more than one when a sibling host planted another cookie. */
export async function sessionsIn(cookieHeader: string | undefined, context: Context): Promise<Session[]> {
  const values = cookieValues(cookieHeader, context.cookies.session.name).slice(0, triedCookies);
  const sessions = await Promise.all(values.map((value) => standingSession(value, context)));
  return sessions.filter((session) => session !== undefined);
}

/**
 * Opens a session cookie's value.
 *
 * @returns undefined unless the session is ours, not over, not revoked, and its person may still sign in
 */
export async function standingSession(value: string, context: Context): Promise<Session | undefined> {
  const session = await openSession(value, context.cookies.session.keys);
  if (session === undefined || isExpired(session, context.now())) return undefined;
  if (!coversHost(session, context.authority.host)) return undefined;
  if (!context.providers.has(session.idp) || !isAdmitted(session.email, context.accounts)) return undefined;
  return (await context.store.isRevoked(session.sid)) ? undefined : session;
}
