import { LRUCache } from 'lru-cache';
import type { ToldGroups } from '../groups.ts';
import type { Grant } from './grant.ts';

/** What auth knows about a session beyond its cookie. */
export type Standing = {
  readonly grant: Grant;
  readonly groups: ToldGroups | undefined;
  /** good until `grant.access_expires_at`; never in a cookie */
  readonly accessToken?: string | undefined;
};

/** Memory that outlives a request. Every entry ends with its session (`until`: milliseconds since the epoch). */
export type Store = {
  /** Ends a session: copies of its cookie die at their next check. */
  revoke(sid: string, until: number): Promise<void>;
  isRevoked(sid: string): Promise<boolean>;
  /** The newest standing of a session, where it is remembered. */
  standing(sid: string): Promise<Standing | undefined>;
  keep(sid: string, standing: Standing, until: number): Promise<void>;
  /**
   * Uses up a one-time value.
   *
   * @returns whether this is the first use; of two at the same moment, only one is
   */
  useOnce(id: string, until: number): Promise<boolean>;
};

const keptRevocations = 100_000;
const keptStandings = 50_000;
// They end within a minute: more than this is not sign-ins.
const keptUses = 100_000;

/**
 * A store in this process. It is bounded: past the bound the entry unused for longest is forgotten. A forgotten
 * standing is asked for again; to make us forget a revocation takes as many sign-ins and sign-outs of real accounts.
 */
export function memoryStore(now: () => number): Store {
  // The cache reads the clock through `perf`; with a resolution it would read it only now and then.
  const clock = { perf: { now }, ttlResolution: 0 };
  const revocations = new LRUCache<string, true>({ max: keptRevocations, ...clock });
  const standings = new LRUCache<string, Standing>({ max: keptStandings, ...clock });
  const uses = new LRUCache<string, true>({ max: keptUses, ...clock });

  return {
    async revoke(sid, until) {
      standings.delete(sid);
      if (until > now()) revocations.set(sid, true, { ttl: until - now() });
    },
    isRevoked: async (sid) => revocations.has(sid),
    standing: async (sid) => standings.get(sid),
    async keep(sid, standing, until) {
      if (until > now()) standings.set(sid, standing, { ttl: until - now() });
    },
    async useOnce(id, until) {
      if (until <= now() || uses.has(id)) return false;
      uses.set(id, true, { ttl: until - now() });
      return true;
    },
  };
}
