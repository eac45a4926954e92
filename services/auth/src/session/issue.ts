import { issueSessionCookie, sealSession } from '@latchkey/session';
import type { Session } from '@latchkey/session';
import { randomBytes } from 'node:crypto';
import type { Context } from '../context.ts';
import type { Identity, Tokens } from '../providers/provider.ts';
import { grantOf, sealGrant } from './grant.ts';
import type { Grant } from './grant.ts';

/** A person who has just signed in. */
export type Arrival = {
  /** slug of the provider that vouched */
  readonly idp: string;
  readonly identity: Identity;
  /** as admitted */
  readonly email: string;
  readonly tokens: Tokens;
};

/** Makes the session of a person who has just signed in, and gives its `Set-Cookie` value. */
export async function issueSession(
  { idp, identity, email, tokens }: Arrival,
  context: Context,
): Promise<string> {
  const now = context.now();
  const seconds = Math.floor(now / 1000);
  const session: Session = {
    sid: randomBytes(16).toString('base64url'),
    sub: identity.sub,
    email,
    user: email.slice(0, email.indexOf('@')),
    ...(identity.name !== undefined && { name: identity.name }),
    idp,
    aud: context.returns.cookieDomain ?? context.authority.host,
    iat: seconds,
    auth_time: seconds,
    exp: Math.floor((now + context.sessionLifetimeMs) / 1000),
  };
  // A provider that says nothing about groups knows of none.
  const groups = identity.groups ?? [];
  const grant = grantOf(tokens, { now, groups });
  await context.store.keep(session.sid, { grant, groups }, session.exp * 1000);
  const value = await sealWithGrant(session, grant, context);
  return issueSessionCookie(value, session, context.cookies.session, {
    now,
    expireMs: context.cookies.sessionExpireMs,
  });
}

/**
 * Seals a session with its grant inside. Where a browser would drop the cookie for its size, the name goes first;
 * then the grant stays behind in the store, where it already is.
 */
export async function sealWithGrant(session: Session, grant: Grant, context: Context): Promise<string> {
  const { name: _, ...nameless } = session;
  const sealedGrant = await sealGrant(grant, context.keys.grant);
  const smallerAndSmaller = [
    { ...session, grant: sealedGrant },
    { ...nameless, grant: sealedGrant },
  ];
  for (const candidate of smallerAndSmaller) {
    const sealed = await sealOrUndefined(candidate, context);
    if (sealed !== undefined) return sealed;
  }
  const { grant: _moved, ...bare } = nameless;
  return sealSession(bare, context.cookies.session);
}

async function sealOrUndefined(session: Session, context: Context): Promise<string | undefined> {
  try {
    return await sealSession(session, context.cookies.session);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
