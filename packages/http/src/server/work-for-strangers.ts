import type { ServerResponse } from 'node:http';
import { HttpError } from '../errors.ts';
import { createPlaces } from './places.ts';

/**
 * Does a piece of work for somebody who has shown no credentials, when there is room for it.
 *
 * @param res of whoever waits for it
 * @throws HttpError `overloaded` when there is none, and none comes free in time
 */
export type WorkForStrangers = (res: ServerResponse, work: () => Promise<void> | void) => Promise<void>;

// A sign-in costs milliseconds of key derivations; what takes long is waiting for a provider. So many at once are more
// than any office needs, and whoever has credentials waits behind that many at most.
const atOnce = 50;
const waiting = 300;
const withinMs = 5_000;

/** Bounds what strangers make a service do, all of them together. */
export function createWorkForStrangers(): WorkForStrangers {
  const places = createPlaces({ atOnce, waiting, withinMs });

  return async function workInPlace(res, work) {
    const release = await places.take('', res);
    if (release === undefined) throw new HttpError('overloaded', { headers: { 'Retry-After': '10' } });
    try {
      await work();
    } finally {
      release();
    }
  };
}
