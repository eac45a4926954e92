import cookieParser from 'cookie-parser';
import { replyJson, replyRedirect, replyText } from '@latchkey/http';
import express from 'express';
import type { Express, NextFunction, Request, Response } from 'express';
import { decideAbout } from '../gate/gate.ts';
import type { Gate } from '../gate/gate.ts';
import { refuseWithError } from '../gate/refuse.ts';
import type { Addresses } from '../sign-in/addresses.ts';
import { exchangeOf } from './exchange.ts';

/**
 * The paths that are ours on every host. They hide an upstream's own, so the list is exact: everything else below
 * `/oauth2/` belongs to the upstream.
 */
export const ownPaths: ReadonlySet<string> = new Set([
  '/robots.txt',
  '/oauth2/auth',
  '/oauth2/me',
  '/oauth2/sign_out',
]);

/** The proxy's own endpoints, for requests whose path is one of `ownPaths`. */
export function createEndpoints(parts: { gate: Gate; addresses: Addresses }): Express {
  const { gate, addresses } = parts;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(cookieParser());

  app.get('/robots.txt', function robots(_req: Request, res: Response) {
    replyText(res, 200, 'User-agent: *\nDisallow: /\n');
  });

  // For a server in front that asks per request (nginx auth_request). It is about the session and the host that was
  // asked for. No header says which path or host is meant instead: anybody could write it (CVE-2026-40575).
  app.all('/oauth2/auth', async function auth(req: Request, res: Response) {
    const { request, route, record } = exchangeOf(req);
    const { subject, known } = await gate.identify(request, req.headers, route);
    record.subject = subject;
    if (known !== undefined) record.decision = decideAbout(known, route);
    if (record.decision?.allow === true) replyText(res, 202, '');
    else
      refuseWithError(res, record, 'not_signed_in', subject.kind === 'nobody' ? { reason: subject.why } : {});
  });

  app.get('/oauth2/me', async function whoAmI(req: Request, res: Response) {
    const { request, route, record } = exchangeOf(req);
    const { subject, known } = await gate.identify(request, req.headers, route);
    record.subject = subject;
    if (known === undefined) {
      refuseWithError(res, record, 'not_signed_in', subject.kind === 'nobody' ? { reason: subject.why } : {});
      return;
    }
    const { session, person } = known;
    // An allow-list: what is added to a session later stays inside until somebody lists it here (CVE-2024-39315).
    replyJson(res, 200, {
      email: session.email,
      user: session.user,
      name: session.name ?? null,
      provider: session.idp,
      groups: (person.groups ?? []).filter((group) => route.rules.groups.includes(group)),
      signed_in_at: isoTime(session.auth_time),
      expires_at: isoTime(session.exp),
    });
  });

  app.all('/oauth2/sign_out', function signOut(req: Request, res: Response) {
    const { request, route } = exchangeOf(req);
    replyRedirect(res, addresses.signOut(request, route.providerSlug));
  });

  app.use(function wrongMethod(req: Request, res: Response) {
    refuseWithError(res, exchangeOf(req).record, 'method_not_allowed');
  });
  app.use(function failed(error: Error, req: Request, res: Response, _next: NextFunction) {
    const { record } = exchangeOf(req);
    record.detail = error.message;
    refuseWithError(res, record, 'internal_error');
  });
  return app;
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
