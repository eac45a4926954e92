import { namedGroups } from '@latchkey/access';
import { refusalOf } from '@latchkey/admission';
import type { Authorized } from '@latchkey/admission';
import { mayBeRedirected, replyJson, replyRedirect, replyText } from '@latchkey/http';
import type { Clock } from '@latchkey/http';
import { refreshedPage, replyPage } from '@latchkey/web-pages';
import type { Request, RequestHandler, Response } from 'express';
import { vouchedAt } from '../authn/session-state.ts';
import type { KnownSession } from '../authn/session-state.ts';
import { refuseWithError } from '../respond/refuse-with-error.ts';
import { refuseWithoutRedirect } from '../respond/refuse-without-redirect.ts';
import type { Refuse } from '../respond/refuse.ts';
import type { Addresses } from '../sign-in/addresses.ts';
import type { AuthorizeCaller } from './authorize-caller.ts';
import type { LauncherOf } from './launcher-address.ts';
import type { RenderLauncher } from './launcher.ts';
import { ownRequestOf } from './own-request.ts';

/** What the endpoints about the caller answer with. */
export type CallerEndpointParts = {
  readonly authorizeCaller: AuthorizeCaller;
  readonly addresses: Pick<Addresses, 'origin'>;
  readonly refuse: Refuse;
  readonly showLauncher: RenderLauncher;
  readonly launcherOf: LauncherOf;
  readonly clock: Clock;
};

/** The endpoints that answer about who calls: whether they may pass, who they are, and what they may open. */
export function createCallerEndpoints(parts: CallerEndpointParts): {
  readonly auth: (yes: 200 | 202) => RequestHandler;
  readonly me: RequestHandler;
  readonly apps: RequestHandler;
  readonly refresh: RequestHandler;
} {
  const { authorizeCaller, addresses, refuse, showLauncher } = parts;
  return { auth: answerAuth, me: answerMe, apps: answerApps, refresh: answerRefresh };

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

  // Emitted as a decision: the answer is about it.
  async function authorizeAndRecord(req: Request, res: Response): Promise<Authorized<KnownSession>> {
    const authorized = await authorizeCaller(req, res);
    ownRequestOf(res).exchange.decision = authorized.decision;
    return authorized;
  }

  function sendToLauncher(req: Request, res: Response): void {
    const { request, route, exchange } = ownRequestOf(res);
    const href = parts.launcherOf(request, route.providerSlugs);
    if (href !== undefined && mayBeRedirected(request.method, req.headers)) return replyRedirect(res, href);
    return refuseWithError(exchange, 'not_found');
  }
}

// By our clock, when auth last vouched for a session; a seal from ahead of it does not say.
function checkedAt(known: KnownSession, { now, elapsed }: Clock): string | null {
  const at = now() - elapsed() + vouchedAt(known);
  return at === -Infinity ? null : isoTime(Math.floor(at / 1000));
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
