import { ownEndpoints } from '@latchkey/contract';
import { authorityOf, replyRedirect } from '@latchkey/http';
import { isExpired } from '@latchkey/session';
import type { Attempt, AttemptCookies, Session } from '@latchkey/session';
import type { Route } from '@latchkey/upstreams';
import type { Request, Response } from 'express';
import type { SessionCookies } from '../authn/session-cookies.ts';
import { ownRequestOf } from '../endpoints/own-request.ts';
import type { AuthorizeCaller } from '../endpoints/authorize-caller.ts';
import { refuseWithError } from '../respond/refuse-with-error.ts';
import type { Addresses } from './addresses.ts';
import type { Redeem } from './redeem.ts';

const { path: callbackPath } = ownEndpoints.callback;
// RFC 6749, section 4.1.2.1: how our own address says that auth could not be asked.
const unavailable = 'temporarily_unavailable';

/**
 * `GET /oauth2/callback`: auth sends a browser back with a code.
 *
 * The state comes first: only for an attempt of this very browser is the code looked at (BuzzFeed SSO redeemed before it
 * looked). From then on the attempt is over, whatever auth answers.
 *
 * Whatever comes of it, an address with a code is left by a redirect. A page that stood there would show the address to
 * every script of the application that holds its window, and with it a code that may still be good.
 *
 * @param parts.now milliseconds since the epoch
 */
export function createCallback(parts: {
  attempts: AttemptCookies;
  redeem: Redeem;
  addresses: Addresses;
  authorizeCaller: AuthorizeCaller;
  cookies: Pick<SessionCookies, 'seal' | 'issue'>;
  now: () => number;
}): (req: Request, res: Response) => Promise<void> {
  const { attempts, redeem, addresses, authorizeCaller, cookies, now } = parts;

  return async function finishSignIn(req, res) {
    const parameters = new URLSearchParams(ownRequestOf(res).request.query);
    const attempt = await attempts.find(req.headers.cookie, parameters.get('state') ?? '');
    const code = parameters.get('code');
    if (code === null) return answerWithoutCode(req, res, attempt, parameters.get('error'));
    if (attempt?.secrets === undefined) return replyRedirect(res, await leavingCode(req, res, attempt));
    res.append('Set-Cookie', await attempts.end(attempt));
    return replyRedirect(res, await arrivalWith(code, attempt, attempt.secrets.codeVerifier, res));
  };

  // Where a browser goes with the code of its own attempt.
  async function arrivalWith(
    code: string,
    attempt: Attempt,
    codeVerifier: string,
    res: Response,
  ): Promise<string> {
    const { request, route, exchange } = ownRequestOf(res);
    try {
      const redirectUri = new URL(callbackPath, addresses.origin(request)).href;
      const session = await redeem({ code, redirectUri, codeVerifier });
      if (session === undefined || !isFor(session, authorityOf(request), route)) {
        exchange.detail = 'auth did not accept the code, or gave a session for another host or provider';
        return withoutCode(attempt);
      }
      exchange.principal = { kind: 'person', email: session.email, groups: undefined };
      res.append('Set-Cookie', cookies.issue(await cookies.seal(session), session));
      return attempt.target ?? '/';
    } catch (error) {
      exchange.error = 'sign_in_unavailable';
      exchange.detail = error instanceof Error ? error.message : 'unknown';
      return withoutCode(attempt, unavailable);
    }
  }

  function isFor(session: Session, authority: string, { providerSlugs }: Route): boolean {
    return session.aud === authority && providerSlugs.includes(session.idp) && !isExpired(session, now());
  }

  // A callback that is loaded again, or was meant for another browser. Who is signed in all the same loses nothing.
  async function leavingCode(req: Request, res: Response, used: Attempt | undefined): Promise<string> {
    return (await isSignedIn(req, res)) ? targetOf(used, res) : withoutCode(used);
  }

  async function answerWithoutCode(
    req: Request,
    res: Response,
    attempt: Attempt | undefined,
    error: string | null,
  ): Promise<void> {
    const { exchange } = ownRequestOf(res);
    const isUnavailable = attempt !== undefined && error === unavailable;
    const href = targetOf(attempt, res);
    // Of several who came with one code at once, one has the session by now, and with it the browser of all.
    if (!isUnavailable && (await isSignedIn(req, res))) return replyRedirect(res, href);
    const actions = [{ label: 'Start again', href, primary: true }];
    refuseWithError(exchange, isUnavailable ? 'sign_in_unavailable' : 'attempt_unknown', { actions });
    // It happened, and was emitted, when the code came; this page may be loaded any number of times.
    if (isUnavailable) delete exchange.error;
  }

  async function isSignedIn(req: Request, res: Response): Promise<boolean> {
    return (await authorizeCaller(req, res)).identified.kind === 'person';
  }

  // Never what the address says.
  function targetOf(attempt: Attempt | undefined, res: Response): string {
    return attempt?.target ?? `${addresses.origin(ownRequestOf(res).request)}/`;
  }
}

// The state finds the attempt again, to start anew from where it led.
function withoutCode(attempt: Attempt | undefined, error?: string): string {
  if (attempt === undefined) return callbackPath;
  const query = new URLSearchParams({ state: attempt.state, ...(error !== undefined && { error }) });
  return `${callbackPath}?${query.toString()}`;
}
