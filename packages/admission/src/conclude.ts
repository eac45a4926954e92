import { isAboutToken, isByRule, isTransient } from '@latchkey/access';
import { authorityOf, isReadByPerson, isSameOrigin, mayBeRedirected } from '@latchkey/http';
import type { CanonicalRequest } from '@latchkey/http';
import { upstreamTarget } from '@latchkey/upstreams';
import type { Route, Target } from '@latchkey/upstreams';
import type { Incoming } from './incoming.ts';
import type { Decided, Outcome, Refusal } from './outcome.ts';
import { returnUrlOf } from './return-url.ts';
import { opensTcp } from './tunnel.ts';

type Scheme = {
  /** in which a browser reaches us */
  readonly scheme: (request: CanonicalRequest) => 'http' | 'https';
};

/**
 * How the sender of a request learns that it was decided against.
 *
 * @param origin of the host that was asked for, as a browser sees it
 */
export function refusalOf<Session>(
  decided: Decided<Session>,
  headers: Incoming['headers'],
  origin: string,
): Refusal<Session> {
  const { identified, decision, request } = decided;
  if (isTransient(decision.reason)) return { kind: 'unavailable', error: 'session_unverified', ...decided };
  if (decision.reason === 'scope_missing') return { kind: 'deny', error: 'insufficient_scope', ...decided };
  if (isByRule(decision.reason)) {
    const error = decision.written?.status === 404 ? 'not_found' : 'request_denied';
    return { kind: 'deny', error, ...decided };
  }
  if (identified.kind !== 'visitor') return { kind: 'deny', error: 'access_denied', ...decided };
  // No browser sends a token by itself, so no person reads the answer.
  if (isAboutToken(decision.reason)) return { kind: 'challenge', error: 'invalid_token', ...decided };
  const { arrived } = identified;
  if (arrived !== undefined && isReadByPerson(headers)) {
    return { kind: 'person_changed', error: 'person_changed', ...decided, arrived };
  }
  if (!mayBeRedirected(request.method, headers)) {
    return { kind: 'challenge', error: 'not_signed_in', ...decided };
  }
  if (returnUrlOf(origin, request.target) !== undefined) return { kind: 'sign_in', ...decided };
  const detail = 'the URL is too long for a return address';
  return { kind: 'sign_in_aside', error: 'not_signed_in', ...decided, detail };
}

/** Where a request goes that may pass, and whether it can go there. */
export function passOn<Session>(
  decided: Decided<Session>,
  target: Target | undefined,
  incoming: Incoming,
  parts: Scheme,
): Outcome<Session> {
  const { request, route, identified, decision } = decided;
  if (route.kind === 'launcher' && identified.kind === 'person') {
    return { kind: 'launcher', request, route, identified, decision };
  }
  if (route.tcp !== undefined && !opensTcp(decided, incoming)) {
    return { kind: 'not_a_web_page', error: 'not_a_web_page', ...decided };
  }
  if (target === undefined) {
    const detail = 'the route gives no address for this host';
    return { kind: 'unavailable', error: 'upstream_unreachable', ...decided, detail };
  }
  const path = upstreamTarget(request, target);
  if (path === undefined) {
    const detail = 'the path would leave the path of `to`';
    return { kind: 'malformed', error: 'bad_request', ...decided, detail };
  }
  if (isFromElsewhere(decided, incoming, parts)) {
    return { kind: 'deny', error: 'cross_site_request', ...decided };
  }
  const authenticatesConnection = carriesItsCredentials(decided, incoming);
  // A connection that was authenticated must be one principal's alone. A WebSocket has one of its own.
  if (authenticatesConnection && incoming.kind === 'http' && identified.kind === 'visitor') {
    return { kind: 'deny', error: 'connection_credentials', ...decided };
  }
  return {
    kind: 'forward',
    request,
    route,
    identified,
    decision,
    target,
    path,
    authenticatesConnection,
  };
}

// RFC 6455, section 10.2. What needs no credential gives nothing away.
function isFromElsewhere<Session>(
  { request, route, identified }: Decided<Session>,
  { kind, headers }: Incoming,
  parts: Scheme,
): boolean {
  if (kind !== 'websocket' || identified.kind === 'visitor') return false;
  if (headers.origin !== undefined && route.allowedOrigins.includes(headers.origin)) return false;
  return !isSameOrigin(headers, originOf(request, parts));
}

// Whether credentials for a connection travel on.
function carriesItsCredentials<Session>(
  { route, decision }: Decided<Session>,
  { authenticatesConnection }: Incoming,
): boolean {
  if (!authenticatesConnection || decision.reason === 'preflight') return false;
  return !endsHere(route);
}

// Whether an `Authorization` that a caller sends never travels on: it is said in its place, or stripped.
function endsHere({ bearer, injectRequestHeaders, assertionHeader, stripRequestHeaders }: Route): boolean {
  if (bearer?.passesOn === false) return true;
  const said = [...injectRequestHeaders.map(([name]) => name), assertionHeader.name];
  return [...said, ...stripRequestHeaders].some((pattern) => {
    const lower = pattern.toLowerCase();
    return lower.endsWith('*') ? 'authorization'.startsWith(lower.slice(0, -1)) : lower === 'authorization';
  });
}

/** The origin that a browser asked for. */
export function originOf(request: CanonicalRequest, { scheme }: Scheme): string {
  return `${scheme(request)}://${authorityOf(request)}`;
}
