import { whenThere } from '@latchkey/http';
import type { ReleasePlace, Taking } from '@latchkey/http';
import type { Writable } from 'node:stream';
import { notStarted } from './ask-first.ts';
import type { SecuredBy } from '../tls/client-identities.ts';
import type { Destination } from '../dial/destination.ts';
import type { Dialer } from '../dial/dialer.ts';
import { AuthenticatedConnectionError } from '../failure.ts';
import { createHttp2Sessions } from './http2/sessions.ts';
import { createPools, recentMs } from './pools.ts';
import type { Dispatch } from './pools.ts';
import { createUpstreamPlaces } from './upstream-places.ts';
import type { Asker } from './upstream-places.ts';
import { createWayOf } from './way.ts';
import type { Goal, Way } from './way.ts';

/** What a connection is wanted for. */
export type Wanted = Goal &
  Asker & {
    /** the session that the request belongs to; none on a public path */
    readonly sid: string | undefined;
    /** the request authenticates the connection that it goes on */
    readonly authenticates: boolean;
  };

/** A connection in use. */
export type Taken = {
  readonly dispatch: Dispatch;
  /** the requests of others go on it before and after */
  readonly isShared: boolean;
  readonly release: ReleasePlace;
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
  takeTunnel(wanted: Asker, caller: Writable): Taking;
  /** Where the connections for a route lead: the same value for as long as that is the same. */
  destinationOf(wanted: Wanted): Destination;
  /** Has requests to some destinations open connections anew; those under way finish on the ones they have. */
  retire(isOne: (destination: Destination) => boolean): void;
  close(): Promise<void>;
};

/**
 * @param options.perOrigin how many requests and tunnels may be under way to one origin
 * @param options.elapsed milliseconds that never jump
 */
export function createConnections({
  dialer,
  securedBy,
  perOrigin,
  elapsed,
}: {
  dialer: Dialer;
  securedBy: SecuredBy;
  perOrigin: number;
  elapsed: () => number;
}): Connections {
  const places = createUpstreamPlaces(perOrigin);
  const wayOf = createWayOf(securedBy);
  const pools = createPools({ dialer, elapsed });
  const sessions = createHttp2Sessions({ dialer, recentMs, elapsed });

  // To authenticate a connection of HTTP/2 is to do so for all whose requests are on it at the same time.
  function overHttp2({ key, route }: Way, destination: Destination, authenticates: boolean): Dispatch {
    const { keepAliveMs, resetDeadlineMs } = route;
    const way = { key: `${key} ${keepAliveMs}`, destination, idleMs: keepAliveMs, resetMs: resetDeadlineMs };
    return function dispatch(freshness, outgoing, handler) {
      if (!authenticates) return sessions.dispatch(way, freshness, outgoing, handler);
      return handler.onResponseError?.(notStarted, new AuthenticatedConnectionError());
    };
  }

  return {
    destinationOf: (wanted) => wayOf(wanted).destination,
    takeTunnel: (asker, caller) => places.take(asker, caller),
    take(wanted, caller) {
      const { sid, authenticates } = wanted;
      if (authenticates && sid === undefined)
        throw new Error('only a session can have a connection to itself');
      const way = wayOf(wanted);
      const { http2 } = way;
      if (http2 === undefined && sid !== undefined && (authenticates || pools.hasOwners())) {
        const key = `${way.key} ${sid}`;
        if (authenticates || pools.hasOwn(key)) {
          return whenThere(
            places.takeTurn(key, wanted, caller),
            (release) => release && { dispatch: pools.own(key, way), isShared: false, release },
          );
        }
      }
      return whenThere(
        places.take(wanted, caller),
        (release) =>
          release && {
            dispatch: http2 === undefined ? pools.shared(way) : overHttp2(way, http2, authenticates),
            isShared: true,
            release,
          },
      );
    },
    retire: (isOne) => pools.retire(isOne),
    async close() {
      sessions.close();
      await pools.close();
    },
  };
}
