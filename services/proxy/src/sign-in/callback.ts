import { authorityOf, replyRedirect } from '@latchkey/http';
import type { ErrorCode } from '@latchkey/http';
import { handOffCallbackPath, isExpired } from '@latchkey/session';
import type { Attempt, AttemptCookies, Session } from '@latchkey/session';
import type { Request, Response } from 'express';
import { exchangeOf } from '../endpoints/exchange.ts';
import type { Gate } from '../gate/gate.ts';
import type { SessionCookies } from '../gate/session-cookies.ts';
import { refuseWithError } from '../gate/refuse.ts';
import type { Addresses } from './addresses.ts';
import type { Redeem } from './redeem.ts';

/**
 * `GET /oauth2/callback`: auth sends a browser back with a code.
 *
 * The state comes first: only for an attempt of this very browser is the code looked at (BuzzFeed SSO redeemed before it
 * looked). From then on the attempt is over, whatever auth answers.
 *
 * @param parts.now milliseconds since the epoch
 */
export function createCallback(parts: {
  attempts: AttemptCookies;
  redeem: Redeem;
  addresses: Addresses;
  gate: Gate;
  cookies: Pick<SessionCookies, 'seal' | 'issue'>;
  now: () => number;
}): (req: Request, res: Response) => Promise<void> {
  const { attempts, redeem, addresses, gate, cookies, now } = parts;

  return async function finishHandOff(req, res) {
    const { request } = exchangeOf(req);
    const parameters = new URLSearchParams(request.query);
    const attempt = await attempts.find(req.headers.cookie, parameters.get('state') ?? '');
    if (attempt?.secrets === undefined) return answerUnknown(req, res, attempt);

    res.append('Set-Cookie', await attempts.end(attempt));
    const target = attempt.target ?? '/';
    const { record } = exchangeOf(req);
    try {
      const session = await redeem({
        code: parameters.get('code') ?? '',
        redirectUri: new URL(handOffCallbackPath, addresses.origin(request)).href,
        codeVerifier: attempt.secrets.codeVerifier,
      });
      if (session === undefined || !isFor(session, authorityOf(request), attempt)) {
        record.detail = 'auth does not take the code, or gave a session for something else';
        return startAgain(req, res, 'attempt_unknown', target);
      }
      record.subject = { kind: 'person', email: session.email, groups: undefined };
      res.append('Set-Cookie', cookies.issue(await cookies.seal(session), session));
    } catch (error) {
      record.detail = error instanceof Error ? error.message : 'unknown';
      return startAgain(req, res, 'sign_in_unavailable', target);
    }
    return replyRedirect(res, target);
  };

  function isFor(session: Session, authority: string, attempt: Attempt): boolean {
    return session.aud === authority && session.idp === attempt.slug && !isExpired(session, now());
  }

  // A callback that is loaded again, or was meant for another browser. Who is signed in all the same loses nothing.
  async function answerUnknown(req: Request, res: Response, used: Attempt | undefined): Promise<void> {
    const { request, route } = exchangeOf(req);
    const target = used?.target ?? `${addresses.origin(request)}/`;
    const { known } = await gate.passAsPerson(request, req.headers, route);
    if (known !== undefined) return replyRedirect(res, target);
    // The code is still good, for whoever made this browser come here with it. It leaves the address bar, and with it the
    // history and whatever the application may see of its own windows.
    if (request.query !== '') return replyRedirect(res, handOffCallbackPath);
    return startAgain(req, res, 'attempt_unknown', target);
  }
}

function startAgain(req: Request, res: Response, code: ErrorCode, href: string): void {
  const actions = [{ label: 'Start again', href, primary: true }];
  refuseWithError(res, exchangeOf(req).record, code, { actions });
}
