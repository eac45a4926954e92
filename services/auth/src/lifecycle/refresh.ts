import { HttpError } from '@latchkey/http';
import type { Clock } from '@latchkey/http';
import type { KeyRing, Session } from '@latchkey/session';
import type { Logger } from 'pino';
import type { Emit } from '@latchkey/telemetry';
import type { Provider, Renewal } from '../providers/provider.ts';
import type { AuthEvent } from '../telemetry/events.ts';
import { confirm, isWordOld } from './confirm.ts';
import type { Confirming } from './confirm.ts';
import { endUnasked } from './end.ts';
import type { Ending } from './end.ts';
import { createQueue } from '../queue.ts';
import type { Queue } from '../queue.ts';
import { within } from '../within.ts';
import { freshUntil } from './freshness.ts';
import { grantOf, openGrant } from '../session/grant.ts';
import type { SessionStore } from './store.ts';
import type { GrantState } from '../session/stored-session.ts';
import type { AskedInTurn } from '../session/grant-states.ts';

// A provider that says nothing holds a connection for each question for half a minute. A question that waits for its turn longer than
// its caller does is answered by what was true last time.
const atOnce = 200;
const longest = 2_000;

/** What knowing about a session takes. */
export type Remembering = {
  readonly store: Pick<SessionStore, 'grantState' | 'offer'>;
  readonly keys: { readonly grant: KeyRing };
};

/** What asking a provider about a session takes. */
export type Refreshing = Omit<Confirming, 'providers'> &
  Remembering &
  Ending & {
    readonly store: Pick<SessionStore, 'inTurn' | 'isRevoked'>;
    readonly providers: ReadonlyMap<string, Pick<Provider, 'confirm' | 'refresh'>>;
    readonly log: Pick<Logger, 'info' | 'warn'>;
    readonly emit: Emit<AuthEvent>;
    /** a caller who asks about a session waits no longer for its provider, milliseconds */
    readonly patienceMs: number;
  };

/** What is true of a session now, or that it is over. */
export type Refreshed =
  | 'over'
  | {
      readonly grantState: GrantState;
      /**
       * how well that is known. `answered`: nothing newer can be had, for the provider has just said it, or there is nobody to ask;
       * `remembered`: it was enough for the first question; `stale`: the provider could not be asked
       */
      readonly basis: 'answered' | 'remembered' | 'stale';
    };

/** Asks the provider about a session, unless what is known about it is enough by now. */
export type Refresher = (session: Session, isEnough: (known: GrantState) => boolean) => Promise<Refreshed>;

/**
 * What is known about a session: the newer of what is remembered here and of what its cookie brought along, which
 * another task may have written, and which is remembered from now on. Undefined when both are lost; then nobody can vouch for it any more.
 */
export async function knownGrantState(session: Session, parts: Remembering): Promise<GrantState | undefined> {
  const remembered = await parts.store.grantState(session.sid);
  const carried = session.grant === undefined ? undefined : await openGrant(session.grant, parts.keys.grant);
  if (carried === undefined) return remembered;
  if (remembered !== undefined && remembered.grant.checked_at >= carried.checked_at) return remembered;
  // A grant holds groups only where nobody can be asked again: they are those of its one answer.
  const groups = carried.groups && { names: carried.groups, at: carried.checked_at * 1000 };
  const grantState = { grant: carried, groups: groups ?? remembered?.groups, ...hintOf(remembered) };
  // After a restart the cookies in use teach us, so that an idle one does not come first with a refresh token that was
  // replaced: providers take that for theft, and end every copy.
  await parts.store.offer(session, grantState, session.exp * 1000);
  return grantState;
}

/**
 * Asks providers about sessions, one question per session at a time, in this task and in all: a provider that rotates refresh
 * tokens would take the second use of one for theft and end the session. Who comes meanwhile gets the same answer, unless nobody was asked:
 * what was known may be enough for one and not for the other. For the same reason a question outlives the patience of its caller:
 * with the answer comes a new refresh token, and the old one is good for nothing.
 */
export function createRefresher(parts: Refreshing): Refresher {
  const underWay = new Map<string, Promise<Refreshed | undefined>>();
  // One that is silent leaves the places of the others free.
  const queues = new Map([...parts.providers.keys()].map((slug) => [slug, queueOf(parts)]));

  return async function refresh(session, isEnough): Promise<Refreshed> {
    const running = underWay.get(session.sid);
    if (running !== undefined) {
      parts.emit({ kind: 'refresh_shared' });
      const refreshed = (await running) ?? (await unanswered(session));
      const isShort =
        refreshed !== 'over' && refreshed.basis === 'remembered' && !isEnough(refreshed.grantState);
      return isShort ? refresh(session, isEnough) : refreshed;
    }
    const question = askProvider(session, isEnough, parts, queues.get(session.idp)).finally(() =>
      underWay.delete(session.sid),
    );
    const soon = within(parts.patienceMs, question, () => new Late()).catch((error: unknown) => {
      if (!(error instanceof Late)) throw error;
      const { idp, email: user } = session;
      parts.log.warn({ idp, user }, 'the provider has not answered about a session as yet');
      return undefined;
    });
    underWay.set(session.sid, soon);
    return (await soon) ?? unanswered(session);
  };

  async function unanswered(session: Session): Promise<Refreshed> {
    const known = await knownGrantState(session, parts);
    return known === undefined ? 'over' : { grantState: known, basis: 'stale' };
  }
}

class Late extends Error {}
class NoTurn extends Error {}

function queueOf({ patienceMs: waitMs, elapsed: now }: Refreshing): Queue {
  return createQueue({ atOnce, longest, waitMs, now, dropped: (why) => new NoTurn(why) });
}

async function askProvider(
  session: Session,
  isEnough: (known: GrantState) => boolean,
  parts: Refreshing,
  queue: Queue | undefined,
): Promise<Refreshed> {
  const known = await knownGrantState(session, parts);
  if (known === undefined) return 'over';
  if (isEnough(known)) return { grantState: known, basis: 'remembered' };
  if (queue === undefined || !canBeAsked(session, known, parts)) {
    return { grantState: known, basis: 'answered' };
  }
  const { idp, email: user } = session;
  try {
    const inTurn = () =>
      parts.store.inTurn(session, session.exp * 1000, () => askInTurn(session, isEnough, parts));
    const refreshed = await queue(inTurn, { since: parts.elapsed() });
    if (refreshed !== undefined) return refreshed;
    parts.log.warn({ idp, user }, 'another task asks about a session for too long');
  } catch (error) {
    if (!(error instanceof NoTurn)) throw error;
    const detail = error.message;
    parts.log.warn(
      { detail, idp, user },
      'the provider was not asked about a session: too many questions are open',
    );
  }
  return { grantState: known, basis: 'stale' };
}

function canBeAsked(session: Session, known: GrantState, parts: Refreshing): boolean {
  return known.grant.refresh_token !== undefined || isWordOld(session, known, parts);
}

// The holder before may have been answered, or may have died with the answer: a refresh token that was replaced
// is refused. So what is known is looked up when the turn has come, and once more before a no is taken for one.
async function askInTurn(
  session: Session,
  isEnough: (known: GrantState) => boolean,
  parts: Refreshing,
): Promise<AskedInTurn<Refreshed>> {
  let refused: string | undefined;
  for (;;) {
    const known = await knownGrantState(session, parts);
    if (known === undefined) return { outcome: 'over' };
    if (isEnough(known)) return { outcome: { grantState: known, basis: 'remembered' } };
    // A store that was emptied has lost the lease of the task that asks at this moment: it says so here.
    if (await parts.store.isRevoked(session)) return { outcome: 'over' };
    // Once: what comes after a refresh that was refused is about a newer refresh token, and not about this access token.
    const word = refused === undefined ? await confirm(session, known, parts) : undefined;
    if (word instanceof HttpError) return withoutAnswer(word, { session, known, parts });
    if (word !== undefined && word !== 'refused' && isEnough(word)) {
      return { outcome: { grantState: word, basis: 'answered' }, grantState: word };
    }
    const { refresh_token: refreshToken, checked_at: since } = known.grant;
    // An access token may be taken back by itself, so a refusal of it ends nothing where there is a refresh token to ask with.
    if (refreshToken === undefined && word !== 'refused') {
      return { outcome: { grantState: known, basis: 'answered' } };
    }
    if (refreshToken === undefined || refreshToken === refused) {
      parts.log.info(
        { idp: session.idp, user: session.email, since: new Date(since * 1000).toISOString() },
        'the provider refuses the refresh token of a session: its person signs in again',
      );
      await endUnasked(session, 'provider_refused', parts);
      return { outcome: 'over' };
    }
    const answer = await ask(refreshToken, { session, known, parts });
    if (answer !== 'refused') return answer;
    refused = refreshToken;
  }
}

type About = { readonly session: Session; readonly known: GrantState; readonly parts: Refreshing };

async function ask(refreshToken: string, about: About): Promise<AskedInTurn<Refreshed> | 'refused'> {
  const { session, known, parts } = about;
  try {
    const answer = await parts.providers.get(session.idp)?.refresh(refreshToken, session.sub);
    if (answer === undefined) return 'refused';
    if (!isSamePerson(answer.identity, session)) {
      await endUnasked(session, 'person_changed', parts);
      return { outcome: 'over' };
    }
    const grantState = grantStateAfter(answer, known, parts);
    if (answer.trouble === undefined) return { outcome: { grantState, basis: 'answered' }, grantState };
    return { ...withoutAnswer(answer.trouble, { ...about, known: grantState }), grantState };
  } catch (error) {
    if (error instanceof HttpError) return withoutAnswer(error, about);
    throw error;
  }
}

function withoutAnswer(
  { code, detail }: HttpError,
  { session, known, parts }: About,
): AskedInTurn<Refreshed> {
  parts.log.warn(
    { error: code, detail, idp: session.idp, user: session.email },
    'the provider did not answer about a session',
  );
  return { outcome: { grantState: known, basis: 'stale' } };
}

function grantStateAfter(
  { tokens, identity, trouble }: Renewal,
  known: GrantState,
  clock: Clock,
): GrantState {
  const now = clock.now();
  const grant = grantOf(tokens, { now, groups: undefined, previous: known.grant });
  if (trouble !== undefined) {
    // A provider that replaces refresh tokens takes the next use of the old one for theft. The rest is as it was.
    return { ...known, grant: { ...grant, access_expires_at: known.grant.access_expires_at } };
  }
  // An answer without a word about the person leaves their groups as old as they are.
  const groups = identity === undefined ? known.groups : { names: identity.groups ?? [], at: now };
  const { accessToken } = tokens;
  return { grant, groups, freshUntil: freshUntil(grant, clock), accessToken, ...hintOf(tokens, known) };
}

// A refresh need not bring a new ID token; an older one still tells a provider who signs out.
function hintOf(...holders: readonly (Pick<GrantState, 'idToken'> | undefined)[]): { idToken?: string } {
  const idToken = holders.find((holder) => holder?.idToken !== undefined)?.idToken;
  return idToken === undefined ? {} : { idToken };
}

// An address that changed hands or lost its proof is not the one that was let in (CVE-2021-41230).
function isSamePerson(
  identity: { email: string | undefined; emailVerified: boolean } | undefined,
  session: Session,
): boolean {
  if (identity === undefined) return true;
  return identity.emailVerified && identity.email?.toLowerCase() === session.email;
}
