import { upTo } from '@latchkey/http';
import { LRUCache } from 'lru-cache';
import { Client, Pool } from 'undici';
import type { buildConnector, Dispatcher } from 'undici';
import { askFirst } from './ask-first.ts';
import type { DispatchedRequest } from './ask-first.ts';
import type { Destination } from '../dial/destination.ts';
import type { Dialer } from '../dial/dialer.ts';
import { MalformedAnswerError } from '../malformed.ts';
import type { Way } from './way.ts';

/**
 * How long ago a connection may have been used: as long as they are kept, a moment, or not at all. An application may
 * close one that is idle just as a request is sent on it.
 */
export type Freshness = 'kept' | 'recent' | 'new';

/** Sends a request. One that waits for 100 (Continue) needs a new connection. */
export type Dispatch = (
  freshness: Freshness,
  outgoing: DispatchedRequest,
  handler: Dispatcher.DispatchHandler,
) => void;

/** Connections to applications that speak HTTP/1.1, kept alive. */
export type Pools = {
  /** on one that all requests of a way share */
  shared(way: Way): Dispatch;
  /** on the one that somebody has to themselves, from now on */
  own(key: string, way: Way): Dispatch;
  /** whether somebody has one */
  hasOwn(key: string): boolean;
  /** whether anybody has */
  hasOwners(): boolean;
  /** Has requests to some destinations open connections anew; those under way finish on the ones they have. */
  retire(isOne: (destination: Destination) => boolean): void;
  close(): Promise<void>;
};

// A rewrite pattern makes an origin out of each host that somebody thinks of. An origin has one or two.
const keptPools = 2_000;
// A certificate of a person has one or two. They push out none of the others.
const keptNamed = 10_000;
// A connection that is pushed out shakes hands again.
const keptOwners = 1_000;
// A new handshake for each page would be felt. IIS closes an idle connection after two minutes.
const ownIdleMs = 60_000;
/** Nobody closes a connection this soon. */
export const recentMs = 1_000;
// What an ALB lets through towards the browser, and to spare.
const headerBytes = 64 * 1024;

type Shared = { readonly pool: Pool; readonly openedAt: number; readonly destination: Destination };

/** @param parts.elapsed milliseconds that never jump */
export function createPools({ dialer, elapsed }: { dialer: Dialer; elapsed: () => number }): Pools {
  // Requests under way finish; then the connections close.
  const dispose = ({ pool }: Shared) => letGo(pool);
  const shared = new LRUCache<string, Shared>({ max: keptPools, dispose });
  const named = new LRUCache<string, Shared>({ ...upTo(keptNamed), dispose });
  const owned = new LRUCache<string, Pool>({ max: keptOwners, dispose: letGo });

  function dialTo({ destination }: Way): (dialed: buildConnector.Callback) => void {
    return (dialed) =>
      dialer.dial(destination, (...outcome) => {
        const [, socket] = outcome;
        if (socket === null || socket.readableLength === 0) return dialed(...outcome);
        // What speaks first does not speak HTTP/1.1, or speaks to somebody else. undici would open one connection after the
        // other, without end, for a request that it never sends. Only behind an outgoing proxy is anything here so soon.
        socket.destroy();
        return dialed(new MalformedAnswerError('the application spoke before it was asked'), null);
      });
  }

  function optionsFor(way: Way) {
    const dial = dialTo(way);
    return {
      connect: (_: unknown, dialed: buildConnector.Callback) => dial(dialed),
      maxHeaderSize: headerBytes,
      // Faithful forwarding: what came as HTTP/1.1 leaves as HTTP/1.1.
      allowH2: false,
      pipelining: 1,
    };
  }

  // Looked up when it is used: one that was taken before may have been closed meanwhile.
  function sharedPool(way: Way, idleMs: number): Pool {
    const key = `${way.key} ${idleMs}`;
    const pools = way.route.clientIdentity === undefined ? shared : named;
    const kept = pools.get(key);
    if (kept !== undefined && elapsed() - kept.openedAt < way.route.resetDeadlineMs) return kept.pool;
    // Never longer than this, even where the application says that it would.
    const idle = { keepAliveTimeout: idleMs, keepAliveMaxTimeout: idleMs };
    const pool = new Pool(way.target.origin, { ...optionsFor(way), ...idle });
    // The old pool is disposed of: new connections look the name up again.
    pools.set(key, { pool, openedAt: elapsed(), destination: way.destination });
    return pool;
  }

  function ownPool(key: string, way: Way): Pool {
    const idle = { keepAliveTimeout: ownIdleMs };
    const pool =
      owned.get(key) ?? new Pool(way.target.origin, { ...optionsFor(way), ...idle, connections: 1 });
    owned.set(key, pool);
    return pool;
  }

  function dispatchOnce(way: Way, outgoing: DispatchedRequest, handler: Dispatcher.DispatchHandler): void {
    if (outgoing.expectContinue === true) return askFirst(dialTo(way), headerBytes, outgoing, handler);
    const client = new Client(way.target.origin, { ...optionsFor(way), pipelining: 0 });
    client.dispatch(outgoing, handler);
    // Once it is through with that.
    return void client.close();
  }

  return {
    shared(way) {
      const { keepAliveMs } = way.route;
      return function dispatch(freshness, outgoing, handler) {
        if (freshness === 'new') return dispatchOnce(way, outgoing, handler);
        const idleMs = freshness === 'kept' ? keepAliveMs : Math.min(recentMs, keepAliveMs);
        return void sharedPool(way, idleMs).dispatch(outgoing, handler);
      };
    },
    own: (key, way) =>
      function dispatch(_, outgoing, handler) {
        ownPool(key, way).dispatch(outgoing, handler);
      },
    hasOwn: (key) => owned.has(key),
    hasOwners: () => owned.size > 0,
    retire(isOne) {
      for (const pools of [shared, named]) {
        for (const [key, { destination }] of pools.entries()) if (isOne(destination)) pools.delete(key);
      }
    },
    async close() {
      const kept = [...shared.values(), ...named.values()].map(({ pool }) => pool);
      const pools = [...kept, ...owned.values()];
      await Promise.allSettled(pools.map((pool) => pool.destroy()));
    },
  };
}

// One that a stop has destroyed meanwhile says that it cannot be closed again.
function letGo(pool: Pool): void {
  pool.close().catch(() => undefined);
}
