import type { Route, Target } from '@latchkey/upstreams';
import { LRUCache } from 'lru-cache';
import { Pool } from 'undici';

/** Connections to upstreams, kept alive and shared by all requests to one origin. */
export type Connections = {
  pool(target: Target, route: Pick<Route, 'tlsSkipVerify' | 'resetDeadlineMs'>): Pool;
  close(): Promise<void>;
};

// A rewrite pattern makes an origin out of each host that somebody thinks of.
const keptOrigins = 1_000;
const connectWithinMs = 5_000;

/** @param now milliseconds since the epoch */
export function createConnections(now: () => number): Connections {
  const pools = new LRUCache<string, { pool: Pool; openedAt: number }>({
    max: keptOrigins,
    // Requests under way finish; then the connections close.
    dispose: ({ pool }) => void pool.close(),
  });

  return {
    pool(target, route) {
      // A structured key: two different pairs never make one text (GHSA-v574-6498-x57v).
      const key = JSON.stringify([target.origin, route.tlsSkipVerify]);
      const kept = pools.get(key);
      if (kept !== undefined && now() - kept.openedAt < route.resetDeadlineMs) return kept.pool;
      const pool = new Pool(target.origin, {
        connect: { timeout: connectWithinMs, rejectUnauthorized: !route.tlsSkipVerify },
        // Faithful forwarding: what came as HTTP/1.1 leaves as HTTP/1.1.
        allowH2: false,
        pipelining: 1,
      });
      // The old pool is disposed of: new connections look the name up again.
      pools.set(key, { pool, openedAt: now() });
      return pool;
    },
    async close() {
      const open = [...pools.values()].map(({ pool }) => pool.destroy());
      await Promise.allSettled(open);
    },
  };
}
