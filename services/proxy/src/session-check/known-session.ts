import type { Decision, Person } from '@latchkey/access';
import type { Session } from '@latchkey/session';
import type { Route } from '@latchkey/upstreams';
import type { Asked } from './introspect.ts';

/** A session that this task has opened, with what it has learned about it since. Times are milliseconds. */
export type KnownSession = {
  readonly session: Session;
  readonly firstSeenAt: number;
  /** the sealed form that auth is shown */
  token: string;
  /** the cookie's value that the browser should have; newer than the one it sent after auth renewed the session */
  cookie: string;
  /** when auth last vouched for it */
  vouchedAt: number | undefined;
  /** what auth was last asked about */
  askedFor: Asked | undefined;
  /** before this there is nothing to ask */
  askAgainAt: number;
  /** auth said that it is over: final */
  ended: boolean;
  person: Person;
  /** it was used on a route that passes the access token on */
  needsAccessToken: boolean;
  /** the provider's, and until when it is good */
  accessToken: { readonly value: string; readonly until: number } | undefined;
  /** what was decided about this person; forgotten with every new answer */
  decisions: WeakMap<Route, Decision>;
};

/** A session just opened, about which auth has not been asked. */
export function newlyKnown(
  session: Session,
  { token, cookie }: Pick<KnownSession, 'token' | 'cookie'>,
  now: number,
): KnownSession {
  return {
    session,
    firstSeenAt: now,
    token,
    cookie,
    vouchedAt: undefined,
    askedFor: undefined,
    askAgainAt: now,
    ended: false,
    person: { kind: 'person', email: session.email, groups: undefined },
    needsAccessToken: false,
    accessToken: undefined,
    decisions: new WeakMap(),
  };
}
