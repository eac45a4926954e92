import { HttpError } from '@latchkey/http';
import type { Session } from '@latchkey/session';
import type { Context } from '../context.ts';
import { openGrant } from './grant.ts';
import { sealForBrowser, withGrant } from './issue.ts';
import { openToken } from './open.ts';
import { isFresh } from './refresh.ts';
import type { Refresher } from './refresh.ts';
import type { Standing } from './store.ts';

/** The answer about a session (RFC 7662, section 2.2). */
export type Introspection =
  | { readonly active: false }
  | {
      readonly active: true;
      readonly sub: string;
      readonly email: string;
      /** those asked for that the person is in */
      readonly groups: readonly string[];
      /** seconds since the epoch */
      readonly exp: number;
      /** the session sealed anew, as the token was, to replace the one in the browser: its grant has changed */
      readonly session?: string;
      /** the provider could not be asked; this is what was true last time */
      readonly stale?: true;
    };

const inactive = { active: false } as const;

/**
 * Says whether a session still stands, and in which of the given groups its person is.
 *
 * @param token the value of the shared cookie, or a session that was handed over
 * @throws HttpError `provider_unavailable` when groups are asked for, not known, and cannot be had
 */
export async function introspect(
  token: string,
  askedGroups: readonly string[],
  { context, refresh }: { context: Context; refresh: Refresher },
): Promise<Introspection> {
  const opened = await openToken(token, context);
  if (opened === undefined) return inactive;
  const { session, known } = opened;

  const needsGroups = askedGroups.length > 0 && known.groups === undefined;
  const verdict =
    needsGroups || !isFresh(known, context.now()) ? await refresh(session) : { standing: known };
  // The person may have signed out while the provider was asked.
  if (verdict === 'over' || (await context.store.isRevoked(session.sid))) return inactive;

  const stale = verdict === 'unanswered';
  const standing = stale ? known : verdict.standing;
  if (askedGroups.length > 0 && standing.groups === undefined) {
    throw new HttpError('provider_unavailable', { detail: 'the groups of a session are not known' });
  }
  const renewed = await renewedSession(session, standing, context);
  return {
    active: true,
    sub: session.sub,
    email: session.email,
    groups: askedGroups.filter((group) => standing.groups?.includes(group)),
    exp: session.exp,
    ...(renewed !== undefined && { session: await sealForBrowser(renewed, context) }),
    ...(stale && { stale }),
  };
}

/**
 * The session with its newest grant, where the one it carries has been replaced. Only a new refresh token is worth a new
 * cookie: everything else can be asked for again with the one it has.
 */
export async function renewedSession(
  session: Session,
  standing: Standing,
  context: Context,
): Promise<Session | undefined> {
  if (session.grant === undefined) return undefined;
  const carried = await openGrant(session.grant, context.keys.grant);
  if (carried?.refresh_token === standing.grant.refresh_token) return undefined;
  return withGrant(session, standing.grant, context);
}
