import { isAdmitted } from '@latchkey/access';
import { cookieValues, covers, isExpired, openSession } from '@latchkey/session';
import type { Place, Session } from '@latchkey/session';
import type { Context } from '../context.ts';
import { knownStanding } from './refresh.ts';
import type { Standing } from './store.ts';

// Two cookies of one name are legal, and opening costs a key derivation each.
const triedCookies = 5;

/** A session that stands, and what is known about it. */
export type OpenSession = { readonly session: Session; readonly known: Standing };

/** Every session in a `Cookie` header that stands; more than one when a sibling host planted another cookie. */
export async function sessionsIn(cookieHeader: string | undefined, context: Context): Promise<OpenSession[]> {
  const { name, keys } = context.cookies.session;
  const values = cookieValues(cookieHeader, name).slice(0, triedCookies);
  const opened = values.map(async (value) => {
    const session = await openSession(value, keys);
    if (session === undefined || !covers(session, placeOf(context))) return undefined;
    return withStanding(session, context);
  });
  return (await Promise.all(opened)).filter((one) => one !== undefined);
}

/**
 * Opens a session that the proxy shows: the value of the shared cookie, or a session that was handed over to one host, as
 * the proxy got it. Signing in and introspection must agree about the former: a session that one of them takes and the
 * other refuses sends its browser back and forth.
 */
export async function openToken(token: string, context: Context): Promise<OpenSession | undefined> {
  const session = await openSession(token, context.keys.shown);
  if (session === undefined) return undefined;
  if (session.host_only !== true && !covers(session, placeOf(context))) return undefined;
  return withStanding(session, context);
}

/**
 * What is known about a session.
 *
 * @returns undefined unless it is not over, not revoked, its person may still sign in, and there is something to vouch
 *   for it with
 */
export async function standingOf(session: Session, context: Context): Promise<Standing | undefined> {
  if (isExpired(session, context.now())) return undefined;
  if (!context.providers.has(session.idp) || !isAdmitted(session.email, context.accounts)) return undefined;
  if (await context.store.isRevoked(session)) return undefined;
  return knownStanding(session, context);
}

function placeOf({ authority, origin }: Context): Place {
  return { host: authority.host, authority: new URL(origin).host };
}

async function withStanding(session: Session, context: Context): Promise<OpenSession | undefined> {
  const known = await standingOf(session, context);
  return known === undefined ? undefined : { session, known };
}
