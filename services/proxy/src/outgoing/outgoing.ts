import type { DeviceTrust } from '@latchkey/access';
import { namedGroups, userOf } from '@latchkey/access';
import type { Forward } from '@latchkey/admission';
import { isVisit, rawValues } from '@latchkey/http';
import type { Clock } from '@latchkey/http';
import { identityHeaders } from '@latchkey/identity';
import type { IncomingMessage } from 'node:http';
import { withoutCookies } from '@latchkey/session';
import { targetAuthority } from '@latchkey/upstreams';
import type { Emit } from '@latchkey/telemetry';
import type { Exchange } from '../exchange.ts';
import { crossOriginHeaders } from './cross-origin.ts';
import { withInnerAddress, withInnerConditions, withPublicAddress } from './location.ts';
import { requestHeaders } from './request-headers.ts';
import { requestTrailers } from './request-trailers.ts';
import { answerHeaders } from './response-headers.ts';
import type { AnswerHeaders } from './response-headers.ts';
import type { KnownSession } from '../authn/session-state.ts';
import type { Addresses } from '../sign-in/addresses.ts';
import { createIdentity } from './identity.ts';
import type { Assertions } from './identity.ts';
import { createPlans } from './plan.ts';
import { createTokenHeaders } from './token-headers.ts';
import type { ProxyEvent } from '../telemetry/events.ts';

/** Stage 8: what travels to the application, and what of its answer travels back. */
export type Outgoing = {
  /** The headers of the request to the application, a flat list. */
  headersFor(exchange: Exchange, forward: Forward<KnownSession>): string[];
  /** What travels on behind the body, of what the caller sent there; flat lists. */
  trailersFor(rawTrailers: readonly string[], forward: Forward<KnownSession>): string[];
  /**
   * The headers of a yes to a server in front that forwards by itself, a flat list: who asks, the cookies that may travel on,
   * and the one `Set-Cookie` that it hands to the browser. Most of them carry no second one; it comes with the next yes.
   */
  forwardAuthHeaders(exchange: Exchange, forward: Forward<KnownSession>): string[];
  /** The headers of the answer to the browser. */
  answerTo(exchange: Exchange, forward: Forward<KnownSession>): AnswerHeaders;
};

/** The parts that headers are made with. */
export type OutgoingParts = {
  readonly addresses: Pick<Addresses, 'origin' | 'scheme'>;
  /** browsers reach us over HTTPS only */
  readonly secure: boolean;
  readonly isOwnCookie: (name: string) => boolean;
  /** who sends a request is a load balancer that verifies certificates of devices, and tells of them */
  readonly deviceTrustOf: (req: IncomingMessage) => DeviceTrust;
  /** the `Set-Cookie` value for a session that auth has renewed */
  readonly renewCookie: (value: string, known: KnownSession) => string;
  /** the `Set-Cookie` value that makes a browser remember who is here */
  readonly rememberPerson: (known: KnownSession) => string;
  readonly emit: Emit<ProxyEvent>;
  readonly clock: Clock;
  /** undefined: applications get no assertions */
  readonly assertions: Assertions | undefined;
};

/** Makes the headers of both ways, the same for HTTP and WebSocket. */
export function createOutgoing(parts: OutgoingParts): Outgoing {
  const { addresses, isOwnCookie } = parts;
  const planOf = createPlans(parts.secure);
  const identityOf = createIdentity(parts);
  const tokenHeadersOf = createTokenHeaders(parts.emit);

  function setCookies({ req }: Exchange, { request, identified }: Forward<KnownSession>): readonly string[] {
    if (identified.kind !== 'person') return [];
    const { session, renewed, isNew, lastUse } = identified;
    const cookies = renewed === undefined ? [] : [parts.renewCookie(renewed, session)];
    if (isNew === true && isVisit(request.method, req.headers)) cookies.push(parts.rememberPerson(session));
    if (lastUse !== undefined) cookies.push(lastUse);
    return cookies;
  }

  // A machine is no person, and nobody's name goes with it.
  function identityFor(
    { identified, route }: Forward<KnownSession>,
    origin: string,
  ): readonly string[] | undefined {
    if (identified.kind === 'person') return identityOf(identified.session, route, origin);
    if (identified.kind !== 'program') return undefined;
    const { principal } = identified;
    const { email } = principal;
    return identityHeaders({
      user: userOf(email),
      email,
      groups: namedGroups(principal, route.policy),
    }).flat();
  }

  function tokenHeadersFor({ identified }: Forward<KnownSession>): readonly string[] {
    const { kind, principal } = identified;
    if (kind === 'visitor') return [];
    if (kind === 'machine') return tokenHeadersOf(principal, principal.subject ?? principal.name);
    return tokenHeadersOf(principal, kind === 'person' ? identified.session.session.sub : identified.subject);
  }

  // What the file sets is for everybody who was let in, and that is known of everybody but the public.
  function saidFor(forward: Forward<KnownSession>, origin: string): readonly string[] | undefined {
    if (forward.identified.kind === 'visitor') return undefined;
    const identity = identityFor(forward, origin);
    const ofToken = tokenHeadersFor(forward);
    if (identity === undefined) return ofToken;
    return ofToken.length === 0 ? identity : [...identity, ...ofToken];
  }

  return {
    headersFor({ id, req, upstream }, forward) {
      const { request, route, decision, target } = forward;
      const origin = addresses.origin(request);
      const headers = requestHeaders({
        rawHeaders: req.rawHeaders,
        request,
        requestId: id,
        trace: upstream?.headers(),
        scheme: addresses.scheme(request),
        upstreamHost: targetAuthority(target),
        plan: planOf(route).request,
        isPreflight: decision.reason === 'preflight',
        identity: saidFor(forward, origin),
        isOwnCookie,
        deviceTrust: parts.deviceTrustOf(req),
        ...(!route.preserveLocation && {
          innerAddress(name, value, host) {
            const inner = name === 'if' ? withInnerConditions : withInnerAddress;
            return inner(value, { target, host }, origin);
          },
        }),
      });
      // RFC 9110, section 10.1.4: each hop says it for itself, and this one passes trailers on. gRPC asks for it.
      if (route.protocol !== 'http1' && takesTrailers(req.rawHeaders)) headers.push('TE', 'trailers');
      return headers;
    },

    trailersFor(rawTrailers, { route, decision }) {
      return decision.reason === 'preflight' ? [] : requestTrailers(rawTrailers, planOf(route).request);
    },

    forwardAuthHeaders(exchange, forward) {
      const { cookie } = exchange.req.headers;
      const [setCookie] = setCookies(exchange, forward);
      return [
        ...(identityFor(forward, addresses.origin(forward.request)) ?? []),
        ...(cookie === undefined ? [] : ['Cookie', withoutCookies(cookie, isOwnCookie) ?? '']),
        ...(setCookie === undefined ? [] : ['Set-Cookie', setCookie]),
      ];
    },

    answerTo(exchange, forward) {
      const { request, route, target } = forward;
      return answerHeaders({
        plan: planOf(route).answer,
        isOwnCookie,
        setCookies: setCookies(exchange, forward),
        crossOrigin: crossOriginHeaders(route, exchange.req.headers),
        ...(!route.preserveLocation && {
          publicAddress: (value) => withPublicAddress(value, target, addresses.origin(request)),
        }),
      });
    },
  };
}

function takesTrailers(rawHeaders: readonly string[]): boolean {
  const taken = rawValues(rawHeaders, 'te').join().split(',');
  return taken.some((coding) => coding.trim().toLowerCase() === 'trailers');
}
