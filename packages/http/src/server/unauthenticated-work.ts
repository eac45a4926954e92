import type { ServerResponse } from 'node:http';
import { limitedBy } from '../canonical/limited-by.ts';
import { HttpError } from '../http-error.ts';
import { createPlaces, takeBoth } from './places.ts';

/**
 * Does a piece of work for somebody who has shown no credentials, when there is room for it.
 *
 * @param res of the client that waits for it
 * @param client the address that they come from, as read from what trusted peers say
 * @throws HttpError `overloaded` when there is none, and none comes free in time
 */
export type UnauthenticatedWork = (
  res: ServerResponse,
  client: string,
  work: () => Promise<void> | void,
) => Promise<void>;

// A sign-in costs milliseconds of key derivations; what takes long is waiting for a provider. So many at once are more
// than any office needs, and a client with credentials waits behind that many at most.
const workAtOnce = 50;
const waiting = 300;
const withinMs = 5_000;

/**
 * Bounds what strangers make a service do, all of them together; a place that comes free goes to the address that has fewest.
 *
 * @param options.ofEach how many places one address may have at once; any number where work ends soon whatever its caller does
 */
export function createUnauthenticatedWork({
  atOnce = workAtOnce,
  ofEach = Infinity,
} = {}): UnauthenticatedWork {
  const places = createPlaces({ atOnce, waiting, withinMs });
  const shares = createPlaces({ atOnce: ofEach, waiting: 0, withinMs });

  return async function workInPlace(res, client, work) {
    // Those without an address of their own are one among the others.
    const address = limitedBy(res.req, client) ?? '';
    const release = await takeBoth(shares.take(address, res), () => places.take('', res, address));
    if (release === undefined) throw new HttpError('overloaded', { headers: { 'Retry-After': '10' } });
    try {
      await work();
    } finally {
      release();
    }
  };
}
