import type { Person } from '@latchkey/access';
import type { Clock } from '@latchkey/http';
import { clockSkewMs } from '@latchkey/session';
import type { Session } from '@latchkey/session';
import type { ToldGroup } from './told-groups.ts';
import type { Asked } from './introspect.ts';

/**
 * A session that this task has opened, with what it has learned about it since. Times are milliseconds of the clock that
 * never jumps (`elapsed`).
 */
export type KnownSession = {
  readonly session: Session;
  /** the sealed form that auth is shown */
  token: string;
  /** the cookie's value that the browser should have; newer than the one it sent after auth renewed the session */
  cookie: string;
  /** when auth last vouched for it, by its own answer or by the time that it sealed into the cookie */
  vouchedAt: number;
  /** what auth was last asked about, and when */
  askedFor: Asked | undefined;
  askedAt: number;
  /** when auth was asked what it last answered */
  answeredAt: number;
  /** before this there is nothing to ask */
  askAgainAt: number;
  /** auth was away when it was asked last: how often it had come back by then */
  foundAwayAfter: number | undefined;
  /** why auth could not be asked the last time, until that is told of a request that passes all the same */
  unansweredFor: string | undefined;
  /** auth said that it is over, or of another cookie of it and nothing else of this one: final for this one */
  ended: boolean;
  /** another value whenever something new is learned: what was decided about them goes with the old one */
  person: Person;
  /** what auth has told about groups, newest last word of each; `person` shows what of it counts */
  toldGroups: ReadonlyMap<string, ToldGroup>;
  /** groups of which auth could not say as yet, and which nobody has waited for */
  openGroups: ReadonlySet<string>;
  /** it was used on a route that passes the access token on */
  needsAccessToken: boolean;
  /** the provider's, and until when it is good */
  accessToken: { readonly value: string; readonly until: number } | undefined;
};

/** A session just opened, about which auth has not been asked. */
export function newlyKnown(
  session: Session,
  { token, cookie }: Pick<KnownSession, 'token' | 'cookie'>,
  { now, elapsed }: Clock,
): KnownSession {
  return {
    session,
    token,
    cookie,
    vouchedAt: elapsed() - sealedAgo(session, now()),
    askedFor: undefined,
    askedAt: -Infinity,
    answeredAt: -Infinity,
    askAgainAt: elapsed(),
    foundAwayAfter: undefined,
    unansweredFor: undefined,
    ended: false,
    person: { kind: 'person', email: session.email, groups: undefined },
    toldGroups: new Map(),
    openGroups: new Set(),
    needsAccessToken: false,
    accessToken: undefined,
  };
}

// Auth vouches for what it seals. A seal from further ahead than clocks differ says nothing: one of them was set.
function sealedAgo({ iat }: Session, now: number): number {
  const age = now - iat * 1000;
  return age < -clockSkewMs ? Infinity : Math.max(0, age);
}
