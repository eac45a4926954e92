import type { DeviceTrust } from '@latchkey/access';
import { accountOfToken, awsTokenPrefix, workloadTokenPrefix } from '@latchkey/access';
import { authorityOf, basicCredentials, bearerToken, impliedPorts } from '@latchkey/http';
import type { CanonicalRequest } from '@latchkey/http';
import { deviceHeadersOfBalancer, foldName, isReserved } from '@latchkey/identity';
import { withoutCookies } from '@latchkey/session';
import type { Route } from '@latchkey/upstreams';
import { byName } from './by-name.ts';
import { hopByHop } from './hop-by-hop.ts';
import { nameMatcher } from './name-matcher.ts';

/** What the headers towards an upstream are made from. */
export type RequestHeaderInput = {
  /** Node's flat list, as it came */
  readonly rawHeaders: readonly string[];
  readonly request: CanonicalRequest;
  readonly requestId: string;
  /** what names our span to the application; absent where tracing is off: then a caller's travels on */
  readonly trace?: Readonly<Record<string, string>> | undefined;
  /** in which a browser reaches us */
  readonly scheme: 'http' | 'https';
  /** host and port of the upstream */
  readonly upstreamHost: string;
  readonly plan: RequestPlan;
  /** let through for being a CORS preflight, and for nothing else */
  readonly isPreflight: boolean;
  /** what is said about the person, a flat list; undefined on a public path: then nothing about any person travels on */
  readonly identity: readonly string[] | undefined;
  readonly isOwnCookie: (name: string) => boolean;
  readonly deviceTrust: DeviceTrust;
  /**
   * what `destination` or `if` says to an application that gets this host, undefined for nothing; absent with
   * `preserve_location`
   */
  readonly innerAddress?: (name: string, value: string, host: string) => string | undefined;
};

/** What is the same for each request of a route. */
export type RequestPlan = {
  readonly preserveHost: boolean;
  /** `inject_request_headers`, a flat list */
  readonly injected: readonly string[];
  /** folded, the header of assertions among them; nobody else says them, on a public path neither */
  readonly ownNames: ReadonlySet<string>;
  /** `strip_request_headers`, by a folded name; undefined where there is nothing to strip */
  readonly isStripped: ((folded: string) => boolean) | undefined;
  /** `device_headers`, in lower case; undefined where there are none */
  readonly deviceHeaders: ReadonlySet<string> | undefined;
};

/** What is the same for each request of a route. */
export function requestPlan({
  injectRequestHeaders,
  stripRequestHeaders,
  preserveHost,
  assertionHeader,
  bearer,
  deviceHeaders,
}: Pick<
  Route,
  | 'bearer'
  | 'injectRequestHeaders'
  | 'stripRequestHeaders'
  | 'preserveHost'
  | 'assertionHeader'
  | 'deviceHeaders'
>): RequestPlan {
  return {
    preserveHost,
    injected: injectRequestHeaders.filter(([name]) => !isReserved(name)).flat(),
    ownNames: new Set([
      ...injectRequestHeaders.map(([name]) => foldName(name)),
      foldName(assertionHeader.name),
      // A token that was meant for us, and that an application could use elsewhere.
      ...(bearer?.passesOn === false ? ['authorization'] : []),
    ]),
    isStripped: stripRequestHeaders.length === 0 ? undefined : nameMatcher(stripRequestHeaders),
    deviceHeaders,
  };
}

/**
 * The headers of the request to the upstream, as a flat list of names and values. The order of the three steps is an
 * invariant: hop-by-hop first, then strip, then set.
 */
export function requestHeaders(input: RequestHeaderInput): string[] {
  const { request, plan, identity, scheme } = input;
  const authority = authorityOf(request);
  const host = plan.preserveHost ? authority : input.upstreamHost;
  const headers = forwardedOnly(input, host);
  headers.push(
    'Host',
    host,
    'X-Forwarded-Host',
    authority,
    'X-Forwarded-Proto',
    scheme,
    'X-Forwarded-Port',
    String(request.port ?? impliedPorts[scheme]),
    'X-Forwarded-For',
    request.forwardedFor,
    'X-Request-Id',
    input.requestId,
  );
  if (input.trace !== undefined) headers.push(...Object.entries(input.trace).flat());
  if (identity !== undefined) headers.push(...plan.injected, ...identity);
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

/** What there is to know of the name of a header that a caller sent. */
type RequestName = { readonly lower: string; readonly folded: string; readonly fate: Fate };

/**
 * What becomes of a header: it ends here, it is ours to say, it is about a device, the cookies, an address, a credential, a
 * trace, or it travels on.
 */
type Fate = 'drop' | 'reserved' | 'device' | 'cookie' | 'address' | 'authorization' | 'trace' | 'keep';

/** Tells what becomes of a header that a caller sent. */
export const requestName = byName((name): RequestName => {
  const lower = name.toLowerCase();
  return { lower, folded: foldName(name), fate: fateOf(lower) };
});

// Some servers take `Transfer_Encoding` for `Transfer-Encoding`, and would find another end of the request than we did.
const framing: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding']);

function fateOf(lower: string): Fate {
  if (lower === 'host' || lower === 'expect') return 'drop';
  if (!framing.has(lower) && framing.has(foldName(lower))) return 'drop';
  if (deviceHeadersOfBalancer.has(lower)) return 'device';
  if (isReserved(lower)) return 'reserved';
  if (lower === 'destination' || lower === 'if') return 'address';
  if (lower === 'traceparent' || lower === 'tracestate') return 'trace';
  if (lower === 'authorization') return 'authorization';
  return lower === 'cookie' ? 'cookie' : 'keep';
}

// A program may send its token where none is asked for, as a bearer token or as its client secret. It is for us alone, and no application ever needs to see it.
function isServiceToken(authorization: string): boolean {
  const basic = basicCredentials(authorization);
  if (basic !== undefined) return accountOfToken(basic.secret) !== undefined;
  const shown = bearerToken(['authorization', authorization]);
  if (typeof shown !== 'object') return false;
  const { token } = shown;
  const isOurs = token.startsWith(awsTokenPrefix) || token.startsWith(workloadTokenPrefix);
  return isOurs || accountOfToken(token) !== undefined;
}

// What the caller sent and may travel on.
function forwardedOnly(input: RequestHeaderInput, host: string): string[] {
  const { rawHeaders, trace, plan, isPreflight, isOwnCookie, deviceTrust, innerAddress } = input;
  const hops = hopByHop(rawHeaders);
  const kept: string[] = [];
  const cookies: string[] = [];
  const ofDevice = plan.deviceHeaders && new Map<string, readonly string[]>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const value = rawHeaders[at + 1] ?? '';
    const { lower, folded, fate } = requestName(name);
    const isOfDevice = plan.deviceHeaders?.has(folded) === true;
    if (hops.has(lower) || fate === 'drop' || (fate === 'reserved' && !isOfDevice)) continue;
    if (fate === 'authorization' && isServiceToken(value)) continue;
    if (fate === 'device' && !deviceTrust.certificate) continue;
    if (fate === 'trace' && trace !== undefined) continue;
    if (isPreflight && !preflightHeaders.has(lower)) continue;
    if (plan.ownNames.has(folded)) continue;
    if (plan.isStripped?.(folded) === true && !framing.has(lower)) continue;
    if (isOfDevice && ofDevice !== undefined) {
      ofDevice.set(folded, lower === folded && !ofDevice.has(folded) ? [name, value] : []);
      continue;
    }
    if (fate === 'cookie') {
      const others = withoutCookies(value, isOwnCookie);
      if (others !== undefined) cookies.push(others);
      continue;
    }
    const inner = fate === 'address' && innerAddress !== undefined ? innerAddress(lower, value, host) : value;
    if (inner !== undefined) kept.push(name, inner);
  }
  // Said twice, or in another spelling as well, one of them may be the word of a caller that the server in front let through.
  if (ofDevice !== undefined && deviceTrust.headers) {
    for (const header of ofDevice.values()) kept.push(...header);
  }
  // RFC 6265, section 5.4: there is one such header. Of several, what is signed would depend on who joins them.
  if (cookies.length > 0) kept.push('Cookie', cookies.join('; '));
  return kept;
}
