import { isTransient } from '@latchkey/access';
import type { Identified } from '@latchkey/admission';
import { ownEndpoints } from '@latchkey/contract';
import type { OwnEndpoint, OwnEndpointName } from '@latchkey/contract';
import {
  hasMorePairs,
  HttpError,
  isFromOwnPage,
  isVisit,
  mostQueryPairs,
  replyJson,
  replyJwks,
  replyRedirect,
  replyText,
} from '@latchkey/http';
import type { CanonicalRequest } from '@latchkey/http';
import express from 'express';
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import type { PersonCookie } from '../authn/person-cookie.ts';
import type { SessionCookies } from '../authn/session-cookies.ts';
import type { KnownSession } from '../authn/session-state.ts';
import { refuseWithError } from '../respond/refuse-with-error.ts';
import type { Addresses } from '../sign-in/addresses.ts';
import { createCallerEndpoints } from './caller.ts';
import type { CallerEndpointParts } from './caller.ts';
import { leaveCode, onlyMethods, onlyVisits } from './guards.ts';
import { replyLauncherScript } from './launcher.ts';
import { ownRequestOf } from './own-request.ts';
import { resourceMetadata } from './resource-metadata.ts';

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a closed table
const namedEndpoints = Object.entries(ownEndpoints) as [OwnEndpointName, OwnEndpoint][];

/** The proxy's own endpoints: what each of them answers. Which there are, and for which methods, is `ownEndpoints`. */
export function createEndpoints(
  parts: CallerEndpointParts & {
    addresses: Addresses;
    cookies: Pick<SessionCookies, 'endHost'>;
    personCookie: Pick<PersonCookie, 'tokenFor' | 'remember'>;
    /** names the session of this host to auth, when its person signs out */
    signOutHint: (known: KnownSession) => Promise<string>;
    /** `/oauth2/sign_in` and `/oauth2/callback` */
    signInLink: RequestHandler;
    startSignIn: RequestHandler;
    finishSignIn: RequestHandler;
    /** `/oauth2/token` */
    exchangeToken: RequestHandler;
    /** `/oauth2/ssh-certificate` */
    signSshCertificate: RequestHandler;
    /** for upstreams that check `Sso-Signature` */
    certs: string;
    /** for applications that verify assertions */
    jwks: string;
    /** who gives out tokens of our own; undefined where nobody does */
    authorizationServer: () => string | undefined;
  },
): Express {
  const { authorizeCaller, addresses, personCookie } = parts;
  const ofCaller = createCallerEndpoints(parts);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(function refuseMany(_req: Request, res: Response, next: NextFunction) {
    const { request, exchange } = ownRequestOf(res);
    if (!hasMorePairs(request.query, mostQueryPairs)) return next();
    exchange.detail = 'too many parameters';
    return refuseWithError(exchange, 'bad_request');
  });

  const handlers: Readonly<Record<OwnEndpointName, readonly RequestHandler[]>> = {
    robots: [(_req, res) => replyText(res, 200, 'User-agent: *\nDisallow: /\n')],
    auth: [ofCaller.auth(202)],
    forwardAuth: [ofCaller.auth(200)],
    extAuthz: [ofCaller.auth(200)],
    me: [ofCaller.me],
    apps: [ofCaller.apps],
    appsScript: [(_req, res) => replyLauncherScript(res)],
    signIn: [onlyVisits, parts.signInLink, parts.startSignIn],
    callback: [leaveCode, onlyVisits, parts.finishSignIn],
    refresh: [onlyVisits, ofCaller.refresh],
    signOut: [signOut],
    person: [goOn],
    // Without a session: a program checks signatures, and public keys are no secret.
    certs: [(_req, res) => replyText(res, 200, parts.certs)],
    jwks: [(_req, res) => replyJwks(res, parts.jwks)],
    wellKnownJwks: [(_req, res) => replyJwks(res, parts.jwks)],
    resourceMetadata: [answerResourceMetadata],
    token: [parts.exchangeToken],
    // What opens a connection is a WebSocket, and does not come here.
    tcp: [(_req, res) => refuseWithError(ownRequestOf(res).exchange, 'not_a_web_page')],
    sshCertificate: [parts.signSshCertificate],
  };
  for (const [name, endpoint] of namedEndpoints) {
    const serve = [onlyMethods(endpoint), ...handlers[name]];
    if (endpoint.below) app.use(endpoint.path, serve);
    else app.all(endpoint.path, serve);
  }

  app.use(function failed(error: Error, _req: Request, res: Response, _next: NextFunction) {
    const { exchange } = ownRequestOf(res);
    if (error instanceof HttpError) {
      if (error.detail !== undefined) exchange.detail ??= error.detail;
      res.set(error.headers);
      return refuseWithError(exchange, error.code);
    }
    exchange.detail = error.message;
    return refuseWithError(exchange, 'internal_error');
  });
  return app;

  // RFC 9728, section 3.3: the resource is named as the caller has named it.
  function answerResourceMetadata(_req: Request, res: Response): void {
    const { request, route } = ownRequestOf(res);
    const { path } = ownEndpoints.resourceMetadata;
    const resource = addresses.origin(request) + request.rawPath.slice(path.length);
    return replyJson(res, 200, resourceMetadata(resource, route, parts.authorizationServer()));
  }

  async function signOut(req: Request, res: Response): Promise<void> {
    const { request, route, exchange } = ownRequestOf(res);
    if (!isVisit(request.method, req.headers) && !isFromOwnPage(req.headers, addresses.origin(request))) {
      return refuseWithError(exchange, 'cross_site_request');
    }
    const { identified, decision } = await authorizeCaller(req, res);
    const known = sessionOf(identified);
    const hint = known?.session.host_only === true ? await parts.signOutHint(known) : undefined;
    // Auth asks before it signs anybody out. Its answer reaches a session that was handed over at that one's next check; until
    // then its cookie would live on. Who stays signed in after all gets it back without a word.
    if (!isTransient(decision.reason)) res.append('Set-Cookie', parts.cookies.endHost());
    return replyRedirect(res, addresses.signOut(request, route.providerSlugs, hint));
  }

  // The button is of the page that this browser was shown, and for no other person who has come since.
  async function goOn(req: Request, res: Response): Promise<void> {
    const { request } = ownRequestOf(res);
    const parameters = new URLSearchParams(request.query);
    const { identified } = await authorizeCaller(req, res);
    const arrived = identified.kind === 'visitor' ? identified.arrived : undefined;
    const token = arrived && personCookie.tokenFor(req.headers.cookie, arrived.session);
    if (arrived !== undefined && isPressed(req, request) && token === parameters.get('person')) {
      res.append('Set-Cookie', personCookie.remember(arrived.session));
    }
    replyRedirect(res, addresses.ownTarget(request, parameters));
  }

  function isPressed({ method, headers }: Request, request: CanonicalRequest): boolean {
    if (method === 'POST') return isFromOwnPage(headers, addresses.origin(request));
    const site = headers['sec-fetch-site'];
    return isVisit(method, headers) && (site === undefined || site === 'same-origin');
  }
}

// The one that signing out ends, whether it counts here and now or not.
function sessionOf(identified: Identified<KnownSession>): KnownSession | undefined {
  if (identified.kind === 'person') return identified.session;
  return identified.kind === 'visitor' ? identified.held : undefined;
}
