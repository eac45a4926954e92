import { isTransient, namedGroups, nameOf } from '@latchkey/access';
import {
  hasMorePairs,
  HttpError,
  isFromOwnPage,
  isPassedOn,
  isVisit,
  launcherScriptPath,
  mayBeRedirected,
  mostQueryPairs,
  personPath,
  replyJson,
  replyRedirect,
  replyText,
} from '@latchkey/http';
import { handOffCallbackPath, handOffStartPath } from '@latchkey/session';
import express from 'express';
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import type { Gate, Passage } from '../gate/gate.ts';
import { giveRenewed } from '../gate/give-renewed.ts';
import { refuseWithError } from '../gate/refuse.ts';
import type { RefuseDecision } from '../gate/refuse.ts';
import type { PersonMarks } from '../gate/person-marks.ts';
import type { SessionCookies } from '../gate/session-cookies.ts';
import type { KnownSession } from '../session-check/known-session.ts';
import type { Addresses } from '../sign-in/addresses.ts';
import { exchangeOf } from './exchange.ts';
import { replyLauncherScript } from './launcher.ts';
import type { LauncherOf } from './launcher-address.ts';
import type { ShowLauncher } from './launcher.ts';

/** The proxy's own endpoints, for requests whose path is one of `ownPaths`. */
export function createEndpoints(parts: {
  gate: Gate;
  addresses: Addresses;
  refuseDecision: RefuseDecision;
  showLauncher: ShowLauncher;
  launcherOf: LauncherOf;
  cookies: Pick<SessionCookies, 'endHost' | 'issue'>;
  marks: Pick<PersonMarks, 'tokenFor' | 'remember'>;
  /** names the session of this host to auth, when its person signs out */
  signOutHint: (known: KnownSession) => Promise<string>;
  /** `/oauth2/sign_in` and `/oauth2/callback` */
  startHandOff: RequestHandler;
  finishHandOff: RequestHandler;
  /** for upstreams that check `Sso-Signature` */
  certs: string;
}): Express {
  const { gate, addresses, refuseDecision, showLauncher, marks } = parts;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(function refuseMany(req: Request, res: Response, next: NextFunction) {
    const { request, record } = exchangeOf(req);
    if (!hasMorePairs(request.query, mostQueryPairs)) return next();
    record.detail = 'too many parameters';
    return refuseWithError(res, record, 'bad_request');
  });

  app
    .route('/robots.txt')
    .get((_req: Request, res: Response) => replyText(res, 200, 'User-agent: *\nDisallow: /\n'))
    .all(onlyGet);

  // For a server in front that asks per request (nginx auth_request). It is about the session and the host that was
  // asked for. No header says which path or host is meant instead: anybody could write it (CVE-2026-40575).
  app.all('/oauth2/auth', async function auth(req: Request, res: Response) {
    const passage = await identified(req, res);
    if (!passage.decision.allow) return refuseWithoutRedirect(req, res, passage);
    res.set('Cache-Control', 'no-store');
    return replyText(res, 202, '');
  });

  app
    .route('/oauth2/me')
    .get(async function whoAmI(req: Request, res: Response) {
      const passage = await identified(req, res);
      const { known } = passage;
      if (known === undefined) return refuseWithoutRedirect(req, res, passage);
      const { session, person } = known;
      // An allow-list: what is added to a session later stays inside until somebody lists it here (CVE-2024-39315).
      return replyJson(res, 200, {
        email: session.email,
        user: session.user,
        name: session.name ?? null,
        provider: session.idp,
        groups: namedGroups(person, exchangeOf(req).route.policy),
        signed_in_at: isoTime(session.auth_time),
        expires_at: isoTime(session.exp),
      });
    })
    .all(onlyGet);

  app
    .route('/oauth2/apps')
    .get(async function apps(req: Request, res: Response) {
      const { request, route, record } = exchangeOf(req);
      if (route.kind !== 'launcher') return sendToLauncher(req, res);
      const passage = await identified(req, res);
      if (passage.known === undefined) return refuseDecision(res, record, request, passage);
      return showLauncher(res, { request, record }, passage.known);
    })
    .all(onlyGet);
  app
    .route(launcherScriptPath)
    .get((_req: Request, res: Response) => replyLauncherScript(res))
    .all(onlyGet);

  // Without a session: whoever checks a signature is a program, and public keys are no secret.
  app
    .route('/oauth2/v1/certs')
    .get((_req: Request, res: Response) => replyText(res, 200, parts.certs))
    .all(onlyGet);

  app.route(handOffStartPath).get(onlyVisits, parts.startHandOff).all(onlyGet);
  app.route(handOffCallbackPath).get(leaveCode, onlyVisits, parts.finishHandOff).all(onlyGet);

  app
    .route(personPath)
    .get((req: Request, res: Response) => {
      const site = req.headers['sec-fetch-site'];
      const isPressed = isVisit(req.method, req.headers) && (site === undefined || site === 'same-origin');
      return goOn(req, res, isPressed);
    })
    .post((req: Request, res: Response) =>
      goOn(req, res, isFromOwnPage(req.headers, addresses.origin(exchangeOf(req).request))),
    )
    .all(onlyMethods('GET, HEAD, POST'));

  app.all('/oauth2/sign_out', async function signOut(req: Request, res: Response) {
    const { request, route, record } = exchangeOf(req);
    if (!isVisit(request.method, req.headers) && !isFromOwnPage(req.headers, addresses.origin(request))) {
      return refuseWithError(res, record, 'cross_site_request');
    }
    const { known, decision } = await identified(req, res);
    const hint = known?.session.host_only === true ? await parts.signOutHint(known) : undefined;
    // Auth asks before it signs anybody out. Its answer reaches a session that was handed over at that one's next check; until
    // then its cookie would live on. Who stays signed in after all gets it back without a word.
    if (!isTransient(decision.reason)) res.append('Set-Cookie', parts.cookies.endHost());
    return replyRedirect(res, addresses.signOut(request, route.providerSlug, hint));
  });

  app.use(function failed(error: Error, req: Request, res: Response, _next: NextFunction) {
    const { record } = exchangeOf(req);
    if (error instanceof HttpError) {
      res.set(error.headers);
      return refuseWithError(res, record, error.code);
    }
    record.detail = error.message;
    return refuseWithError(res, record, 'internal_error');
  });
  return app;

  /** @param isPressed by a button of the page that this browser was shown; it is for no other person who has come since */
  async function goOn(req: Request, res: Response, isPressed: boolean): Promise<void> {
    const { request } = exchangeOf(req);
    const parameters = new URLSearchParams(request.query);
    const { arrived } = await identified(req, res);
    const token = arrived && marks.tokenFor(req.headers.cookie, arrived.session);
    if (arrived !== undefined && isPressed && token === parameters.get('person')) {
      res.append('Set-Cookie', marks.remember(arrived.session));
    }
    replyRedirect(res, addresses.ownTarget(request, parameters));
  }

  function sendToLauncher(req: Request, res: Response): void {
    const { request, route, record } = exchangeOf(req);
    const href = parts.launcherOf(request, route);
    if (href !== undefined && mayBeRedirected(request.method, req.headers)) return replyRedirect(res, href);
    return refuseWithError(res, record, 'not_found');
  }

  async function identified(req: Request, res: Response): Promise<Passage> {
    const { request, route, record } = exchangeOf(req);
    const passage = await gate.passAsPerson(request, req.headers, route);
    record.principal = passage.principal;
    record.decision = passage.decision;
    giveRenewed(res, passage, parts.cookies);
    return passage;
  }
}

// Whoever asks here is a program: it is told, not sent anywhere. A server in front sends people to the sign-in for 401 (nginx:
// `error_page 401`), so a person who is signed in and may not pass would go round in circles.
function refuseWithoutRedirect(req: Request, res: Response, { decision, principal }: Passage): void {
  const { reason, rule = '' } = decision;
  const { record } = exchangeOf(req);
  if (isTransient(reason)) return refuseWithError(res, record, 'session_unverified', { reason });
  if (principal.kind === 'visitor') return refuseWithError(res, record, 'not_signed_in', { reason });
  return refuseWithError(res, record, 'access_denied', {
    reason,
    extra: { email: nameOf(principal) ?? '', rule },
  });
}

// An image of another page could fill the browser with attempts and push out those that people are at, or use one up.
function onlyVisits(req: Request, res: Response, next: NextFunction): void {
  if (isArrival(req)) return next();
  return refuseWithError(res, exchangeOf(req).record, 'cross_site_request');
}

// A service worker over our addresses, which the operator has allowed, passes every visit on.
function isArrival(req: Request): boolean {
  const { allowRootServiceWorker } = exchangeOf(req).route;
  return isVisit(req.method, req.headers) || (allowRootServiceWorker && isPassedOn(req.headers));
}

// No page, not even a refusal, stands where a code is in the address.
function leaveCode(req: Request, res: Response, next: NextFunction): void {
  const hasCode = new URLSearchParams(exchangeOf(req).request.query).has('code');
  if (!hasCode || isArrival(req)) return next();
  return replyRedirect(res, handOffCallbackPath);
}

function onlyGet(req: Request, res: Response): void {
  onlyMethods('GET, HEAD')(req, res);
}

function onlyMethods(allowed: string) {
  return function refuseMethod(req: Request, res: Response): void {
    res.setHeader('Allow', allowed);
    refuseWithError(res, exchangeOf(req).record, 'method_not_allowed');
  };
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
