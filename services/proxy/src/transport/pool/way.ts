import type { Route, Target } from '@latchkey/upstreams';
import type { TlsCredentials } from '../tls/credentials.ts';
import { destinationOf, keyOf, overHttp2 } from '../dial/destination.ts';
import type { Destination } from '../dial/destination.ts';

/** Where a request is to go, and what has a say in how. */
export type Goal = {
  readonly target: Target;
  readonly route: Pick<
    Route,
    'tls' | 'tlsSkipVerify' | 'via' | 'resetDeadlineMs' | 'keepAliveMs' | 'protocol'
  >;
  /** what the request will say in `Host`, where that is not the host of the target */
  readonly host: string;
};

/** What has to be the same for requests to share a connection. */
export type Way = Goal & {
  readonly destination: Destination;
  /** where the application speaks it */
  readonly http2: Destination | undefined;
  readonly key: string;
};

/** Finds the way of a request: the same value for as long as that is the same. */
export type WayOf = (goal: Goal) => Way;

/** Makes the search. A way is the same for a target until its files change, so it is not made for each request. */
export function createWayOf(credentials: Pick<TlsCredentials, 'of'>): WayOf {
  const ways = new WeakMap<Target, Way & { readonly credentials: ReturnType<TlsCredentials['of']> }>();

  return function wayOf({ target, route, host }) {
    const before = ways.get(target);
    const inForce = credentials.of(route.tls.files);
    if (before?.host === host && before.route === route && before.credentials === inForce) return before;
    const destination = destinationOf(target, route, inForce);
    // The host is part of it because undici ends a TLS connection when the next request on it names another one.
    const key = JSON.stringify([keyOf(destination), host]);
    const http2 = route.protocol === 'http1' ? undefined : overHttp2(destination);
    const way = { target, route, host, credentials: inForce, destination, http2, key };
    ways.set(target, way);
    return way;
  };
}
