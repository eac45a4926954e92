import type { Route, Target } from '@latchkey/upstreams';
import { LRUCache } from 'lru-cache';
import { isIP } from 'node:net';
import type { Writable } from 'node:stream';
import { buildConnector, Pool } from 'undici';
import { lookupElsewhere, refuseLocalLiteral } from './local-addresses.ts';
import { createPlaces } from './places.ts';
import type { Release } from './places.ts';

/** Connections to upstreams, kept alive and shared by all requests to one origin. */
export type Connections = {
  /**
   * Takes one of the connections that an origin may have, tunnels included; waits where all are in use.
   *
   * @param caller for whom
   * @returns undefined when too many wait, or none has come free in time
   */
  take(target: Target, caller: Writable): Promise<Release | undefined>;
  /** @param host what the requests will say in `Host`, where that is not the host of the target */
  pool(target: Target, route: Pick<Route, 'tlsSkipVerify' | 'resetDeadlineMs'>, host: string): Pool;
  /** whether nothing local may be connected to for a target */
  stayElsewhere(target: Target): boolean;
  close(): Promise<void>;
};

// A rewrite pattern makes an origin out of each host that somebody thinks of.
const keptOrigins = 1_000;
const connectWithinMs = 5_000;
// For a connection to come free.
const waitWithinMs = 5_000;
// What an ALB lets through towards the browser, and to spare.
const headerBytes = 64 * 1024;

/**
 * @param options.perOrigin how many requests and tunnels may be under way to one origin; as many may wait
 * @param options.allowLocalTargets whether a target that a host name made may be local
 * @param options.elapsed milliseconds that never jump
 */
export function createConnections({
  perOrigin,
  allowLocalTargets,
  elapsed,
}: {
  perOrigin: number;
  allowLocalTargets: boolean;
  elapsed: () => number;
}): Connections {
  // A pool opens a connection for each request that finds none free, so bounding requests bounds connections.
  const places = createPlaces({ atOnce: perOrigin, waiting: perOrigin, withinMs: waitWithinMs });
  const pools = new LRUCache<string, { pool: Pool; openedAt: number }>({
    max: keptOrigins,
    // Requests under way finish; then the connections close.
    dispose: ({ pool }) => void pool.close(),
  });

  function stayElsewhere(target: Target): boolean {
    return target.madeByHost === true && !allowLocalTargets;
  }

  return {
    stayElsewhere,
    take: ({ origin }, caller) => places.take(origin, caller),
    pool(target, route, host) {
      // A structured key: two different pairs never make one text (GHSA-v574-6498-x57v).
      // The host is part of it because undici ends a TLS connection when the next request on it names another one.
      const elsewhere = stayElsewhere(target);
      const key = JSON.stringify([target.origin, route.tlsSkipVerify, host, elsewhere]);
      const kept = pools.get(key);
      if (kept !== undefined && elapsed() - kept.openedAt < route.resetDeadlineMs) return kept.pool;
      const pool = new Pool(target.origin, {
        connect: connectorTo(target.origin, route.tlsSkipVerify, elsewhere),
        maxHeaderSize: headerBytes,
        // Faithful forwarding: what came as HTTP/1.1 leaves as HTTP/1.1.
        allowH2: false,
        pipelining: 1,
      });
      // The old pool is disposed of: new connections look the name up again.
      pools.set(key, { pool, openedAt: elapsed() });
      return pool;
    },
    async close() {
      const open = [...pools.values()].map(({ pool }) => pool.destroy());
      await Promise.allSettled(open);
    },
  };
}

/** The name under which an upstream presents itself: that of `to`, whatever `Host` says. An address has none. */
export function serverNameOf(origin: string): string {
  const { hostname } = new URL(origin);
  return isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? hostname : '';
}

// undici takes the name from the `Host` header, which with `preserve_host` is the public one.
function connectorTo(
  origin: string,
  tlsSkipVerify: boolean,
  stayElsewhere: boolean,
): buildConnector.connector {
  const connect = buildConnector({
    timeout: connectWithinMs,
    rejectUnauthorized: !tlsSkipVerify,
    allowH2: false,
    ...(stayElsewhere && { lookup: lookupElsewhere }),
  });
  return (options, callback) => {
    const refusal = stayElsewhere ? refuseLocalLiteral(options.hostname) : undefined;
    if (refusal === undefined) connect({ ...options, servername: serverNameOf(origin) }, callback);
    else callback(refusal, null);
  };
}
