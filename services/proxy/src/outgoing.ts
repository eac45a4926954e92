import { namedGroups } from '@latchkey/access';
import { isVisit } from '@latchkey/http';
import type { Identity } from '@latchkey/identity';
import type { Route } from '@latchkey/upstreams';
import type { IncomingMessage } from 'node:http';
import type { Passed } from './admit.ts';
import { withPublicAddress } from './forward/location.ts';
import { requestHeaders } from './forward/request-headers.ts';
import { answerHeaders } from './forward/response-headers.ts';
import type { AnswerHeaders } from './forward/response-headers.ts';
import type { KnownSession } from './session-check/known-session.ts';
import type { Addresses } from './sign-in/addresses.ts';

/** Stage 8: what travels to the application, and what of its answer travels back. */
export type Outgoing = {
  /** The headers of the request to the application, a flat list. */
  headersFor(req: IncomingMessage, requestId: string, passed: Passed): string[];
  /** The headers of the answer to the browser. */
  answerTo(req: IncomingMessage, passed: Passed): AnswerHeaders;
};

/** The parts that headers are made with. */
export type OutgoingParts = {
  readonly addresses: Pick<Addresses, 'origin'>;
  /** browsers reach us over HTTPS only */
  readonly secure: boolean;
  readonly isOwnCookie: (name: string) => boolean;
  /** the `Set-Cookie` value for a session that auth has renewed */
  readonly renewCookie: (value: string, known: KnownSession) => string;
  /** the `Set-Cookie` value that makes a browser remember who is here */
  readonly rememberPerson: (known: KnownSession) => string;
  /** milliseconds that never jump */
  readonly elapsed: () => number;
};

/** Makes the headers of both ways, the same for HTTP and WebSocket. */
export function createOutgoing(parts: OutgoingParts): Outgoing {
  const { addresses, isOwnCookie, elapsed } = parts;

  return {
    headersFor(req, requestId, { request, match: { route }, passage, target }) {
      return requestHeaders({
        rawHeaders: req.rawHeaders,
        request,
        requestId,
        origin: addresses.origin(request),
        upstreamHost: target.origin.slice(target.origin.indexOf('//') + 2),
        route,
        isPreflight: passage.decision.reason === 'preflight',
        identity: passage.known === undefined ? undefined : identityOf(passage.known, route, elapsed()),
        isOwnCookie,
      });
    },

    answerTo(req, { request, match: { route }, passage, target }) {
      const { known, renewed } = passage;
      const setCookies = renewed === undefined ? [] : [parts.renewCookie(renewed, known)];
      if (known !== undefined && passage.isNew === true && isVisit(request.method, req.headers)) {
        setCookies.push(parts.rememberPerson(known));
      }
      return answerHeaders({
        overrides: route.headerOverrides,
        allowRootServiceWorker: route.allowRootServiceWorker,
        secure: parts.secure,
        isOwnCookie,
        setCookies,
        ...(!route.preserveLocation && {
          publicAddress: (value) => withPublicAddress(value, target, addresses.origin(request)),
        }),
      });
    },
  };
}

function identityOf({ session, person, accessToken }: KnownSession, route: Route, elapsed: number): Identity {
  const living = accessToken !== undefined && accessToken.until > elapsed ? accessToken.value : '';
  return {
    user: session.user,
    email: person.email,
    groups: namedGroups(person, route.policy),
    ...(route.passAccessToken && { accessToken: living }),
  };
}
