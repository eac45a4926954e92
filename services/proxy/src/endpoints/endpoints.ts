import { isTransient, namedGroups } from '@latchkey/access';
import { refusalOf } from '@latchkey/admission';
import type { Authorized, Identified } from '@latchkey/admission';
import { ownEndpoints } from '@latchkey/contract';
import type { OwnEndpoint, OwnEndpointName } from '@latchkey/contract';
import {
  hasMorePairs,
  HttpError,
  isFromOwnPage,
  isPassedOn,
  isVisit,
  mayBeRedirected,
  mostQueryPairs,
  replyJson,
  replyJwks,
  replyRedirect,
  replyText,
} from '@latchkey/http';
import type { CanonicalRequest, Clock } from '@latchkey/http';
import { refreshedPage, replyPage } from '@latchkey/web-pages';
import express from 'express';
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import type { PersonCookie } from '../authn/person-cookie.ts';
import type { SessionCookies } from '../authn/session-cookies.ts';
import { refuseWithError } from '../respond/refuse-with-error.ts';
import type { Refuse } from '../respond/refuse.ts';
import { refuseWithoutRedirect } from '../respond/refuse-without-redirect.ts';
import { vouchedAt } from '../authn/session-state.ts';
import type { KnownSession } from '../authn/session-state.ts';
import type { Addresses } from '../sign-in/addresses.ts';
import { resourceMetadata } from './resource-metadata.ts';
import { replyLauncherScript } from './launcher.ts';
import type { LauncherOf } from './launcher-address.ts';
import type { RenderLauncher } from './launcher.ts';
import { ownRequestOf } from './own-request.ts';
import type { AuthorizeCaller } from './authorize-caller.ts';

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a closed table
const namedEndpoints = Object.entries(ownEndpoints) as [OwnEndpointName, OwnEndpoint][];

/** The proxy's own endpoints: what each of them answers. Which there are, and for which methods, is `ownEndpoints`. */
export function createEndpoints(parts: {
  authorizeCaller: AuthorizeCaller;
  addresses: Addresses;
  refuse: Refuse;
  showLauncher: RenderLauncher;
  launcherOf: LauncherOf;
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
  clock: Clock;
  /** for upstreams that check `Sso-Signature` */
  certs: string;
  /** for applications that verify assertions */
  jwks: string;
  /** who gives out tokens of our own; undefined where nobody does */
  authorizationServer: () => string | undefined;
}): Express {
  const { authorizeCaller, addresses, refuse, showLauncher, personCookie } = parts;
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
    auth: [answerAuth(202)],
    forwardAuth: [answerAuth(200)],
    extAuthz: [answerAuth(200)],
    me: [answerMe],
    apps: [answerApps],
    appsScript: [(_req, res) => replyLauncherScript(res)],
    signIn: [onlyVisits, parts.signInLink, parts.startSignIn],
    callback: [leaveCode, onlyVisits, parts.finishSignIn],
    refresh: [onlyVisits, answerRefresh],
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

  // For a server in front whose word about other requests is not taken (`forward-auth/question.ts`). It is about the session and the
  // host that was asked for, whatever path, host or method a header names: anybody could write it (CVE-2026-40575).
  function answerAuth(yes: 200 | 202): RequestHandler {
    return async function auth(req, res) {
      const authorized = await authorizeAndRecord(req, res);
      if (!authorized.decision.allow) return refuseWithoutRedirect(ownRequestOf(res).exchange, authorized);
      res.set('Cache-Control', 'no-store');
      return replyText(res, yes, '');
    };
  }

  // RFC 9728, section 3.3: the resource is named as the caller has named it.
  function answerResourceMetadata(_req: Request, res: Response): void {
    const { request, route } = ownRequestOf(res);
    const { path } = ownEndpoints.resourceMetadata;
    const resource = addresses.origin(request) + request.rawPath.slice(path.length);
    return replyJson(res, 200, resourceMetadata(resource, route, parts.authorizationServer()));
  }

  async function answerMe(req: Request, res: Response): Promise<void> {
    const authorized = await authorizeAndRecord(req, res);
    const { identified } = authorized;
    if (identified.kind !== 'person') return refuseWithoutRedirect(ownRequestOf(res).exchange, authorized);
    const { session, state } = identified.session;
    // An allow-list: what is added to a session later stays inside until somebody lists it here (CVE-2024-39315).
    return replyJson(res, 200, {
      email: session.email,
      user: session.user,
      name: session.name ?? null,
      provider: session.idp,
      groups: namedGroups(identified.principal, ownRequestOf(res).route.policy),
      signed_in_at: isoTime(session.auth_time),
      expires_at: isoTime(session.exp),
      checked_at: checkedAt(identified.session, parts.clock),
      in_grace: state.isInGrace,
    });
  }

  async function answerApps(req: Request, res: Response): Promise<void> {
    const { request, route, exchange } = ownRequestOf(res);
    if (route.kind !== 'launcher') return sendToLauncher(req, res);
    const authorized = await authorizeAndRecord(req, res);
    const { identified, decision } = authorized;
    if (identified.kind === 'person' && decision.allow)
      return showLauncher(exchange, request, identified.session);
    return refuse(
      exchange,
      refusalOf({ request, route, ...authorized }, req.headers, addresses.origin(request)),
    );
  }

  // A sign-in on the way ends here again, since this is the address that was asked for.
  async function answerRefresh(req: Request, res: Response): Promise<void> {
    const { request, route, exchange } = ownRequestOf(res);
    const authorized = await authorizeAndRecord(req, res);
    const { identified, decision } = authorized;
    if (identified.kind === 'person' && decision.allow) {
      const { email } = identified.principal;
      return replyPage(res, 200, refreshedPage({ email, requestId: exchange.id }));
    }
    const origin = addresses.origin(request);
    return refuse(exchange, refusalOf({ request, route, ...authorized }, req.headers, origin));
  }

  // Emitted as a decision: the answer is about it. Who signs out, say, is not refused anything.
  async function authorizeAndRecord(req: Request, res: Response): Promise<Authorized<KnownSession>> {
    const authorized = await authorizeCaller(req, res);
    ownRequestOf(res).exchange.decision = authorized.decision;
    return authorized;
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

  function sendToLauncher(req: Request, res: Response): void {
    const { request, route, exchange } = ownRequestOf(res);
    const href = parts.launcherOf(request, route.providerSlugs);
    if (href !== undefined && mayBeRedirected(request.method, req.headers)) return replyRedirect(res, href);
    return refuseWithError(exchange, 'not_found');
  }
}

// The one that signing out ends, whether it counts here and now or not.
function sessionOf(identified: Identified<KnownSession>): KnownSession | undefined {
  if (identified.kind === 'person') return identified.session;
  return identified.kind === 'visitor' ? identified.held : undefined;
}

// An image of another page could fill the browser with attempts and push out those that people are at, or use one up.
function onlyVisits(req: Request, res: Response, next: NextFunction): void {
  if (isArrival(req, res)) return next();
  return refuseWithError(ownRequestOf(res).exchange, 'cross_site_request');
}

// A service worker over our addresses, which the operator has allowed, passes every visit on.
function isArrival(req: Request, res: Response): boolean {
  const { allowRootServiceWorker } = ownRequestOf(res).route;
  return isVisit(req.method, req.headers) || (allowRootServiceWorker && isPassedOn(req.headers));
}

// No page, not even a refusal, stands where a code is in the address.
function leaveCode(req: Request, res: Response, next: NextFunction): void {
  const hasCode = new URLSearchParams(ownRequestOf(res).request.query).has('code');
  if (!hasCode || isArrival(req, res)) return next();
  return replyRedirect(res, ownEndpoints.callback.path);
}

// RFC 9110, section 15.5.6.
function onlyMethods({ methods }: OwnEndpoint): RequestHandler {
  const allowed: readonly string[] = methods === 'any' ? [] : methods;
  return function refuseOthers(req, res, next) {
    if (methods === 'any' || allowed.includes(req.method)) return next();
    res.setHeader('Allow', allowed.join(', '));
    return refuseWithError(ownRequestOf(res).exchange, 'method_not_allowed');
  };
}

// By our clock, when auth last vouched for a session; a seal from ahead of it does not say.
function checkedAt(known: KnownSession, { now, elapsed }: Clock): string | null {
  const at = now() - elapsed() + vouchedAt(known);
  return at === -Infinity ? null : isoTime(Math.floor(at / 1000));
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
