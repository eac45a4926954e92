import { cookieValues, coversHost, isExpired, openSession } from '@latchkey/session';
import type { Session } from '@latchkey/session';
import type { Context } from '../context.ts';
import { isAdmitted } from '../sign-in/account.ts';
import { knownStanding } from './refresh.ts';
import type { Standing } from './store.ts';

// Two cookies of one name are legal, and opening costs a key derivation each.
const triedCookies = 5;

/** A session that stands, and what is known about it. */
export type OpenSession = { readonly session: Session; readonly known: Standing };

/** Every session in a `Cookie` header that stands; more than one when a sibling host planted another cookie. */
export async function sessionsIn(cookieHeader: string | undefined, context: Context): Promise<Session[]> {
  const values = cookieValues(cookieHeader, context.cookies.session.name).slice(0, triedCookies);
  const opened = await Promise.all(values.map((value) => standingSession(value, context)));
  return opened.flatMap((one) => (one === undefined ? [] : [one.session]));
}

/**
 * Opens a session cookie's value. Signing in and introspection must agree about it: a session that one of them takes and
 * the other refuses sends its browser back and forth.
 *
 * @returns undefined unless the session is ours, not over, not revoked, its person may still sign in, and there is
 *   something to vouch for it with
 */
export async function standingSession(value: string, context: Context): Promise<OpenSession | undefined> {
  const session = await openSession(value, context.cookies.session.keys);
  if (session === undefined || isExpired(session, context.now())) return undefined;
  if (!coversHost(session, context.authority.host)) return undefined;
  if (!context.providers.has(session.idp) || !isAdmitted(session.email, context.accounts)) return undefined;
  if (await context.store.isRevoked(session.sid)) return undefined;
  const known = await knownStanding(session, context);
  return known === undefined ? undefined : { session, known };
}
