import { upTo } from '@latchkey/http';
import type { Clock } from '@latchkey/http';
import type { Session } from '@latchkey/session';
import { LRUCache } from 'lru-cache';
import type { DatedGroups } from './dated-groups.ts';
import type { Grant } from './grant.ts';
import { createRevocations } from './revocations.ts';
import { createGrantStates } from './grant-states.ts';

/** What auth knows about a session beyond its cookie. */
export type GrantState = {
  readonly grant: Grant;
  readonly groups: DatedGroups | undefined;
  /** where this task has the answer itself: until when there is nothing new to ask, by `elapsed` */
  readonly freshUntil?: number;
  /** good until `grant.access_expires_at`; never in a cookie */
  readonly accessToken?: string | undefined;
};

/** A session as it is stored: which one, and of which account. What one account does crowds out nobody else's. */
export type StoredSession = Pick<Session, 'idp' | 'sub' | 'sid'>;

/** One of which it is known when its person signed in, too. */
export type SignedInSession = StoredSession & Pick<Session, 'auth_time'>;

/** Memory that outlives a request. Every entry ends with its session (`until`: milliseconds since the epoch). */
export type Store = {
  /** Ends a session: copies of its cookie die at their next check. It is not forgotten before its time. */
  revoke(session: SignedInSession, until: number): Promise<void>;
  isRevoked(session: SignedInSession): Promise<boolean>;
  /** The newest standing of a session, where it is remembered. */
  grantState(sid: string): Promise<GrantState | undefined>;
  keep(session: StoredSession, grantState: GrantState, until: number): Promise<void>;
  /**
   * Uses up a one-time value.
   *
   * @returns whether this is the first use, for certain; of two at the same moment, only one is
   */
  useOnce(id: string, until: number): Promise<boolean>;
};

// They end within a minute: more than this is not sign-ins.
const keptUses = 100_000;

/** A store in this process, bounded. A forgotten standing is asked for again; nothing else is forgotten before its time. */
export function memoryStore(clock: Clock): Store {
  const { now, elapsed } = clock;
  const revocations = createRevocations(clock);
  const grantStates = createGrantStates(clock);
  const uses = new LRUCache<string, true>({ ...upTo(keptUses), perf: { now: elapsed }, ttlResolution: 0 });

  return {
    async revoke(session, until) {
      grantStates.delete(session);
      revocations.add(session, until);
    },
    isRevoked: async (session) => revocations.has(session),
    grantState: async (sid) => grantStates.get(sid),
    keep: async (session, grantState, until) => grantStates.set(session, grantState, until),
    async useOnce(id, until) {
      if (until <= now() || uses.has(id)) return false;
      // One more would push out a used one, which would be good again.
      if (uses.size >= keptUses && !uses.purgeStale()) return false;
      uses.set(id, true, { ttl: until - now() });
      return true;
    },
  };
}
