import { decideFor, decideForAnyone } from '@latchkey/access';
import type { Decision, Facts } from '@latchkey/access';
import { withoutImpliedPort, whenThere } from '@latchkey/http';
import type { CanonicalRequest } from '@latchkey/http';
import { servesPort } from '@latchkey/upstreams';
import type { Route, RouteTable, Target } from '@latchkey/upstreams';
import { authenticate, anonymous } from './authenticate.ts';
import type { AuthenticatorInput, Authenticator, Identified } from './authenticate.ts';
import { originOf, passOn, refusalOf } from './conclude.ts';
import { factsOf } from './facts.ts';
import type { Incoming } from './incoming.ts';
import type { Authorized, Outcome, Pending, Routed } from './outcome.ts';
import { preflightOf } from './named-origin.ts';
import { mayControlOwnPaths } from './service-worker.ts';
import { opensTcp } from './tunnel.ts';

/** What requests are decided with. */
export type AdmissionParts<Session> = {
  readonly match: RouteTable['match'];
  /** the ports at which browsers reach every application; undefined where that is not known, and any will do */
  readonly publicPorts: readonly number[] | undefined;
  /** browsers reach us over HTTPS only */
  readonly secure: boolean;
  /** the scheme in which a browser reaches us */
  readonly scheme: (request: CanonicalRequest) => 'http' | 'https';
  /** whether a path, as it came, is one of ours on a route */
  readonly isOwnPath: (rawPath: string, route: Route) => boolean;
  /** in the order in which they are asked */
  readonly authenticators: readonly Authenticator<Session>[];
  /** the time of day, where it is not that of the machine */
  readonly now?: () => number;
};

/**
 * What becomes of a request: stages 1 to 7, in this order, for HTTP and WebSocket. Nothing else decides; what answers a
 * request, and what explains the answer, renders this value. It waits only where an authenticator does.
 */
export function admit<Session>(
  incoming: Incoming,
  parts: AdmissionParts<Session>,
): Outcome<Session> | Pending<Session> {
  if (incoming.isHealthCheck) return { kind: 'health_check' };

  const request = canonical(incoming, parts);
  if (typeof request === 'string') return { kind: 'malformed', error: 'bad_request', detail: request };

  const found = findRoute(request, parts);
  if ('kind' in found) return found;
  const { route } = found;

  const own = ownEndpoint(found, incoming, parts);
  if (own !== undefined) return own;

  const preflight = preflightOf(found, incoming);
  if (preflight !== undefined) return preflight;

  try {
    const facts = factsOf(request, incoming, route.policy, parts);
    const open = decideForAnyone(route.policy, facts);
    if (open !== undefined) return conclude(found, anonymous, open, incoming, parts);

    const { headers, rawHeaders, isUnderWay } = incoming;
    const asked = { request, route, headers, rawHeaders, isUnderWay };
    const authorized = authorize(asked, facts, parts.authenticators);
    if (!(authorized instanceof Promise)) {
      return conclude(found, authorized.identified, authorized.decision, incoming, parts);
    }
    const outcome = authorized.then((by) => conclude(found, by.identified, by.decision, incoming, parts));
    return { kind: 'pending', request, route, outcome };
  } catch (error) {
    // What fails at once comes as what fails later does: the record of it says what was asked for.
    return { kind: 'pending', request, route, outcome: Promise.reject(error) };
  }
}

// Written out, here and in what it calls: put together of others, these values would be of many shapes, and each would cost
// every request that looks at one.
function conclude<Session>(
  { request, route, target }: Found,
  identified: Identified<Session>,
  decision: Decision,
  incoming: Incoming,
  parts: AdmissionParts<Session>,
): Outcome<Session> {
  const decided = { request, route, identified, decision };
  return decision.allow
    ? passOn(decided, target, incoming, parts)
    : refusalOf(decided, incoming.headers, originOf(request, parts));
}

/** What is known of a request before anything is decided about it. */
export type RoutedRequest = Routed & {
  /** neither on a port that is not ours, nor to be sent to HTTPS first */
  readonly isServed: boolean;
};

/** Which route a request is for; undefined where there is none, or it has no reading. */
export function routeFor(
  incoming: Incoming,
  parts: Omit<AdmissionParts<unknown>, 'authenticators'>,
): RoutedRequest | undefined {
  const request = canonical(incoming, parts);
  if (typeof request === 'string') return undefined;
  const found = findRoute(request, parts);
  return found.route && { request, route: found.route, isServed: !('kind' in found) };
}

/** Stage 1: its one reading, without a port that says nothing. */
function canonical(
  { read }: Incoming,
  { scheme }: Pick<AdmissionParts<unknown>, 'scheme'>,
): Incoming['read'] {
  return typeof read === 'string' ? read : withoutImpliedPort(read, scheme(read));
}

type Found = Routed & { readonly target: Target | undefined };

/** Stage 2: matched once. The `Host` header is a stranger's word, so its port has to be one of ours. */
function findRoute(
  request: CanonicalRequest,
  parts: Omit<AdmissionParts<unknown>, 'authenticators'>,
): Found | Outcome<never> {
  const match = parts.match(request.host, request.port);
  if (match === undefined) return { kind: 'unknown_host', error: 'unknown_host', request };
  const { route, target } = match;
  if (parts.publicPorts !== undefined && !servesPort(match, request.port, parts.publicPorts)) {
    const detail = `port ${request.port} is neither in \`from\` nor in SERVER_PUBLIC_PORTS`;
    return { kind: 'unknown_host', error: 'unknown_host', request, route, detail };
  }
  if (parts.secure && request.forwardedProto === 'http') {
    return { kind: 'redirect', request, route, location: originOf(request, parts) + request.target };
  }
  return { request, route, target };
}

/**
 * Stage 3: an exact list, and no service worker of an application controls what is on it. What opens a TCP connection is on it,
 * and is decided about as any request is.
 */
function ownEndpoint(
  { request, route }: Routed,
  incoming: Incoming,
  { isOwnPath }: Pick<AdmissionParts<unknown>, 'isOwnPath'>,
): Outcome<never> | undefined {
  if (opensTcp({ request, route }, incoming)) return undefined;
  if (isOwnPath(request.rawPath, route)) return { kind: 'own_endpoint', request, route };
  if (route.allowRootServiceWorker || !mayControlOwnPaths(request.rawPath, incoming.headers))
    return undefined;
  return { kind: 'retired_worker', request, route };
}

/**
 * Stages 5 to 7: who asks, whether their credential is still valid, and whether they may pass. For our own endpoints these are
 * all, since nothing is public there.
 */
export function authorize<Session>(
  asked: AuthenticatorInput,
  facts: Facts,
  authenticators: readonly Authenticator<Session>[],
): Authorized<Session> | Promise<Authorized<Session>> {
  const { policy } = asked.route;
  return whenThere(authenticate(asked, authenticators), function decided(identified) {
    return { identified, decision: decideFor(identified.principal, policy, facts) };
  });
}
