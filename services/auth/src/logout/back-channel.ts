import { HttpError, replyText } from '@latchkey/http';
import type { Emit } from '@latchkey/telemetry';
import type { LogoutNotice } from '../providers/logout-token.ts';
import type { ProviderSignOutOutcome, AuthEvent } from '../telemetry/events.ts';
import { endSid } from '../lifecycle/end.ts';
import { endPerson, lookUpSessions } from '../lifecycle/end-person.ts';
import type { EndedPerson, EndingPeople, FoundSession } from '../lifecycle/end-person.ts';
import type { ProviderSession, ProviderSessions } from '../session/provider-sessions.ts';
import type { SessionStore } from '../lifecycle/store.ts';
import type { Account } from '../session/stored-session.ts';
import { StoreAway, unlessAway } from '../store/store.ts';
import type { Handler } from '../web/locals.ts';
import { formParameters } from '../web/parameters.ts';

/** What ending sessions at the word of a provider takes. */
export type EndingAtAWord = EndingPeople & {
  readonly store: Pick<SessionStore, 'isUsed' | 'useOnce'>;
  readonly providerSessions: Pick<ProviderSessions, 'end'>;
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
    const emitOutcome = (outcome: ProviderSignOutOutcome, sessions = 0) =>
      parts.emit({ kind: 'provider_sign_out', provider: slug, outcome, line, sessions });
    try {
      const token = formParameters(req.body).one('logout_token');
      if (token === undefined) throw refusal('the parameter logout_token is missing');
      const { sessions, email } = await endAll(slug, await read(token), parts);
      line.detail = `sessions ended: ${sessions}`;
      if (email !== undefined) line.user = email;
      emitOutcome(sessions === 0 ? 'unknown' : 'ended', sessions);
      replyText(res, 200, '');
    } catch (error) {
      if (error instanceof HttpError) emitOutcome(error.code);
      throw error;
    }
  };
}

/** What has ended: so many sessions that stood, and whose they were, where that is known. */
type Ended = { readonly sessions: number; readonly email: string | undefined };

// A token that is used up has been published to all tasks, so one that was answered 503 is as good when it comes again. Of two at
// the same moment both may end the same; a later one ends nobody who has signed in since.
async function endAll(slug: string, notice: LogoutNotice, parts: EndingAtAWord): Promise<Ended> {
  const { jti, until, sid, sub } = notice;
  const id = JSON.stringify([slug, jti]);
  // Whether it was used nobody knows while the store is away. Ending too much costs a sign-in.
  if (await unlessAway(parts.store.isUsed('token', id))) throw used();
  const { sessions, isPublished } =
    sid === undefined && sub !== undefined
      ? await endAccount({ idp: slug, sub }, parts)
      : await endEach({ idp: slug, providerSid: sid ?? '', sub }, parts);
  // Where others do not know of it yet, the provider says it again.
  if (!isPublished) throw new StoreAway('other tasks do not know yet what has ended');
  if ((await unlessAway(parts.store.useOnce('token', id, until))) === false) throw used();
  return { sessions: sessions.filter(({ stands }) => stands).length, email: emailOf(sessions) };
}

async function endAccount(account: Account, parts: EndingAtAWord): Promise<EndedPerson> {
  const ended = await endPerson({ account }, parts);
  // The provider waits for our answer, perhaps with the very account locked that we would speak of.
  void ended.givenBack;
  return ended;
}

// As where one session is signed out of by its person: its grant is left to the provider, which has ended it as it does. To some
// a grant that is given back is all that the person has given us.
async function endEach(
  { sub: named, ...ended }: ProviderSession & { sub: string | undefined },
  parts: EndingAtAWord,
): Promise<Pick<EndedPerson, 'sessions' | 'isPublished'>> {
  const { sids, sub = named } = await parts.providerSessions.end(ended);
  // When they were signed in for does not matter: each is ended by its name.
  const auth_time = Math.floor(parts.now() / 1000);
  const signedIn = sub === undefined ? [] : sids.map((sid) => ({ idp: ended.idp, sub, sid, auth_time }));
  const sessions = await lookUpSessions(signedIn, parts);
  const arePublished = await Promise.all(signedIn.map((session) => endSid(session, parts)));
  return { sessions, isPublished: !arePublished.includes(false) };
}

function emailOf(sessions: readonly FoundSession[]): string | undefined {
  return sessions
    .map(({ session }) => ('email' in session ? session.email : undefined))
    .find((email) => email !== undefined);
}

function used(): HttpError {
  return refusal('it was used already (jti)');
}

function refusal(detail: string): HttpError {
  return new HttpError('logout_token_refused', { detail });
}
