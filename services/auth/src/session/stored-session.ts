import type { Session } from '@latchkey/session';
import type { DatedGroups } from './dated-groups.ts';
import type { Grant } from './grant.ts';

/** What auth knows about a session beyond its cookie. */
export type GrantState = {
  readonly grant: Grant;
  readonly groups: DatedGroups | undefined;
  /** where this task has the answer itself: until when there is nothing new to ask, by `elapsed` */
  readonly freshUntil?: number;
  /** when the provider last said that the session stands, where that was later than `grant` came; milliseconds since the epoch */
  readonly confirmedAt?: number;
  /** good until `grant.access_expires_at`; never in a cookie */
  readonly accessToken?: string | undefined;
  /** to show where the person signs out at the provider; never in a cookie */
  readonly idToken?: string;
};

/** Somebody, as their provider knows them. */
export type Account = Pick<Session, 'idp' | 'sub'>;

/** A session as it is stored: which one, and of which account. What one account does crowds out nobody else's. */
export type StoredSession = Account & Pick<Session, 'sid'>;

/** One of which it is known when its person signed in, too. */
export type SignedInSession = StoredSession & Pick<Session, 'auth_time'>;
