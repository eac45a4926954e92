import type { Person } from '@latchkey/access';
import { upTo } from '@latchkey/http';
import type { Clock } from '@latchkey/http';
import { clockSkewMs } from '@latchkey/session';
import type { Session } from '@latchkey/session';
import { LRUCache } from 'lru-cache';
import type { Endable } from './ended-sessions.ts';
import type { SessionQuestion } from './introspect.ts';
import type { ReportedGroup } from './reported-groups.ts';

/** When auth is to be asked again. Times are milliseconds of the clock that never jumps (`elapsed`). */
type AskAgain = {
  /** before this there is nothing to ask */
  askAgainAt: number;
  /** auth was away when it was asked last: how often it had come back by then */
  foundAwayAfter: number | undefined;
};

/**
 * What auth has answered about a session, whichever of its cookies it was asked about: the browser's, the one that auth renewed, those
 * of the hosts that it was handed over to.
 */
export type SessionState = AskAgain & {
  /** what auth was last asked about */
  askedFor: SessionQuestion | undefined;
  /** when auth was asked what it last answered */
  answeredAt: number;
  /** auth could not be asked the last time: what is known stands by the grace period */
  isInGrace: boolean;
  /** when auth was asked what it answered with a new seal */
  renewedAt: number;
  /** another value whenever something new is learned: what was decided about them goes with the old one */
  person: Person;
  /** what auth has answered about groups, newest last word of each; `person` shows what of it counts */
  reportedGroups: ReadonlyMap<string, ReportedGroup>;
  /** groups of which auth could not say as yet, and which nobody has waited for */
  openGroups: ReadonlySet<string>;
  /** it was used on a route that passes the access token on */
  needsAccessToken: boolean;
  /** the provider's, and until when it is good */
  accessToken: { readonly value: string; readonly until: number } | undefined;
};

/** A session that this task has opened: what its cookie says, and what auth has said of that very cookie. */
export type KnownSession = AskAgain & {
  readonly session: Session & Endable;
  /** shared by all cookies of the session */
  readonly state: SessionState;
  /** the sealed form that auth is shown */
  token: string;
  /** the cookie's value that the browser should have; newer than the one it sent after auth renewed the session */
  cookie: string;
  /** when auth last sealed it, and so vouched for it */
  sealedAt: number;
  /** when auth was last asked about it */
  askedAt: number;
  /** and when it was asked what it last answered of it */
  answeredAt: number;
  /** why auth could not be asked the last time, until that is emitted with a request that passes all the same */
  unansweredFor: string | undefined;
  /** auth said that it is over, or of another cookie of it and nothing else of this one: final for this one */
  ended: boolean;
};

/** Finds the state that a session has, which begins when the first cookie of it is opened. */
export type SessionStates = (session: Session) => SessionState;

// As many as there are cookies of sessions that live.
const keptStates = 10_000;

/**
 * Makes the memory of what auth answered about sessions. It is kept by `sid`, and by all else that auth goes by when it speaks of a
 * person: a cookie that names the `sid` of another person, or of an earlier sign-in, finds none of what is known of that.
 *
 * @param elapsed milliseconds that never jump
 */
export function createSessionStates({ elapsed }: Pick<Clock, 'elapsed'>, kept = keptStates): SessionStates {
  const states = new LRUCache<string, SessionState>(upTo(kept));

  return function stateOf(session) {
    const { sid, idp, sub, email, auth_time: signedInAt } = session;
    // GHSA-v574-6498-x57v: parts that are only put behind each other can be cut in two ways.
    const key = JSON.stringify([sid, idp, sub, email, signedInAt]);
    let state = states.get(key);
    if (state === undefined) {
      state = newState(session, elapsed());
      states.set(key, state);
    }
    return state;
  };
}

function newState({ email, sub, idp, proved_at: authTime, amr }: Session, now: number): SessionState {
  return {
    askedFor: undefined,
    answeredAt: -Infinity,
    isInGrace: false,
    renewedAt: -Infinity,
    askAgainAt: now,
    foundAwayAfter: undefined,
    person: {
      kind: 'person',
      email,
      groups: undefined,
      subject: sub,
      idp,
      ...(authTime !== undefined && { authTime }),
      ...(amr !== undefined && { amr }),
    },
    reportedGroups: new Map(),
    openGroups: new Set(),
    needsAccessToken: false,
    accessToken: undefined,
  };
}

/**
 * When auth last vouched for a session, by the clock that never jumps; -Infinity where that cannot be known. Auth has to have taken
 * this very cookie before its word about another one counts.
 */
export function vouchedAt({ state, sealedAt, answeredAt }: KnownSession): number {
  return answeredAt === -Infinity ? sealedAt : Math.max(sealedAt, state.answeredAt);
}

/** A session just opened, about which auth has not been asked. */
export function newlyKnown(
  session: KnownSession['session'],
  { token, cookie, state }: Pick<KnownSession, 'token' | 'cookie' | 'state'>,
  { now, elapsed }: Clock,
): KnownSession {
  return {
    session,
    state,
    token,
    cookie,
    sealedAt: elapsed() - sealedAgo(session, now()),
    askedAt: -Infinity,
    answeredAt: -Infinity,
    askAgainAt: elapsed(),
    foundAwayAfter: undefined,
    unansweredFor: undefined,
    ended: false,
  };
}

// Auth vouches for what it seals. A seal from further ahead than clocks differ says nothing: one of them was set.
function sealedAgo({ iat }: Session, now: number): number {
  const age = now - iat * 1000;
  return age < -clockSkewMs ? Infinity : Math.max(0, age);
}
