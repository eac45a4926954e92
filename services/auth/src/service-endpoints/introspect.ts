import type { IntrospectionRequest, IntrospectionResponse } from '@latchkey/contract';
import { HttpError } from '@latchkey/http';
import type { Clock } from '@latchkey/http';
import type { Session } from '@latchkey/session';
import type { Emit } from '@latchkey/telemetry';
import { countedGroups } from '../session/dated-groups.ts';
import type { Provider } from '../providers/provider.ts';
import { endUnasked } from '../lifecycle/end.ts';
import type { Ending } from '../lifecycle/end.ts';
import { openGrant } from '../session/grant.ts';
import { sealToken, withGrant } from '../lifecycle/issue.ts';
import type { Sealing } from '../lifecycle/issue.ts';
import { isJwt, openAccessToken } from '../authorization-server/open-access-token.ts';
import type { OpeningAccessTokens } from '../authorization-server/open-access-token.ts';
import { openToken } from '../lifecycle/open.ts';
import type { Opening } from '../lifecycle/open.ts';
import { ageOfWord, isWordOld } from '../lifecycle/confirm.ts';
import type { Confirming } from '../lifecycle/confirm.ts';
import { isFresh } from '../lifecycle/freshness.ts';
import type { SessionRecords } from '../session/records.ts';
import type { Refresher, Remembering, Refreshed } from '../lifecycle/refresh.ts';
import type { GrantState } from '../session/stored-session.ts';
import type { AuthEvent } from '../telemetry/events.ts';

/** What answering about a session takes. */
export type Introspecting = Omit<Confirming, 'providers'> &
  Opening &
  OpeningAccessTokens &
  Sealing &
  Ending & {
    readonly providers: ReadonlyMap<string, Pick<Provider, 'confirm' | 'directory' | 'groupsMs'>>;
    readonly records: Pick<SessionRecords, 'seen'>;
    readonly emit: Emit<AuthEvent>;
  };

const inactive = { active: false } as const;

/**
 * Says whether a session still stands, in which of the given groups its person is, and the access token of the provider
 * where that is asked for.
 *
 * @throws HttpError `provider_unavailable` when groups are asked for, not known, and cannot be had
 */
export async function introspect(
  asked: IntrospectionRequest,
  { parts, refresh }: { parts: Introspecting; refresh: Refresher },
): Promise<IntrospectionResponse> {
  const isProgram = isJwt(asked.token);
  const opened = await (isProgram ? openAccessToken(asked.token, parts) : openToken(asked.token, parts));
  if (opened === undefined) return inactive;
  const { session, known } = opened;
  const provider = parts.providers.get(session.idp);
  if (provider === undefined) return inactive;
  const { directory, groupsMs } = provider;
  const groupsOf = ({ groups }: GrantState) => countedGroups(groups, { groupsMs, now: parts.now() });

  const isEnough = (grantState: GrantState) =>
    isFresh(grantState, parts) &&
    !isWordOld(session, grantState, parts) &&
    (asked.groups.length === 0 || directory !== undefined || groupsOf(grantState) !== undefined) &&
    (!asked.accessToken || grantState.accessToken !== undefined);
  const refreshed = isEnough(known) ? remembered(known) : await refresh(session, isEnough);
  if (refreshed === 'over') return inactive;

  const { grantState, basis } = refreshed;
  const { groupsNeeded = asked.groups.length, vouchedWithin = Infinity } = asked;
  const looked = await directory?.memberOf(session.email, asked.groups, groupsNeeded);
  if (looked?.trouble !== undefined && asked.groupsNeeded === undefined) throw looked.trouble;
  const groups = looked === undefined ? groupsOf(grantState) : looked.memberOf;
  // The person may have signed out while others were asked.
  if (await parts.store.isRevoked(session)) return inactive;
  if (asked.groups.length > 0 && groups === undefined) {
    // Where asking does not help, only the person can have them read again: by signing in, which the provider knows to be
    // them.
    if (basis === 'answered') {
      await endUnasked(session, 'groups_unknown', parts);
      return inactive;
    }
    throw new HttpError('provider_unavailable', { detail: 'the groups of a session are not known' });
  }
  const isOld = Math.floor(parts.now() / 1000) - session.iat > vouchedWithin;
  const wordAgeMs = basis === 'remembered' ? (ageOfWord(session, grantState, parts) ?? 0) : 0;
  // A program gets a new token by its refresh token alone.
  const renewed = isProgram
    ? undefined
    : ((await renewedSession(session, grantState, parts)) ?? (isOld ? session : undefined));
  parts.records.seen(session);
  const memberOf = new Set(groups);
  return {
    active: true,
    sub: session.sub,
    email: session.email,
    groups: asked.groups.filter((group) => memberOf.has(group)),
    ...(looked !== undefined && looked.unknown.length > 0 && { unknown_groups: looked.unknown }),
    ...(asked.accessToken && livingAccessToken(grantState, parts)),
    exp: session.exp,
    ...(renewed !== undefined && { session: await sealToken(renewed, parts) }),
    ...ageSeconds(Math.max(wordAgeMs, looked?.ageMs ?? 0)),
    ...(basis === 'stale' && { stale: true }),
  };
}

function remembered(grantState: GrantState): Refreshed {
  return { grantState, basis: 'remembered' };
}

// What was said a while ago is not to count from now on.
function ageSeconds(ageMs: number): { age?: number } {
  const age = Math.floor(ageMs / 1000);
  return age > 0 ? { age } : {};
}

function livingAccessToken(
  grantState: GrantState,
  clock: Clock,
): { access_token?: string; access_token_exp?: number } {
  const { accessToken, grant } = grantState;
  if (accessToken === undefined || !isFresh(grantState, clock)) return {};
  return { access_token: accessToken, access_token_exp: grant.access_expires_at };
}

/**
 * The session with its newest grant, where the one it carries has been replaced. Only a new refresh token is worth a new
 * cookie: everything else can be asked for again with the one it has.
 */
export async function renewedSession(
  session: Session,
  grantState: GrantState,
  parts: Pick<Remembering, 'keys'>,
): Promise<Session | undefined> {
  if (session.grant === undefined) return undefined;
  const carried = await openGrant(session.grant, parts.keys.grant);
  if (carried?.refresh_token === grantState.grant.refresh_token) return undefined;
  return withGrant(session, grantState.grant, parts);
}
