import { isAdmitted } from '@latchkey/access';
import { covers, isExpired, newestFirst, openSession, sealedValues } from '@latchkey/session';
import type { Place, Session } from '@latchkey/session';
import type { Context } from '../context.ts';
import { knownStanding } from './refresh.ts';
import type { Standing } from './store.ts';

/** A session that stands, and what is known about it. */
export type OpenSession = { readonly session: Session; readonly known: Standing };

/**
 * The sessions in a `Cookie` header, the newest first, whether they stand or not; more than one when a sibling host planted
 * another cookie.
 *
 * @returns `all`: whether every cookie was looked at that may be one
 */
export async function heldSessions(
  cookieHeader: string | undefined,
  context: Context,
): Promise<{ readonly sessions: readonly Session[]; readonly all: boolean }> {
  const { name, keys } = context.cookies.session;
  const { values, all } = sealedValues(cookieHeader, name, keys);
  const sessions: Session[] = [];
  // One after the other: a question of the proxy waits behind one of each request, not behind all of its cookies.
  for (const value of values) {
    const session = await openSession(value, keys);
    if (session !== undefined && covers(session, placeOf(context))) sessions.push(session);
  }
  return { sessions: sessions.toSorted(newestFirst), all };
}

/** Every session in a `Cookie` header that stands, the newest first. */
export async function sessionsIn(cookieHeader: string | undefined, context: Context): Promise<OpenSession[]> {
  const { sessions } = await heldSessions(cookieHeader, context);
  const standing: OpenSession[] = [];
  for (const session of sessions) {
    const one = await withStanding(session, context);
    if (one !== undefined) standing.push(one);
  }
  return standing;
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
