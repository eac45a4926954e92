import { upTo } from '@latchkey/http';
import type { Clock } from '@latchkey/http';
import { LRUCache } from 'lru-cache';
import type { GrantState, StoredSession } from './store.ts';

/** The newest standings of sessions. */
export type GrantStates = {
  get(sid: string): GrantState | undefined;
  set(session: StoredSession, grantState: GrantState, until: number): void;
  delete(session: StoredSession): void;
};

const keptStates = 50_000;
// One account that signs in over and over forgets its own sessions, and nobody else's.
const keptOfAccount = 20;

/** Remembers standings. Past the bounds the oldest of the account goes, then the one unused for longest. */
export function createGrantStates({ now, elapsed }: Clock): GrantStates {
  // The cache reads the clock through `perf`; with a resolution it would read it only now and then.
  const clock = { perf: { now: elapsed }, ttlResolution: 0 };
  const grantStates = new LRUCache<string, GrantState>({ ...upTo(keptStates), ...clock });
  const sidsOf = new LRUCache<string, Set<string>>(upTo(keptStates));

  return {
    get: (sid) => grantStates.get(sid),
    set({ idp, sub, sid }, grantState, until) {
      if (until <= now()) return;
      grantStates.set(sid, grantState, { ttl: until - now() });
      const account = JSON.stringify([idp, sub]);
      const sids = (sidsOf.get(account) ?? new Set()).add(sid);
      sidsOf.set(account, sids);
      const [oldest] = sids;
      if (sids.size <= keptOfAccount || oldest === undefined) return;
      sids.delete(oldest);
      grantStates.delete(oldest);
    },
    delete({ idp, sub, sid }) {
      grantStates.delete(sid);
      sidsOf.get(JSON.stringify([idp, sub]))?.delete(sid);
    },
  };
}
