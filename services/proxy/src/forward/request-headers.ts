import { authorityOf } from '@latchkey/http';
import type { CanonicalRequest } from '@latchkey/http';
import { foldName, identityHeaders, isReserved } from '@latchkey/identity';
import type { Identity } from '@latchkey/identity';
import { withoutCookies } from '@latchkey/session';
import type { Route } from '@latchkey/upstreams';
import { hopByHop } from './hop-by-hop.ts';

/** What the headers towards an upstream are made from. */
export type RequestHeaderInput = {
  /** Node's flat list, as it came */
  readonly rawHeaders: readonly string[];
  readonly request: CanonicalRequest;
  readonly requestId: string;
  /** the scheme and authority that the browser used */
  readonly origin: string;
  /** host and port of the upstream */
  readonly upstreamHost: string;
  readonly route: Pick<Route, 'injectRequestHeaders' | 'preserveHost'>;
  /** let through for being a CORS preflight, and for nothing else */
  readonly isPreflight: boolean;
  /** undefined on a public path: then nothing about any person travels on */
  readonly identity: Identity | undefined;
  readonly isOwnCookie: (name: string) => boolean;
};

/**
 * The headers of the request to the upstream, as a flat list of names and values. The order of the three steps is an
 * invariant: hop-by-hop first, then strip, then set.
 */
export function requestHeaders(input: RequestHeaderInput): string[] {
  const headers = forwardedOnly(input);
  const set = (name: string, value: string) => void headers.push(name, value);

  const { request, route, identity } = input;
  const scheme = input.origin.slice(0, input.origin.indexOf(':'));
  const port = /:(\d+)$/.exec(input.origin)?.[1] ?? (scheme === 'https' ? '443' : '80');
  set('Host', route.preserveHost ? authorityOf(request) : input.upstreamHost);
  set('X-Forwarded-Host', authorityOf(request));
  set('X-Forwarded-Proto', scheme);
  set('X-Forwarded-Port', port);
  set('X-Forwarded-For', request.forwardedFor);
  set('X-Request-Id', input.requestId);
  if (identity === undefined) return headers;

  for (const [name, value] of route.injectRequestHeaders) if (!isReserved(name)) set(name, value);
  for (const [name, value] of identityHeaders(identity)) set(name, value);
  return headers;
}

// A preflight passes because it asks for nothing but an answer about itself. So it says nothing else: no cookie, no
// `Authorization`, no header that names another method. https://fetch.spec.whatwg.org/#cors-preflight-fetch and
// https://wicg.github.io/private-network-access/.
const preflightHeaders: ReadonlySet<string> = new Set([
  'origin',
  'access-control-request-method',
  'access-control-request-headers',
  'access-control-request-private-network',
  'access-control-request-local-network',
]);

// What the caller sent and may travel on.
function forwardedOnly({ rawHeaders, route, isPreflight, isOwnCookie }: RequestHeaderInput): string[] {
  const endsHere = hopByHop(rawHeaders);
  const injected = new Set(route.injectRequestHeaders.map(([name]) => foldName(name)));
  const kept: string[] = [];
  const cookies: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const value = rawHeaders[at + 1] ?? '';
    const lower = name.toLowerCase();
    if (endsHere.has(lower) || lower === 'host' || lower === 'expect') continue;
    if (isPreflight && !preflightHeaders.has(lower)) continue;
    if (isReserved(name) || injected.has(foldName(name))) continue;
    if (lower !== 'cookie') {
      kept.push(name, value);
      continue;
    }
    const others = withoutCookies(value, isOwnCookie);
    if (others !== undefined) cookies.push(others);
  }
  // RFC 6265, section 5.4: there is one such header. Of several, what is signed would depend on who joins them.
  if (cookies.length > 0) kept.push('Cookie', cookies.join('; '));
  return kept;
}
