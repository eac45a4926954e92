import { replyRedirect } from '@latchkey/http';
import { cookieNames } from '@latchkey/session';
import type { Request } from 'express';
import type { Context } from '../context.ts';
import { replyFailure } from '../web/failure.ts';
import type { Reply } from '../web/locals.ts';
import { tripsCookie } from './marks.ts';
import { countReturn, readTrips, writeTrips } from './round-trips.ts';

/** How the proxy says that the cookie did come, and that it could not open it. */
const unreadable = 'session_unreadable';

/**
 * Sends a browser back to where it came from, unless it keeps coming back from there without a session.
 *
 * @param target where to; our own front page where there is none
 * @param began when this round trip began, milliseconds since the epoch
 * @param reason why the proxy sent the browser here, as it says itself
 */
export function sendBack(
  req: Request,
  res: Reply,
  { target, began, reason }: { target: string | undefined; began: number; reason?: string | undefined },
  context: Context,
): void {
  if (target === undefined) return replyRedirect(res, '/');
  const cookie = tripsCookie(context.cookies.own);
  const { isLoop, trips } = countReturn(readTrips(cookie.read(req)), target, { began, now: context.now() });
  cookie.set(res, writeTrips(trips), 60);
  if (isLoop) return refuseLoop(req, res, { target, reason }, context);
  return replyRedirect(res, target);
}

function refuseLoop(
  req: Request,
  res: Reply,
  { target, reason }: { target: string; reason: string | undefined },
  { cookies, returns }: Context,
): void {
  const { name } = cookies.session;
  const wasSent = cookieNames(req.headers.cookie).includes(name);
  replyFailure(req, res, {
    code: 'redirect_loop',
    detail: `cookie ${wasSent ? 'present' : 'missing'} here, the proxy says ${reason === unreadable ? reason : 'nothing'}`,
    facts: [
      ['Cookie', name],
      ['Set for', returns.cookieDomain ?? returns.ownHost],
      ['Sent to this page', wasSent ? 'yes' : 'no'],
      ['Application', new URL(target).host],
    ],
    paragraphs: [likelyCause({ wasSent, reason, isHttps: target.startsWith('https:') })],
    actions: [{ label: 'Try again', href: target, primary: true }],
  });
}

function likelyCause({
  wasSent,
  reason,
  isHttps,
}: {
  wasSent: boolean;
  reason: string | undefined;
  isHttps: boolean;
}) {
  if (reason === unreadable) {
    return 'The application receives the cookie and cannot read it. For the people who run it: SESSION_COOKIE_SECRET differs between the services.';
  }
  if (wasSent) {
    return 'The cookie reaches this page and not the application. For the people who run it: SESSION_COOKIE_NAME differs between the services, or their clocks do.';
  }
  if (!isHttps) return 'The application is opened over plain HTTP, where a browser sends no Secure cookie.';
  return 'The browser does not send the cookie at all. Private windows, strict privacy settings and extensions do that.';
}
