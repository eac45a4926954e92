import { isVisit } from '@latchkey/http';
import type { IncomingMessage } from 'node:http';
import type { Passed } from '../admit.ts';
import { withPublicAddress } from '../forward/location.ts';
import { requestHeaders } from '../forward/request-headers.ts';
import { answerHeaders } from '../forward/response-headers.ts';
import type { AnswerHeaders } from '../forward/response-headers.ts';
import type { KnownSession } from '../session-check/known-session.ts';
import type { Addresses } from '../sign-in/addresses.ts';
import { createIdentity } from './identity.ts';
import { createPlans } from './plan.ts';

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
  const { addresses, isOwnCookie } = parts;
  const planOf = createPlans(parts.secure);
  const identityOf = createIdentity(parts.elapsed);

  function setCookies(req: IncomingMessage, { request, passage }: Passed): readonly string[] {
    const { known, renewed } = passage;
    const cookies = renewed === undefined ? [] : [parts.renewCookie(renewed, known)];
    if (known !== undefined && passage.isNew === true && isVisit(request.method, req.headers)) {
      cookies.push(parts.rememberPerson(known));
    }
    return cookies;
  }

  return {
    headersFor(req, requestId, { request, match: { route }, passage, target }) {
      return requestHeaders({
        rawHeaders: req.rawHeaders,
        request,
        requestId,
        origin: addresses.origin(request),
        upstreamHost: target.origin.slice(target.origin.indexOf('//') + 2),
        plan: planOf(route).request,
        isPreflight: passage.decision.reason === 'preflight',
        identity: passage.known && identityOf(passage.known, route),
        isOwnCookie,
      });
    },

    answerTo(req, passed) {
      const { route } = passed.match;
      return answerHeaders({
        plan: planOf(route).answer,
        isOwnCookie,
        setCookies: setCookies(req, passed),
        ...(!route.preserveLocation && {
          publicAddress: (value) => withPublicAddress(value, passed.target, addresses.origin(passed.request)),
        }),
      });
    },
  };
}
