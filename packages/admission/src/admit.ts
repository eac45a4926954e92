import { decideFor, decideForAnyone, isTransient } from '@latchkey/access';
import type { Facts } from '@latchkey/access';
import {
  authorityOf,
  isPreflight,
  isReadByPerson,
  isSameOrigin,
  mayBeRedirected,
  ownPaths,
  withoutImpliedPort,
} from '@latchkey/http';
import type { CanonicalRequest } from '@latchkey/http';
import { servesPort, upstreamTarget } from '@latchkey/upstreams';
import type { RouteTable, Target } from '@latchkey/upstreams';
import { andThen } from './and-then.ts';
import { authenticate, stranger } from './authenticate.ts';
import type { Asked, Authenticator } from './authenticate.ts';
import type { Incoming } from './incoming.ts';
import type { Authorized, Decided, Outcome, Pending, Refusal } from './outcome.ts';
import { mayControlOwnPaths } from './service-worker.ts';

/** What requests are decided with. */
export type AdmissionParts<Session> = {
  readonly match: RouteTable['match'];
  /** the ports at which browsers reach every application; undefined where that is not known, and any will do */
  readonly publicPorts: readonly number[] | undefined;
  /** browsers reach us over HTTPS only */
  readonly secure: boolean;
  /** the scheme in which a browser reaches us */
  readonly scheme: (request: CanonicalRequest) => 'http' | 'https';
  /** in the order in which they are asked */
  readonly authenticators: readonly Authenticator<Session>[];
};

/**
 * What becomes of a request: stages 1 to 7, in this order, for HTTP and WebSocket. Nothing else decides; whoever answers a
 * request, and whoever explains what would be answered, renders this value. It waits only where an authenticator does.
 */
export function admit<Session>(
  incoming: Incoming,
  parts: AdmissionParts<Session>,
): Outcome<Session> | Pending<Session> {
  const { read, headers } = incoming;
  if (incoming.isHealthCheck) return { kind: 'health_check' };

  // 1 canonical: it has one reading, or none.
  if (typeof read === 'string') return { kind: 'malformed', error: 'bad_request', detail: read };
  const request = withoutImpliedPort(read, parts.scheme(read));

  // 2 route: matched once. The `Host` header is a stranger's word, so its port has to be one of ours.
  const match = parts.match(request.host, request.port);
  if (match === undefined) return { kind: 'unknown_host', error: 'unknown_host', request };
  const { route, target } = match;
  const routed = { request, route };
  if (parts.publicPorts !== undefined && !servesPort(match, request.port, parts.publicPorts)) {
    const detail = `port ${request.port} is neither in \`from\` nor in SERVER_PUBLIC_PORTS`;
    return { kind: 'unknown_host', error: 'unknown_host', ...routed, detail };
  }
  if (parts.secure && request.forwardedProto === 'http') {
    return { kind: 'redirect', ...routed, location: originOf(request, parts) + request.target };
  }

  // 3 own endpoint: an exact list, and no service worker of an application controls what is on it.
  if (ownPaths.has(request.rawPath)) return { kind: 'own_endpoint', ...routed };
  if (!route.allowRootServiceWorker && mayControlOwnPaths(request.rawPath, headers)) {
    return { kind: 'retired_worker', ...routed };
  }

  // 4 public? Then nobody looks who it is, and no identity travels on.
  const facts = { path: request.path, preflight: isPreflight(request.method, headers) };
  const open = decideForAnyone(route.policy, facts);
  if (open !== undefined) return conclude({ ...routed, identified: stranger, decision: open });

  // 5 authenticate, 6 still valid? and 7 authorize.
  const authorized = authorize({ ...routed, headers }, facts, parts.authenticators);
  if (!(authorized instanceof Promise)) return conclude({ ...routed, ...authorized });
  const outcome = authorized.then((decided) => conclude({ ...routed, ...decided }));
  return { kind: 'pending', ...routed, outcome };

  function conclude(decided: Decided<Session>): Outcome<Session> {
    if (!decided.decision.allow) return refusalOf(decided, headers);
    return passOn(decided, target, incoming, parts);
  }
}

/** Stages 5 to 7 alone: who asks, and whether they may pass. For our own endpoints, where nothing is public. */
export function authorize<Session>(
  asked: Asked,
  facts: Facts,
  authenticators: readonly Authenticator<Session>[],
): Authorized<Session> | Promise<Authorized<Session>> {
  const { policy } = asked.route;
  return andThen(authenticate(asked, authenticators), (identified) => ({
    identified,
    decision: decideFor(identified.principal, policy, facts),
  }));
}

/** How the sender of a request is told that it was decided against. */
export function refusalOf<Session>(
  decided: Decided<Session>,
  headers: Incoming['headers'],
): Refusal<Session> {
  const { identified, decision, request } = decided;
  if (isTransient(decision.reason)) return { kind: 'unavailable', error: 'session_unverified', ...decided };
  if (identified.kind !== 'visitor') return { kind: 'deny', error: 'access_denied', ...decided };
  const { arrived } = identified;
  if (arrived !== undefined && isReadByPerson(headers)) {
    return { kind: 'person_changed', error: 'person_changed', ...decided, arrived };
  }
  if (mayBeRedirected(request.method, headers)) return { kind: 'sign_in', ...decided };
  return { kind: 'challenge', error: 'not_signed_in', ...decided };
}

// Where a request goes that may pass, and whether it can go there.
function passOn<Session>(
  decided: Decided<Session>,
  target: Target | undefined,
  incoming: Incoming,
  parts: Pick<AdmissionParts<Session>, 'scheme'>,
): Outcome<Session> {
  const { request, route, identified, decision } = decided;
  if (route.kind === 'launcher' && identified.kind === 'person') {
    return { kind: 'launcher', request, route, identified, decision };
  }
  if (target === undefined) {
    const detail = 'the route gives no address for this host';
    return { kind: 'unavailable', error: 'upstream_unreachable', ...decided, detail };
  }
  const path = upstreamTarget(request, target);
  if (path === undefined) {
    const detail = 'the path would climb out of the path of `to`';
    return { kind: 'malformed', error: 'bad_request', ...decided, detail };
  }
  if (isFromElsewhere(decided, incoming, parts)) {
    return { kind: 'deny', error: 'cross_site_request', ...decided };
  }
  if (sharesItsCredentials(decided, incoming)) {
    return { kind: 'deny', error: 'connection_credentials', ...decided };
  }
  return { kind: 'forward', ...decided, target, path };
}

// RFC 6455, section 10.2. What needs no credential gives nothing away.
function isFromElsewhere<Session>(
  { request, identified }: Decided<Session>,
  { kind, headers }: Incoming,
  parts: Pick<AdmissionParts<Session>, 'scheme'>,
): boolean {
  if (kind !== 'websocket' || identified.kind === 'visitor') return false;
  return !isSameOrigin(headers, originOf(request, parts));
}

// A connection that was authenticated must be one principal's alone, and nobody is known here. A WebSocket has one of its own.
function sharesItsCredentials<Session>(
  { route, identified, decision }: Decided<Session>,
  { kind, authenticatesConnection }: Incoming,
): boolean {
  if (!authenticatesConnection || kind === 'websocket' || identified.kind !== 'visitor') return false;
  // Of these the header does not travel on.
  const isReplaced = route.injectRequestHeaders.some(([name]) => name.toLowerCase() === 'authorization');
  return decision.reason !== 'preflight' && !isReplaced;
}

function originOf(
  request: CanonicalRequest,
  { scheme }: { readonly scheme: (request: CanonicalRequest) => string },
): string {
  return `${scheme(request)}://${authorityOf(request)}`;
}
