import { noDeviceTrust } from '@latchkey/access';
import type { DeviceTrust } from '@latchkey/access';
import { readIncoming } from '@latchkey/admission';
import type { Incoming, Routed } from '@latchkey/admission';
import { ownEndpoints } from '@latchkey/contract';
import { originalRequest, tellsAnotherMethod } from '@latchkey/http';
import type { Original, PeerTrust, MalformedOriginal } from '@latchkey/http';
import { mayClimb } from '@latchkey/upstreams';
import type { IncomingMessage } from 'node:http';
import type { Admission } from '../admission.ts';

/** A server in front asks about a request that it holds: which one that is, and how it takes the answer. */
export type Question = { readonly about: Incoming; readonly asker: 'auth' | 'forwardAuth' | 'extAuthz' };

/** Reads a question; undefined where a request is none, and is about nothing but itself. */
export type ReadQuestion = (req: IncomingMessage, incoming: Incoming) => Question | undefined;

/**
 * What a request says of another one counts only where the sender is trusted **and** the route says `forward_auth`
 * (CVE-2026-40575). Where it counts, it has to be said, whole and in one way: what a server in front does not say itself, its
 * callers could say in its name.
 */
export function createReadQuestion(parts: {
  readonly trust: PeerTrust;
  readonly deviceTrustOf: (req: IncomingMessage) => DeviceTrust;
  readonly routeFor: Admission['routeFor'];
}): ReadQuestion {
  const { trust, deviceTrustOf, routeFor } = parts;

  return function readQuestion(req, incoming) {
    const asker = askerOf(req.url ?? '');
    if (asker === undefined || typeof incoming.read === 'string' || !trust.isTrusted(req)) return undefined;
    const asked = routeFor(incoming);
    if (asked !== undefined && !asked.route.forwardAuth) return undefined;
    const original = asker === 'extAuthz' ? behindPrefix(req) : originalRequest(req);
    const about = typeof original === 'string' ? malformed(original) : aboutOriginal(req, original);
    const meant = routeFor(about);
    if (asked === undefined) {
      // Traefik sends its questions to the address of the proxy, which is no host of an application. nginx keeps the host of
      // its caller: one that nobody knows may have come to its first server, from the author of the rest, too.
      if (asker !== 'forwardAuth') return undefined;
      const isNone = original === 'no original request' || meant?.route.forwardAuth === false;
      return isNone ? undefined : { about, asker };
    }
    if (meant === undefined || isSameHost(asked, meant)) return { about, asker };
    return { about: malformed('original request for another host'), asker };
  };

  function aboutOriginal(req: IncomingMessage, { received, proto }: Original): Incoming {
    const caller = trust.read(req);
    const trusting = { read: () => ({ ...caller, forwardedProto: proto ?? caller.forwardedProto }) };
    const kind = isHandshake(received) ? 'websocket' : 'http';
    const about = readIncoming(received, kind, trusting, deviceTrustOf(req));
    // Our own health check is asked of us, and never about.
    return { ...about, isHealthCheck: false, isQuestion: true, headers: bareHeaders(received) };
  }
}

const prefix = `${ownEndpoints.extAuthz.path}/`;

function askerOf(target: string): Question['asker'] | undefined {
  if (!target.startsWith('/oauth2/')) return undefined;
  if (target.startsWith(prefix)) return 'extAuthz';
  const path = target.split('?', 1)[0];
  if (path === ownEndpoints.auth.path) return 'auth';
  return path === ownEndpoints.forwardAuth.path ? 'forwardAuth' : undefined;
}

// Envoy keeps method and host, and writes its `path_prefix` in front of the target. nginx and Caddy, which keep questions to
// themselves, go by the path that they have decoded and pass on the one that came: to them `/oauth2/ext-authz/%2e%2e%2fx` is
// `/oauth2/x`, and a script of the application would read what is for them alone.
function behindPrefix(req: IncomingMessage): Original | MalformedOriginal {
  const { method, url = '', headers, rawHeaders } = req;
  const target = url.slice(prefix.length - 1);
  if (mayClimb(target.split('?', 1)[0] ?? '')) return 'malformed original request';
  return { received: { method, url: target, headers, rawHeaders }, proto: undefined };
}

function malformed(read: MalformedOriginal): Incoming {
  return {
    kind: 'http',
    isHealthCheck: false,
    read,
    headers: {},
    rawHeaders: [],
    authenticatesConnection: false,
    isQuestion: true,
    isUnderWay: false,
    deviceTrust: noDeviceTrust,
  };
}

// No server in front passes `Upgrade` on to whom it asks, but for those that know it as a header like any other.
// Over HTTP/2 and 3 it has no key, but the version (RFC 8441, section 5.1).
function isHandshake({ headers }: Original['received']): boolean {
  const marks = [headers['sec-websocket-key'], headers['sec-websocket-version']];
  return marks.some((mark) => mark !== undefined) || headers.upgrade?.toLowerCase() === 'websocket';
}

function isSameHost({ request: one }: Routed, { request: other }: Routed): boolean {
  return one.host === other.host && one.port === other.port;
}

// A preflight that we forward goes bare. This one goes on as it came, so what brings along more than a browser's own does is a
// request like any other.
function bareHeaders({ method, headers }: Original['received']): Incoming['headers'] {
  const isBare =
    headers.cookie === undefined && headers.authorization === undefined && !tellsAnotherMethod(headers);
  if (method !== 'OPTIONS' || isBare) return headers;
  const { 'access-control-request-method': _, ...others } = headers;
  return others;
}
