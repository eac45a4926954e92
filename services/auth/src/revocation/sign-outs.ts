import { nameOfAccount, nameOfEmail } from '@latchkey/contract';
import type { Clock } from '@latchkey/http';
import type { Session } from '@latchkey/session';
import { createRevocations } from './revocations.ts';
import type { CheckedSession, Ended } from './revocations.ts';
import type { RecentEnds } from './recent-ends.ts';
import type { SignedInSession } from '../session/stored-session.ts';

/** A session, with all that it may have ended by. */
export type EndableSession = SignedInSession & Pick<Session, 'email'>;

/** Who has signed out. What is added holds here at once; the answer says whether the other tasks know of it already. */
export type SignOuts = {
  add(session: SignedInSession, until: number): Promise<boolean>;
  /**
   * Every session that was signed in for until now.
   *
   * @param whose the name of an account or an e-mail address, or `everybody`
   */
  addAllOf(whose: string, until: number): Promise<boolean>;
  /** @throws StoreAway where that cannot be known now */
  has(session: EndableSession): Promise<boolean>;
  /** until nobody who signs in from then on can be taken for somebody from before */
  ready(): Promise<void>;
  close(): void;
};

/**
 * Remembers sign-outs in this process alone.
 *
 * @param recent hears of each
 */
export function ownSignOuts(clock: Clock, recent: Pick<RecentEnds, 'add'>): SignOuts {
  const known = createRevocations(clock);
  async function add(ended: Ended): Promise<boolean> {
    recent.add(known.add(ended));
    return true;
  }
  return {
    add: (session, until) => add(endedSession(session, clock.now(), until)),
    addAllOf: (whose, until) => add(allOf(whose, clock.now(), until)),
    has: async (session) => known.has(checkedSession(session)),
    ready: async () => undefined,
    close: () => undefined,
  };
}

/** What a session is known by among those that have ended. */
export function checkedSession({
  email,
  sid,
  auth_time: signedInAt,
  ...account
}: EndableSession): CheckedSession {
  return { account: nameOfAccount(account), email: nameOfEmail(email), sid, signedInAt };
}

/** One session, ended at a moment. */
export function endedSession(
  { sid, auth_time: signedInAt, ...account }: SignedInSession,
  at: number,
  until: number,
): Ended {
  return { account: nameOfAccount(account), sid, signedInAt, at, until };
}

/** Every session that was signed in for until a moment. */
export function allOf(whose: string, at: number, until: number): Ended {
  return { account: whose, signedInAt: Math.floor(at / 1000), at, until };
}
