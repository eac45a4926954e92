import type { Route, Target } from '@latchkey/upstreams';
import type { Holder, SecuredBy } from '../tls/client-identities.ts';
import { destinationOf, keyOf, overHttp2 } from '../dial/destination.ts';
import type { Destination } from '../dial/destination.ts';

/** Where a request is to go, and what has a say in how. */
export type Goal = {
  readonly target: Target;
  readonly route: Pick<
    Route,
    | 'id'
    | 'tls'
    | 'tlsSkipVerify'
    | 'clientIdentity'
    | 'startTls'
    | 'via'
    | 'resetDeadlineMs'
    | 'keepAliveMs'
    | 'protocol'
  >;
  /** what the request will say in `Host`, where that is not the host of the target */
  readonly host: string;
  /** who is to be named to the application; undefined: nobody is known, or that is not what its route says */
  readonly holder: Holder | undefined;
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
export function createWayOf(securedBy: SecuredBy): WayOf {
  const ways = new WeakMap<object, Way & { readonly securedWith: ReturnType<SecuredBy> }>();

  return function wayOf({ target, route, host, holder }) {
    const securedWith = securedBy(route, holder);
    // What is shown in somebody's name has a way of its own: no two people are ever on one connection.
    const place =
      route.clientIdentity !== undefined && typeof securedWith === 'object' ? securedWith : target;
    const before = ways.get(place);
    const isSame = before?.host === host && before.route === route && before.target === target;
    if (isSame && before.securedWith === securedWith) return before;
    const destination = destinationOf(target, route, securedWith);
    // The host is part of it because undici ends a TLS connection when the next request on it names another one.
    const key = JSON.stringify([keyOf(destination), host]);
    const http2 = route.protocol === 'http1' ? undefined : overHttp2(destination);
    const way = { target, route, host, holder, securedWith, destination, http2, key };
    ways.set(place, way);
    return way;
  };
}
