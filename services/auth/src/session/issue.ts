import { userOf } from '@latchkey/access';
import { issueSessionCookie, sealToFit } from '@latchkey/session';
import type { Session } from '@latchkey/session';
import { randomBytes } from 'node:crypto';
import type { Context } from '../context.ts';
import type { Identity, Tokens } from '../providers/provider.ts';
import { grantOf, sealGrant } from './grant.ts';
import type { Grant } from './grant.ts';
import type { OpenSession } from './open.ts';
import { freshUntil } from './refresh.ts';

/** A person who has just signed in. */
export type Arrival = {
  /** slug of the provider that vouched */
  readonly idp: string;
  readonly identity: Identity;
  /** as admitted */
  readonly email: string;
  readonly tokens: Tokens;
};

/**
 * Makes the session of a person who has just signed in.
 *
 * @param former the session that they had, which goes on: hosts that it was handed over to stay signed in, and the next
 *   sign-out ends them all
 * @returns the session with its grant, and the `Set-Cookie` value that gives it to the browser
 */
export async function issueSession(
  { idp, identity, email, tokens }: Arrival,
  context: Context,
  former?: OpenSession,
): Promise<{ session: Session; setCookie: string }> {
  const now = context.now();
  const seconds = Math.floor(now / 1000);
  const claims: Session = {
    sid: former?.session.sid ?? randomBytes(16).toString('base64url'),
    sub: identity.sub,
    email,
    user: userOf(email),
    ...(identity.name !== undefined && { name: identity.name }),
    idp,
    aud: context.returns.cookieDomain ?? context.authority.host,
    iat: seconds,
    auth_time: seconds,
    exp: Math.floor((now + context.sessionLifetimeMs) / 1000),
  };
  // A provider that says nothing about groups knows of none.
  const groups = identity.groups ?? [];
  // A provider need not give a second refresh token to who has one.
  const grant = grantOf(tokens, { now, groups, ...(former && { previous: former.known.grant }) });
  const told = { names: groups, at: now };
  await context.store.keep(
    claims,
    { grant, groups: told, freshUntil: freshUntil(grant, context), accessToken: tokens.accessToken },
    claims.exp * 1000,
  );
  const session = await withGrant(claims, grant, context);
  return { session, setCookie: await sessionSetCookie(session, context) };
}

/** The session with another grant inside. */
export async function withGrant(session: Session, grant: Grant, context: Context): Promise<Session> {
  return { ...session, grant: await sealGrant(grant, context.keys.grant) };
}

/**
 * Seals a session in the form in which the proxy and we show it to each other. A shared one is the cookie's value itself;
 * one for a single host the proxy seals again, with its own secret, for that host's cookie. Sealing is vouching, so it says when.
 */
export function sealToken(session: Session, context: Context): Promise<string> {
  const shared = context.cookies.session;
  const vouchedFor = { ...session, iat: Math.floor(context.now() / 1000) };
  return sealToFit(vouchedFor, session.host_only === true ? { ...shared, keys: context.keys.token } : shared);
}

/** The `Set-Cookie` value that gives a shared session to the browser. */
export async function sessionSetCookie(session: Session, context: Context): Promise<string> {
  const value = await sealToken(session, context);
  const times = { now: context.now(), expireMs: context.cookies.sessionExpireMs };
  return issueSessionCookie(value, session, context.cookies.session, times);
}
