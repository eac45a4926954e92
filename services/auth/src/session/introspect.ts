import { HttpError } from '@latchkey/http';
import type { Clock } from '@latchkey/http';
import type { Session } from '@latchkey/session';
import { countedGroups } from '../groups.ts';
import type { Provider } from '../providers/provider.ts';
import { endSid } from './end.ts';
import type { Ending } from './end.ts';
import { openGrant } from './grant.ts';
import { sealToken, withGrant } from './issue.ts';
import type { Sealing } from './issue.ts';
import { openToken } from './open.ts';
import type { Opening } from './open.ts';
import { isFresh } from './refresh.ts';
import type { Refresher, Remembering, Verdict } from './refresh.ts';
import type { Standing } from './store.ts';

/** What answering about a session takes. */
export type Introspecting = Clock &
  Opening &
  Sealing &
  Ending & { readonly providers: ReadonlyMap<string, Pick<Provider, 'directory' | 'groupsMs'>> };

/** The answer about a session (RFC 7662, section 2.2). */
export type Introspection =
  | { readonly active: false }
  | {
      readonly active: true;
      readonly sub: string;
      readonly email: string;
      /** those asked for that the person is in */
      readonly groups: readonly string[];
      /** those of which nobody could say as yet, to whoever has said which are needed */
      readonly unknown_groups?: readonly string[];
      /** the provider's, where it was asked for and lives, and until when (seconds since the epoch) */
      readonly access_token?: string;
      readonly access_token_exp?: number;
      /** seconds since the epoch */
      readonly exp: number;
      /** the session sealed anew, as the token was, to replace the one in the browser: its grant has changed, or it is old */
      readonly session?: string;
      /** the provider could not be asked; this is what was true last time */
      readonly stale?: true;
    };

const inactive = { active: false } as const;

/** What the proxy wants to know besides whether a session stands. */
export type Asked = {
  readonly groups: readonly string[];
  /** how many of them, from the first on, are needed now; who does not say needs all, and an answer about each */
  readonly needed: number | undefined;
  readonly accessToken: boolean;
  /** one that was sealed longer ago is wanted anew, seconds: while we are away, it tells when we last vouched for it */
  readonly vouchedWithin: number;
};

/**
 * Says whether a session still stands, in which of the given groups its person is, and the access token of the provider
 * where that is asked for.
 *
 * @param token the value of the shared cookie, or a session that was handed over
 * @throws HttpError `provider_unavailable` when groups are asked for, not known, and cannot be had
 */
export async function introspect(
  token: string,
  asked: Asked,
  { parts, refresh }: { parts: Introspecting; refresh: Refresher },
): Promise<Introspection> {
  const opened = await openToken(token, parts);
  if (opened === undefined) return inactive;
  const { session, known } = opened;
  const provider = parts.providers.get(session.idp);
  if (provider === undefined) return inactive;
  const { directory, groupsMs } = provider;
  const groupsOf = ({ groups }: Standing) => countedGroups(groups, { groupsMs, now: parts.now() });

  const isEnough = (standing: Standing) =>
    isFresh(standing, parts) &&
    (asked.groups.length === 0 || directory !== undefined || groupsOf(standing) !== undefined) &&
    (!asked.accessToken || standing.accessToken !== undefined);
  const verdict = isEnough(known) ? remembered(known) : await refresh(session, isEnough);
  if (verdict === 'over') return inactive;

  const { standing, basis } = verdict;
  const { needed = asked.groups.length } = asked;
  const looked = await directory?.memberOf(session.email, asked.groups, needed);
  if (looked?.trouble !== undefined && asked.needed === undefined) throw looked.trouble;
  const groups = looked === undefined ? groupsOf(standing) : looked.memberOf;
  // The person may have signed out while others were asked.
  if (await parts.store.isRevoked(session)) return inactive;
  if (asked.groups.length > 0 && groups === undefined) {
    // Where asking does not help, only the person can have them told again: by signing in, which the provider knows to be
    // them.
    if (basis === 'told') {
      await endSid(session, parts);
      return inactive;
    }
    throw new HttpError('provider_unavailable', { detail: 'the groups of a session are not known' });
  }
  const isOld = Math.floor(parts.now() / 1000) - session.iat > asked.vouchedWithin;
  const renewed = (await renewedSession(session, standing, parts)) ?? (isOld ? session : undefined);
  const memberOf = new Set(groups);
  return {
    active: true,
    sub: session.sub,
    email: session.email,
    groups: asked.groups.filter((group) => memberOf.has(group)),
    ...(looked !== undefined && looked.unknown.length > 0 && { unknown_groups: looked.unknown }),
    ...(asked.accessToken && livingAccessToken(standing, parts)),
    exp: session.exp,
    ...(renewed !== undefined && { session: await sealToken(renewed, parts) }),
    ...(basis === 'stale' && { stale: true }),
  };
}

function remembered(standing: Standing): Verdict {
  return { standing, basis: 'remembered' };
}

function livingAccessToken(
  standing: Standing,
  clock: Clock,
): { access_token?: string; access_token_exp?: number } {
  const { accessToken, grant } = standing;
  if (accessToken === undefined || !isFresh(standing, clock)) return {};
  return { access_token: accessToken, access_token_exp: grant.access_expires_at };
}

/**
 * The session with its newest grant, where the one it carries has been replaced. Only a new refresh token is worth a new
 * cookie: everything else can be asked for again with the one it has.
 */
export async function renewedSession(
  session: Session,
  standing: Standing,
  parts: Pick<Remembering, 'keys'>,
): Promise<Session | undefined> {
  if (session.grant === undefined) return undefined;
  const carried = await openGrant(session.grant, parts.keys.grant);
  if (carried?.refresh_token === standing.grant.refresh_token) return undefined;
  return withGrant(session, standing.grant, parts);
}
