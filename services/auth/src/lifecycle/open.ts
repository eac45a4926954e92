import { isAdmitted } from '@latchkey/access';
import type { AccountRules } from '@latchkey/access';
import type { Clock, HostName } from '@latchkey/http';
import { covers, isExpired, newestFirst, openSession, sealedValues } from '@latchkey/session';
import type { KeyRing, SessionPlace, Session, SessionCookie } from '@latchkey/session';
import { knownGrantState } from './refresh.ts';
import type { Remembering } from './refresh.ts';
import type { SessionStore } from './store.ts';
import type { GrantState } from '../session/stored-session.ts';

/** What opening a session, and saying whether it stands, takes. */
export type Opening = Pick<Clock, 'now'> &
  Remembering & {
    readonly cookies: { readonly session: SessionCookie };
    /** `shown` opens whatever session the proxy may show */
    readonly keys: { readonly shown: KeyRing };
    readonly store: Pick<SessionStore, 'isRevoked'>;
    readonly providers: { has(slug: string): boolean };
    readonly accounts: AccountRules;
    readonly authority: { readonly host: HostName };
    readonly origin: string;
  };

/** A session that stands, and what is known about it. */
export type OpenSession = { readonly session: Session; readonly known: GrantState };

/**
 * The sessions in a `Cookie` header, the newest first, whether they stand or not; more than one when a sibling host planted
 * another cookie.
 *
 * @returns `all`: whether every cookie was looked at that may be one
 */
export async function heldSessions(
  cookieHeader: string | undefined,
  parts: Opening,
): Promise<{ readonly sessions: readonly Session[]; readonly all: boolean }> {
  const { name, keys } = parts.cookies.session;
  const { values, all } = sealedValues(cookieHeader, name, keys);
  const sessions: Session[] = [];
  // One after the other: a question of the proxy waits behind one of each request, not behind all of its cookies.
  for (const value of values) {
    const session = await openSession(value, keys);
    if (session !== undefined && covers(session, placeOf(parts))) sessions.push(session);
  }
  return { sessions: sessions.toSorted(newestFirst), all };
}

/** Every session in a `Cookie` header that stands, the newest first. */
export async function sessionsIn(cookieHeader: string | undefined, parts: Opening): Promise<OpenSession[]> {
  const { sessions } = await heldSessions(cookieHeader, parts);
  const openSessions: OpenSession[] = [];
  for (const session of sessions) {
    const one = await withStanding(session, parts);
    if (one !== undefined) openSessions.push(one);
  }
  return openSessions;
}

/**
 * Opens a session that the proxy shows: the value of the shared cookie, or a session that was handed over to one host, as
 * the proxy got it. Signing in and introspection must agree about the former: a session that one of them takes and the
 * other refuses sends its browser back and forth.
 */
export async function openToken(token: string, parts: Opening): Promise<OpenSession | undefined> {
  const session = await openSession(token, parts.keys.shown);
  if (session === undefined) return undefined;
  if (session.host_only !== true && !covers(session, placeOf(parts))) return undefined;
  return withStanding(session, parts);
}

/**
 * What is known about a session.
 *
 * @returns undefined unless it is not over, not revoked, its person may still sign in, and there is something to vouch
 *   for it with
 */
export async function grantStateOf(session: Session, parts: Opening): Promise<GrantState | undefined> {
  if (isExpired(session, parts.now())) return undefined;
  if (!parts.providers.has(session.idp) || !isAdmitted(session.email, parts.accounts)) return undefined;
  if (await parts.store.isRevoked(session)) return undefined;
  return knownGrantState(session, parts);
}

function placeOf({ authority, origin }: Opening): SessionPlace {
  return { host: authority.host, authority: new URL(origin).host };
}

async function withStanding(session: Session, parts: Opening): Promise<OpenSession | undefined> {
  const known = await grantStateOf(session, parts);
  return known === undefined ? undefined : { session, known };
}
