import { ownEndpoints } from '@latchkey/contract';
import { addHeaders, transportSecurity } from '@latchkey/http';
import type { CanonicalRequest } from '@latchkey/http';
import type { Route } from '@latchkey/upstreams';
import type { ServerResponse } from 'node:http';
import type { SessionCookies } from '../authn/session-cookies.ts';
import type { Exchange } from '../exchange.ts';
import { crossOriginHeaders } from '../outgoing/cross-origin.ts';
import { giveRenewed } from './give-renewed.ts';

/** Begins an answer of our own, before anybody knows what it will be. Called once for each. */
export type BeginAnswer = (exchange: Exchange) => void;

/**
 * Makes what every answer of ours says, a refusal after the request was let in, too: that browsers come over HTTPS only, that
 * pages of origins that the route names may read it, and the session as auth has renewed it. What an application answers says
 * all that in the headers that are made for it.
 */
export function createBeginAnswer(parts: {
  /** browsers reach us over HTTPS only */
  readonly secure: boolean;
  readonly cookies: Pick<SessionCookies, 'issue'>;
  /** where the host of a request is, for its caller */
  readonly origin: (request: CanonicalRequest) => string;
}): BeginAnswer {
  return function beginAnswer(exchange) {
    const { req, res, outcome } = exchange;
    if (parts.secure) res.setHeader(...transportSecurity);
    if (outcome?.route !== undefined)
      allowReading(res, outcome, crossOriginHeaders(outcome.route, req.headers));
    if (outcome?.route?.bearer !== undefined && outcome.request !== undefined) {
      exchange.resourceMetadata = parts.origin(outcome.request) + ownEndpoints.resourceMetadata.path;
    }
    if (outcome?.identified !== undefined) giveRenewed(res, outcome.identified, parts.cookies);
  };
}

// What is at our own addresses, and on a launcher, is about the person and not about the application.
function allowReading(
  res: ServerResponse,
  { kind, route }: { readonly kind: string; readonly route: Route },
  headers: readonly string[],
): void {
  if (kind === 'own_endpoint' || route.kind === 'launcher') return;
  addHeaders(res, headers);
}
