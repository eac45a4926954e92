import type { Clock } from '@latchkey/http';
import { LRUCache } from 'lru-cache';
import type { Standing, StoredSession } from './store.ts';

/** The newest standings of sessions. */
export type Standings = {
  get(sid: string): Standing | undefined;
  set(session: StoredSession, standing: Standing, until: number): void;
  delete(session: StoredSession): void;
};

const keptStandings = 50_000;
// One account that signs in over and over forgets its own sessions, and nobody else's.
const keptOfAccount = 20;

/** Remembers standings. Past the bounds the oldest of the account goes, then the one unused for longest. */
export function createStandings({ now, elapsed }: Clock): Standings {
  // The cache reads the clock through `perf`; with a resolution it would read it only now and then.
  const clock = { perf: { now: elapsed }, ttlResolution: 0 };
  const standings = new LRUCache<string, Standing>({ max: keptStandings, ...clock });
  const sidsOf = new LRUCache<string, Set<string>>({ max: keptStandings });

  return {
    get: (sid) => standings.get(sid),
    set({ idp, sub, sid }, standing, until) {
      if (until <= now()) return;
      standings.set(sid, standing, { ttl: until - now() });
      const account = JSON.stringify([idp, sub]);
      const sids = (sidsOf.get(account) ?? new Set()).add(sid);
      sidsOf.set(account, sids);
      const [oldest] = sids;
      if (sids.size <= keptOfAccount || oldest === undefined) return;
      sids.delete(oldest);
      standings.delete(oldest);
    },
    delete({ idp, sub, sid }) {
      standings.delete(sid);
      sidsOf.get(JSON.stringify([idp, sub]))?.delete(sid);
    },
  };
}
