import { HttpError, replyText } from '@latchkey/http';
import type { Emit } from '@latchkey/telemetry';
import type { LogoutNotice } from '../providers/logout-token.ts';
import type { ProviderSignOutOutcome, AuthEvent } from '../telemetry/events.ts';
import { endSid } from '../lifecycle/end.ts';
import type { Ending } from '../lifecycle/end.ts';
import type { ProviderSession, ProviderSessions } from '../session/provider-sessions.ts';
import type { SessionRecord, SessionRecords } from '../session/records.ts';
import type { SessionStore } from '../lifecycle/store.ts';
import type { Account, GrantState, SignedInSession, StoredSession } from '../session/stored-session.ts';
import { giveBack } from '../lifecycle/give-back.ts';
import type { GivingBack } from '../lifecycle/give-back.ts';
import { StoreAway, unlessAway } from '../store/store.ts';
import type { Handler } from '../web/locals.ts';
import { formParameters } from '../web/parameters.ts';

/** What ending sessions at the word of a provider takes. */
export type EndingAtAWord = Ending &
  GivingBack & {
    readonly store: Pick<SessionStore, 'grantState' | 'revokeAccount' | 'sidsOf' | 'useOnce'>;
    readonly providerSessions: Pick<ProviderSessions, 'end'>;
    readonly records: Pick<SessionRecords, 'get'>;
    readonly emit: Emit<AuthEvent>;
  };

/**
 * `POST /<slug>/backchannel_logout`: a provider says that a session there has ended, or all of an account (OpenID Connect
 * Back-Channel Logout 1.0). It ends what came from that, on every host. Only the token counts, which the provider has signed:
 * neither who brings it nor from where.
 */
export function backChannelLogout(
  slug: string,
  read: (token: string) => Promise<LogoutNotice>,
  parts: EndingAtAWord,
): Handler {
  return async function endWhatHasEnded(req, res) {
    const { line } = res.locals;
    const told = (outcome: ProviderSignOutOutcome, sessions = 0) =>
      parts.emit({ kind: 'provider_sign_out', provider: slug, outcome, line, sessions });
    try {
      const token = formParameters(req.body).one('logout_token');
      if (token === undefined) throw refusal('the parameter logout_token is missing');
      const { sessions, email } = await endAll(slug, await read(token), parts);
      line.detail = `sessions ended: ${sessions}`;
      if (email !== undefined) line.user = email;
      told(sessions === 0 ? 'unknown' : 'ended', sessions);
      replyText(res, 200, '');
    } catch (error) {
      if (error instanceof HttpError) told(error.code);
      throw error;
    }
  };
}

/** What has ended: so many sessions that stood, and whose they were, where that is known. */
type Ended = { readonly sessions: number; readonly email: string | undefined };

async function endAll(slug: string, notice: LogoutNotice, parts: EndingAtAWord): Promise<Ended> {
  const { jti, until, sid, sub } = notice;
  // What cannot be looked up is not answered, and the provider says it again: the token is used up after this.
  const sessions = sid === undefined ? [] : await sessionsOf({ idp: slug, providerSid: sid, sub }, parts);
  // Whether it was used nobody knows while the store is away. Ending too much costs a sign-in.
  const isFirst = await unlessAway(parts.store.useOnce('token', JSON.stringify([slug, jti]), until));
  if (isFirst === false) throw refusal('it was used already (jti)');
  if (sid !== undefined || sub === undefined) return endEach(sessions, parts);
  return endAccount({ idp: slug, sub }, parts);
}

async function sessionsOf(
  { sub: named, ...ended }: ProviderSession & { sub: string | undefined },
  { providerSessions, now }: EndingAtAWord,
): Promise<readonly SignedInSession[]> {
  const { sids, sub = named } = await providerSessions.end(ended);
  // When they were signed in for does not matter: each is ended by its name.
  const auth_time = Math.floor(now() / 1000);
  return sub === undefined ? [] : sids.map((sid) => ({ idp: ended.idp, sub, sid, auth_time }));
}

// As where one session is signed out of by its person: its grant is left to the provider, which has ended it as it does. To some
// a grant that is given back is all that the person has given us.
async function endEach(sessions: readonly SignedInSession[], parts: EndingAtAWord): Promise<Ended> {
  const known = await knownOf(sessions, parts);
  const areTold = await Promise.all(sessions.map((session) => endSid(session, parts)));
  return endedOf(known, !areTold.includes(false));
}

async function endAccount(account: Account, parts: EndingAtAWord): Promise<Ended> {
  const sids = (await unlessAway(parts.store.sidsOf(account))) ?? [];
  const known = await knownOf(
    sids.map((sid) => ({ ...account, sid })),
    parts,
  );
  const isTold = await parts.store.revokeAccount(account, parts.now() + parts.sessionLifetimeMs);
  // The provider waits for our answer, perhaps with the very account locked that we would speak of.
  for (const { state, record = account } of known) void giveBack(record, state?.grant, parts);
  return endedOf(known, isTold);
}

type Known = { readonly state: GrantState | undefined; readonly record: SessionRecord | undefined };

function knownOf(
  sessions: readonly StoredSession[],
  { store, records }: EndingAtAWord,
): Promise<readonly Known[]> {
  return Promise.all(
    sessions.map(async ({ sid }) => ({
      state: await unlessAway(store.grantState(sid)),
      record: await unlessAway(records.get(sid)),
    })),
  );
}

// Those that had something to vouch for them stood. Where others do not know of it yet, the provider says it again.
function endedOf(known: readonly Known[], isTold: boolean): Ended {
  if (!isTold) throw new StoreAway('other tasks do not know yet what has ended');
  return {
    sessions: known.filter(({ state }) => state !== undefined).length,
    email: known.find(({ record }) => record !== undefined)?.record?.email,
  };
}

function refusal(detail: string): HttpError {
  return new HttpError('logout_token_refused', { detail });
}
