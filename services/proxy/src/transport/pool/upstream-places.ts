import { createPlaces, takeBoth } from '@latchkey/http';
import type { Taking } from '@latchkey/http';
import type { Target } from '@latchkey/upstreams';
import type { Writable } from 'node:stream';

/** Who wants to ask an application, and on whose account; nobody is known on a public path. */
export type Asker = { readonly target: Target; readonly person: string | undefined };

/** How much may be under way to an application. */
export type UpstreamPlaces = {
  /**
   * Takes a place for a request or a tunnel; waits where all are taken.
   *
   * @param caller for whom
   */
  take(asker: Asker, caller: Writable): Taking;
  /** The same for a request that has to take turns with others, on a connection that they have between them. */
  takeTurn(connection: string, asker: Asker, caller: Writable): Taking;
};

// A handshake is three requests on one connection, so a session has one, and its requests take turns.
const waitingOfSession = 64;
// For a connection to come free.
const withinMs = 5_000;

/**
 * @param perOrigin how many requests and tunnels may be under way to one origin; as many may wait, and half of either may be
 *   one person's
 */
export function createUpstreamPlaces(perOrigin: number): UpstreamPlaces {
  // A pool opens a connection for each request that finds none free, so bounding requests bounds connections: to as many,
  // and as many idle ones for a second.
  const places = createPlaces({ atOnce: perOrigin, waiting: perOrigin, withinMs });
  // One person, or all that nobody knows, may have half of them: with more they would lock everybody else out.
  const half = Math.ceil(perOrigin / 2);
  const shares = createPlaces({ atOnce: half, waiting: half, withinMs });
  const turns = createPlaces({ atOnce: 1, waiting: waitingOfSession, withinMs });

  function take({ target: { origin, socketPath }, person }: Asker, caller: Writable): Taking {
    const place = socketPath ?? origin;
    // Neither an origin nor the path of a socket has a blank in it.
    const share = shares.take(person === undefined ? place : `${place} ${person}`, caller);
    return takeBoth(share, () => places.take(place, caller));
  }

  return {
    take,
    takeTurn: (connection, asker, caller) =>
      takeBoth(turns.take(connection, caller), () => take(asker, caller)),
  };
}
