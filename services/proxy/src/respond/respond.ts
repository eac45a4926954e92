import type { Readiness } from '@latchkey/admin';
import type { Forward, Outcome } from '@latchkey/admission';
import { isVisit, replyRedirect } from '@latchkey/http';
import type { PersonCookie } from '../authn/person-cookie.ts';
import type { RenderLauncher } from '../endpoints/launcher.ts';
import type { ServeEndpoint } from '../endpoints/own-request.ts';
import type { Exchange } from '../exchange.ts';
import type { KnownSession } from '../authn/session-state.ts';
import { answerHealthCheck } from './health-check.ts';
import { answerPreflight } from './preflight.ts';
import { refuseWithError } from './refuse-with-error.ts';
import type { Refuse } from './refuse.ts';
import { retireServiceWorker } from './retired-worker.ts';

/** Answers a request that goes no further. */
export type Respond = (
  exchange: Exchange,
  outcome: Exclude<Outcome<KnownSession>, Forward<KnownSession>>,
) => void;

/** Makes the answers to all outcomes but one. It decides nothing. */
export function createRespond(parts: {
  readonly readiness: Readiness;
  readonly serveEndpoint: ServeEndpoint;
  readonly refuse: Refuse;
  readonly showLauncher: RenderLauncher;
  readonly personCookie: Pick<PersonCookie, 'remember'>;
}): Respond {
  return function respond(exchange, outcome) {
    const { req, res } = exchange;
    switch (outcome.kind) {
      case 'health_check':
        return answerHealthCheck(req, res, parts.readiness());
      case 'redirect':
        return replyRedirect(res, outcome.location, 308);
      case 'own_endpoint':
        return parts.serveEndpoint(exchange, outcome);
      case 'preflight':
        return answerPreflight(res, outcome);
      case 'retired_worker':
        return retireServiceWorker(exchange);
      case 'malformed':
        // RFC 9112, section 6.3: what follows a request that has no reading may be a part of it.
        res.setHeader('Connection', 'close');
        exchange.detail = outcome.detail;
        return refuseWithError(exchange, outcome.error);
      case 'unknown_host':
        if (outcome.detail !== undefined) exchange.detail = outcome.detail;
        return refuseWithError(exchange, outcome.error);
      case 'unavailable':
        if (outcome.error === 'session_unverified') return parts.refuse(exchange, outcome);
        exchange.detail = outcome.detail;
        return refuseWithError(exchange, outcome.error);
      case 'deny':
        switch (outcome.error) {
          case 'access_denied':
          case 'insufficient_scope':
          case 'request_denied':
          case 'not_found':
            return parts.refuse(exchange, outcome);
          case 'cross_site_request':
          case 'connection_credentials':
            return refuseWithError(exchange, outcome.error);
        }
      case 'not_a_web_page':
        return refuseWithError(exchange, outcome.error);
      case 'sign_in':
      case 'sign_in_aside':
      case 'challenge':
      case 'person_changed':
        return parts.refuse(exchange, outcome);
      case 'launcher': {
        const { identified, request } = outcome;
        if (identified.isNew === true && isVisit(request.method, req.headers)) {
          res.appendHeader('Set-Cookie', parts.personCookie.remember(identified.session.session));
        }
        return parts.showLauncher(exchange, request, identified.session);
      }
    }
  };
}
