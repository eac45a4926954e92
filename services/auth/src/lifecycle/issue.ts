import { userOf } from '@latchkey/access';
import { issueSessionCookie, sealToFit } from '@latchkey/session';
import type { KeyRing, Session, SessionCookie } from '@latchkey/session';
import type { Clock } from '@latchkey/http';
import type { ProviderIdentity, Tokens } from '../providers/provider.ts';
import { grantOf, sealGrant } from '../session/grant.ts';
import type { Grant } from '../session/grant.ts';
import type { OpenSession } from './open.ts';
import { freshUntil } from './freshness.ts';
import type { Remembering } from './refresh.ts';
import type { ProviderSessions } from '../session/provider-sessions.ts';
import type { SessionRecords, SignInFrom } from '../session/records.ts';
import type { SessionStore } from './store.ts';
import type { ReturnRules } from '../sign-in/return-address.ts';

/** What sealing a session takes. */
export type Sealing = Pick<Clock, 'now'> & {
  readonly cookies: { readonly session: SessionCookie; readonly sessionExpireMs: number };
  /** `token` seals what is handed over; the proxy has it, too */
  readonly keys: { readonly grant: KeyRing; readonly token: KeyRing };
};

/** What making a session takes. */
export type Issuing = Clock &
  Sealing & {
    readonly store: Pick<SessionStore, 'keep' | 'newSid'>;
    readonly providerSessions: Pick<ProviderSessions, 'link'>;
    readonly records: Pick<SessionRecords, 'write'>;
    readonly authority: { readonly host: string };
    readonly returns: Pick<ReturnRules, 'cookieDomain'>;
    readonly sessionLifetimeMs: number;
  };

/** A person who has just signed in. */
export type Arrival = {
  /** slug of the provider that vouched */
  readonly idp: string;
  readonly identity: ProviderIdentity;
  /** as admitted */
  readonly email: string;
  readonly tokens: Tokens;
  /** when they proved who they are, as the provider says, seconds since the epoch */
  readonly provedAt?: number;
  /** and how they did */
  readonly amr?: readonly string[];
  /** how the provider calls their session there, where it says so */
  readonly providerSid?: string;
  /** what they came with */
  readonly from: SignInFrom;
};

/**
 * Makes the session of a person who has just signed in.
 *
 * @param former the session that they had, which goes on: hosts that it was handed over to stay signed in, and the next
 *   sign-out ends them all
 * @returns the session with its grant, and the `Set-Cookie` value that gives it to the browser
 */
export async function issueSession(
  { idp, identity, email, tokens, provedAt, amr, providerSid, from }: Arrival,
  parts: Issuing,
  former?: OpenSession,
): Promise<{ session: Session; setCookie: string }> {
  const sid = former?.session.sid ?? (await parts.store.newSid());
  const now = parts.now();
  const seconds = Math.floor(now / 1000);
  const claims: Session = {
    sid,
    sub: identity.sub,
    email,
    user: userOf(email),
    ...(identity.name !== undefined && { name: identity.name }),
    idp,
    aud: parts.returns.cookieDomain ?? parts.authority.host,
    iat: seconds,
    auth_time: seconds,
    ...(provedAt !== undefined && { proved_at: Math.min(Math.floor(provedAt), seconds) }),
    ...(amr !== undefined && { amr: [...amr] }),
    exp: Math.floor((now + parts.sessionLifetimeMs) / 1000),
  };
  // A provider that says nothing about groups knows of none.
  const groups = identity.groups ?? [];
  // A provider need not give a second refresh token to who has one.
  const grant = grantOf(tokens, { now, groups, ...(former && { previous: former.known.grant }) });
  const { accessToken, idToken } = tokens;
  const grantState = {
    grant,
    groups: { names: groups, at: now },
    freshUntil: freshUntil(grant, parts),
    accessToken,
    ...(idToken !== undefined && { idToken }),
  };
  await Promise.all([
    parts.store.keep(claims, grantState, claims.exp * 1000),
    parts.records.write(claims, from),
    providerSid !== undefined && parts.providerSessions.link(claims, providerSid, parts.sessionLifetimeMs),
  ]);
  const session = await withGrant(claims, grant, parts);
  return { session, setCookie: await sessionSetCookie(session, parts) };
}

/** The session with another grant inside. */
export async function withGrant(
  session: Session,
  grant: Grant,
  parts: Pick<Remembering, 'keys'>,
): Promise<Session> {
  return { ...session, grant: await sealGrant(grant, parts.keys.grant) };
}

/**
 * Seals a session in the form in which the proxy and we show it to each other. A shared one is the cookie's value itself;
 * one for a single host the proxy seals again, with its own secret, for that host's cookie. Sealing is vouching, so it says when.
 */
export function sealToken(session: Session, parts: Sealing): Promise<string> {
  const shared = parts.cookies.session;
  const vouchedFor = { ...session, iat: Math.floor(parts.now() / 1000) };
  return sealToFit(vouchedFor, session.host_only === true ? { ...shared, keys: parts.keys.token } : shared);
}

/** The `Set-Cookie` value that gives a shared session to the browser. */
export async function sessionSetCookie(session: Session, parts: Sealing): Promise<string> {
  const value = await sealToken(session, parts);
  const times = { now: parts.now(), expireMs: parts.cookies.sessionExpireMs };
  return issueSessionCookie(value, session, parts.cookies.session, times);
}
