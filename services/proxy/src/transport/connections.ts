import { createPlaces, takeAll, whenThere } from '@latchkey/http';
import type { Release, Taking } from '@latchkey/http';
import type { Route, Target } from '@latchkey/upstreams';
import { LRUCache } from 'lru-cache';
import type { Writable } from 'node:stream';
import { Client, Pool } from 'undici';
import type { buildConnector, Dispatcher } from 'undici';
import { askFirst, notStarted } from './ask-first.ts';
import type { Outgoing } from './ask-first.ts';
import type { TlsCredentials } from './credentials.ts';
import { destinationOf, keyOf, overHttp2 } from './destination.ts';
import type { Destination } from './destination.ts';
import type { Dialer } from './dialer.ts';
import { AuthenticatedConnectionError } from './failure.ts';
import { createHttp2Sessions } from './http2/sessions.ts';

/** What a connection is wanted for. */
export type Wanted = {
  readonly target: Target;
  readonly route: Pick<Route, 'tls' | 'tlsSkipVerify' | 'resetDeadlineMs' | 'keepAliveMs' | 'protocol'>;
  /** what the request will say in `Host`, where that is not the host of the target */
  readonly host: string;
  /** whose session the request belongs to, and which it is; neither on a public path */
  readonly person: string | undefined;
  readonly sid: string | undefined;
  /** the request authenticates the connection that it goes on */
  readonly authenticates: boolean;
};

/**
 * How long ago a connection may have been used: as long as they are kept, a moment, or not at all. An application may
 * close one that is idle just as a request is sent on it.
 */
export type Freshness = 'kept' | 'recent' | 'new';

/** A connection in use. */
export type Taken = {
  /** Sends a request. One that expects to be told to go on needs a new connection. */
  dispatch(freshness: Freshness, outgoing: Outgoing, handler: Dispatcher.DispatchHandler): void;
  /** the requests of others go on it before and after */
  readonly isShared: boolean;
  readonly release: Release;
};

/**
 * Connections to upstreams, kept alive. All requests to one origin share them, but for those of a session that has begun
 * to authenticate connections there: it has one to itself from then on.
 */
export type Connections = {
  /**
   * Takes one of the connections that an origin may have; waits where all are in use.
   *
   * @param caller for whom
   * @returns undefined when too many wait, or none has come free in time; a promise only where there is something to wait for
   */
  take(wanted: Wanted, caller: Writable): Taken | undefined | Promise<Taken | undefined>;
  /** The same for a tunnel, which opens a connection that nobody else ever gets. */
  takeTunnel(wanted: Pick<Wanted, 'target' | 'person'>, caller: Writable): Taking;
  /** Where the connections for a route lead: the same value for as long as that is the same. */
  destinationOf(wanted: Wanted): Destination;
  close(): Promise<void>;
};

type Way = Pick<Wanted, 'route' | 'host'> & {
  readonly credentials: ReturnType<TlsCredentials['of']>;
  readonly destination: Destination;
  /** where the application speaks it */
  readonly http2: Destination | undefined;
  readonly key: string;
};

// A rewrite pattern makes an origin out of each host that somebody thinks of. An origin has one or two.
const keptPools = 2_000;
// Whoever is pushed out shakes hands again.
const keptSessions = 1_000;
// A handshake is three requests on one connection, so a session has one, and its requests take turns.
const waitingOfSession = 64;
// A new handshake for each page would be felt. IIS closes an idle connection after two minutes.
const sessionIdleMs = 60_000;
// Nobody closes a connection this soon.
const recentMs = 1_000;
// For a connection to come free.
const waitWithinMs = 5_000;
// What an ALB lets through towards the browser, and to spare.
const headerBytes = 64 * 1024;

/**
 * @param options.perOrigin how many requests and tunnels may be under way to one origin; as many may wait, and half of either
 *   may be one person's
 * @param options.elapsed milliseconds that never jump
 */
export function createConnections({
  dialer,
  credentials,
  perOrigin,
  elapsed,
}: {
  dialer: Dialer;
  credentials: Pick<TlsCredentials, 'of'>;
  perOrigin: number;
  elapsed: () => number;
}): Connections {
  // A pool opens a connection for each request that finds none free, so bounding requests bounds connections: to as many,
  // and as many idle ones for a second.
  const places = createPlaces({ atOnce: perOrigin, waiting: perOrigin, withinMs: waitWithinMs });
  // One person, or all that nobody knows, may have half of them: whoever holds more would lock everybody else out.
  const half = Math.ceil(perOrigin / 2);
  const shares = createPlaces({ atOnce: half, waiting: half, withinMs: waitWithinMs });
  const turns = createPlaces({ atOnce: 1, waiting: waitingOfSession, withinMs: waitWithinMs });
  // Requests under way finish; then the connections close.
  const shared = new LRUCache<string, { pool: Pool; openedAt: number }>({
    max: keptPools,
    dispose: ({ pool }) => letGo(pool),
  });
  const ofSessions = new LRUCache<string, Pool>({
    max: keptSessions,
    dispose: letGo,
  });

  const sessions = createHttp2Sessions({ dialer, recentMs, elapsed });

  const ways = new WeakMap<Target, Way>();

  // What has to be the same for requests to share a connection. It is the same for a target until its files change, so it is
  // not made for each request.
  function wayOf({ target, route, host }: Wanted): Way {
    const before = ways.get(target);
    const inForce = credentials.of(route.tls.files);
    if (before?.host === host && before.route === route && before.credentials === inForce) return before;
    const destination = destinationOf(target, route, inForce);
    // The host is part of it because undici ends a TLS connection when the next request on it names another one.
    const key = JSON.stringify([keyOf(destination), host]);
    const http2 = route.protocol === 'http1' ? undefined : overHttp2(destination);
    const way = { route, host, credentials: inForce, destination, http2, key };
    ways.set(target, way);
    return way;
  }

  function dialTo(wanted: Wanted): (dialed: buildConnector.Callback) => void {
    const { destination } = wayOf(wanted);
    return (dialed) => dialer.dial(destination, dialed);
  }

  function optionsFor(wanted: Wanted) {
    const dial = dialTo(wanted);
    return {
      connect: (_: unknown, dialed: buildConnector.Callback) => dial(dialed),
      maxHeaderSize: headerBytes,
      // Faithful forwarding: what came as HTTP/1.1 leaves as HTTP/1.1.
      allowH2: false,
      pipelining: 1,
    };
  }

  // Looked up when it is used: one that was taken before may have been closed meanwhile.
  function sharedPool(way: string, wanted: Wanted, idleMs: number): Pool {
    const key = `${way} ${idleMs}`;
    const kept = shared.get(key);
    if (kept !== undefined && elapsed() - kept.openedAt < wanted.route.resetDeadlineMs) return kept.pool;
    // Never longer than this, even where the application says that it would.
    const idle = { keepAliveTimeout: idleMs, keepAliveMaxTimeout: idleMs };
    const pool = new Pool(wanted.target.origin, { ...optionsFor(wanted), ...idle });
    // The old pool is disposed of: new connections look the name up again.
    shared.set(key, { pool, openedAt: elapsed() });
    return pool;
  }

  function poolOfSession(key: string, wanted: Wanted): Pool {
    const idle = { keepAliveTimeout: sessionIdleMs };
    const pool =
      ofSessions.get(key) ??
      new Pool(wanted.target.origin, { ...optionsFor(wanted), ...idle, connections: 1 });
    ofSessions.set(key, pool);
    return pool;
  }

  function dispatchShared(way: string, wanted: Wanted): Taken['dispatch'] {
    const { keepAliveMs } = wanted.route;
    return function dispatch(freshness, outgoing, handler) {
      if (freshness === 'new') return dispatchOnce(wanted, outgoing, handler);
      const idleMs = freshness === 'kept' ? keepAliveMs : Math.min(recentMs, keepAliveMs);
      return void sharedPool(way, wanted, idleMs).dispatch(outgoing, handler);
    };
  }

  // Whoever authenticates a connection of HTTP/2 does so for all whose requests are on it at the same time.
  function dispatchHttp2(key: string, destination: Destination, wanted: Wanted): Taken['dispatch'] {
    const { keepAliveMs, resetDeadlineMs } = wanted.route;
    const way = { key: `${key} ${keepAliveMs}`, destination, idleMs: keepAliveMs, resetMs: resetDeadlineMs };
    return function dispatch(freshness, outgoing, handler) {
      if (!wanted.authenticates) return sessions.dispatch(way, freshness, outgoing, handler);
      return handler.onResponseError?.(notStarted, new AuthenticatedConnectionError());
    };
  }

  function dispatchOnce(wanted: Wanted, outgoing: Outgoing, handler: Dispatcher.DispatchHandler): void {
    const { origin } = wanted.target;
    if (outgoing.expectContinue === true) return askFirst(dialTo(wanted), headerBytes, outgoing, handler);
    const client = new Client(origin, { ...optionsFor(wanted), pipelining: 0 });
    client.dispatch(outgoing, handler);
    // Once it is through with that.
    return void client.close();
  }

  function takePlace(
    { target: { origin, socketPath }, person }: Pick<Wanted, 'target' | 'person'>,
    caller: Writable,
  ): Taking {
    const place = socketPath ?? origin;
    return takeAll(
      // Neither an origin nor the path of a socket has a blank in it.
      () => shares.take(person === undefined ? place : `${place} ${person}`, caller),
      () => places.take(place, caller),
    );
  }

  function takeOwn(key: string, wanted: Wanted, caller: Writable): ReturnType<Connections['take']> {
    const place = takeAll(
      () => turns.take(key, caller),
      () => takePlace(wanted, caller),
    );
    return whenThere(
      place,
      (release) =>
        release && {
          dispatch: (_, outgoing, handler) => void poolOfSession(key, wanted).dispatch(outgoing, handler),
          isShared: false,
          release,
        },
    );
  }

  return {
    destinationOf: (wanted) => wayOf(wanted).destination,
    takeTunnel: takePlace,
    take(wanted, caller) {
      const { sid, authenticates } = wanted;
      if (authenticates && sid === undefined)
        throw new Error('only a session can have a connection to itself');
      const { key: way, http2 } = wayOf(wanted);
      if (http2 === undefined && sid !== undefined && (authenticates || ofSessions.size > 0)) {
        const key = `${way} ${sid}`;
        if (authenticates || ofSessions.has(key)) return takeOwn(key, wanted, caller);
      }
      return whenThere(
        takePlace(wanted, caller),
        (release) =>
          release && {
            dispatch: http2 === undefined ? dispatchShared(way, wanted) : dispatchHttp2(way, http2, wanted),
            isShared: true,
            release,
          },
      );
    },
    async close() {
      sessions.close();
      const pools = [...[...shared.values()].map(({ pool }) => pool), ...ofSessions.values()];
      await Promise.allSettled(pools.map((pool) => pool.destroy()));
    },
  };
}

// One that a stop has destroyed meanwhile says that it cannot be closed again.
function letGo(pool: Pool): void {
  pool.close().catch(() => undefined);
}
