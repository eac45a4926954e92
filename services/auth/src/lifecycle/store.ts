import { everybody, nameOfAccount, nameOfEmail } from '@latchkey/contract';
import type { Clock } from '@latchkey/http';
import type { Logger } from 'pino';
import type { OpenStore } from '../store/open.ts';
import { placeOf } from '../store/place.ts';
import { unlessAway } from '../store/store.ts';
import { createGrantStates } from '../session/grant-states.ts';
import type { GrantStates } from '../session/grant-states.ts';
import { createRecentEnds } from '../revocation/recent-ends.ts';
import type { RecentEnds } from '../revocation/recent-ends.ts';
import { newSid } from '../session/sid.ts';
import { sharedSignOuts } from '../revocation/shared-sign-outs.ts';
import { ownSignOuts } from '../revocation/sign-outs.ts';
import type { EndableSession } from '../revocation/sign-outs.ts';
import type { Account, GrantState, SignedInSession, StoredSession } from '../session/stored-session.ts';

/**
 * What is remembered of sessions, by this task or by all together. Every entry ends with its session (`until`: milliseconds
 * since the epoch).
 *
 * @throws StoreAway where that cannot be asked; see `Store`
 */
export type SessionStore = {
  /**
   * Ends a session: copies of its cookie die at their next check. It is not forgotten before its time. Never throws.
   *
   * @returns whether every task knows of it; otherwise the others hear of it when the store is back
   */
  revoke(session: SignedInSession, until: number): Promise<boolean>;
  /** The same for every session of an account that was signed in for until now. */
  revokeAccount(account: Account, until: number): Promise<boolean>;
  /** The same for those of an e-mail address, whatever is remembered of it. */
  revokeEmail(email: string, until: number): Promise<boolean>;
  /** The same for those of everybody. */
  revokeAll(until: number): Promise<boolean>;
  isRevoked(session: EndableSession): Promise<boolean>;
  /** What was ended lately, by any task. */
  readonly recentEnds: RecentEnds;
  /** The newest standing of a session, where it is remembered. */
  grantState(sid: string): Promise<GrantState | undefined>;
  /** Keeps the standing of a person who has just signed in. */
  keep(session: StoredSession, grantState: GrantState, until: number): Promise<void>;
  /** Keeps a standing that a cookie has brought along, unless a newer one is known. */
  offer: GrantStates['offer'];
  /** Asks a provider about a session, one task at a time, and keeps its answer. */
  inTurn: GrantStates['inTurn'];
  /** The sessions of an account that are remembered, the newest last. */
  sidsOf(account: Account): Promise<readonly string[]>;
  /**
   * Uses up a one-time value, of a kind that has such.
   *
   * @returns whether this is the first use, for certain; of two at the same moment, only one is
   */
  useOnce(kind: 'code' | 'token' | 'attempt', id: string, until: number): Promise<boolean>;
  /** Tells whether one is used up already; the next moment it may be. */
  isUsed(kind: 'token', id: string): Promise<boolean>;
  /** Tells whether it is worth a question at the moment. */
  isAway(): boolean;
  /** A name for a session that begins after this: its end will be remembered. */
  newSid(): Promise<string>;
  close(): void;
};

/** Remembers sessions in a store. A forgotten standing is asked for again; nothing else is forgotten before its time. */
export function sessionStore(
  opened: OpenStore,
  options: Clock & { log: Pick<Logger, 'info' | 'warn'> },
): SessionStore {
  const { store } = opened;
  const { now } = options;
  const recentEnds = createRecentEnds(options);
  const grantStates = createGrantStates(opened, options);
  const signOuts =
    store.log === undefined
      ? ownSignOuts(options, recentEnds)
      : sharedSignOuts(store.log, recentEnds, { ...options, onLost: () => grantStates.writeAgain() });

  return {
    async revoke(session, until) {
      const isPublished = await signOuts.add(session, until);
      // What stays behind of it is of no use to anybody.
      await unlessAway(grantStates.delete(session));
      return isPublished;
    },
    revokeAccount: (account, until) => signOuts.addAllOf(nameOfAccount(account), until),
    revokeEmail: (email, until) => signOuts.addAllOf(nameOfEmail(email), until),
    revokeAll: (until) => signOuts.addAllOf(everybody, until),
    isRevoked: (session) => signOuts.has(session),
    recentEnds,
    grantState: (sid) => grantStates.get(sid),
    keep: (session, grantState, until) => grantStates.set(session, grantState, until),
    offer: (session, grantState, until) => grantStates.offer(session, grantState, until),
    inTurn: (session, until, ask) => grantStates.inTurn(session, until, ask),
    sidsOf: (account) => grantStates.sidsOf(account),
    useOnce: (kind, id, until) => store.useOnce(placeOf(kind, id), until - now()),
    isUsed: (kind, id) => store.isUsed(placeOf(kind, id)),
    isAway: () => store.isAway(),
    async newSid() {
      await signOuts.ready();
      return newSid(store.log !== undefined);
    },
    close() {
      signOuts.close();
      grantStates.close();
    },
  };
}
