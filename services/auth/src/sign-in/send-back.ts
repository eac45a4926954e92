import { replyRedirect } from '@latchkey/http';
import { cookieNames } from '@latchkey/session';
import type { CookieScope, Session, SessionCookie } from '@latchkey/session';
import type { Request } from 'express';
import { replyFailure } from '../web/failure.ts';
import type { Reply } from '../web/locals.ts';
import { addressOf, unreadable, deliveryTo } from './destination.ts';
import type { Addressing, Destination } from './destination.ts';
import { tripsCookie } from './marks.ts';
import { countReturn, readTrips, writeTrips } from './round-trips.ts';

/** What sending a browser back takes. */
export type SendingBack = Addressing & {
  readonly cookies: { readonly session: Pick<SessionCookie, 'name'>; readonly own: CookieScope };
};

/** One way back: where to, with which session, and when the round trip began (milliseconds since the epoch). */
export type ReturnTrip = {
  /** absent: our own front page */
  readonly destination: Destination | undefined;
  readonly session: Session;
  readonly began: number;
};

/** Sends a browser back to where it came from, unless it keeps coming back from there without a session. */
export async function sendBack(
  req: Request,
  res: Reply,
  { destination, session, began }: ReturnTrip,
  parts: SendingBack,
): Promise<void> {
  if (destination === undefined) return replyRedirect(res, '/');
  // Who is sent to where a sign-in by code begins comes back with it, and is counted then.
  if (deliveryTo(destination, parts) !== 'start') {
    const cookie = tripsCookie(parts.cookies.own);
    const times = { began, now: parts.now() };
    const { isLoop, trips } = countReturn(readTrips(cookie.read(req)), destination.target, times);
    cookie.set(res, writeTrips(trips), 60);
    if (isLoop) return refuseLoop(req, res, destination, parts);
  }
  return replyRedirect(res, await addressOf(destination, session, parts));
}

function refuseLoop(
  req: Request,
  res: Reply,
  { target, codeRequest, reason }: Destination,
  { cookies, returns }: SendingBack,
): void {
  const { name } = cookies.session;
  const wasSent = cookieNames(req.headers.cookie).includes(name);
  const isShared = codeRequest === undefined;
  const host = new URL(target).host;
  replyFailure(req, res, {
    code: 'redirect_loop',
    detail: `cookie ${wasSent ? 'present' : 'missing'} here, the proxy says ${reason === unreadable ? reason : 'nothing'}`,
    facts: [
      ['Cookie', name],
      ['Set for', isShared ? (returns.cookieDomain ?? returns.ownHost) : host],
      ['Sent to this page', wasSent ? 'yes' : 'no'],
      ['Application', host],
    ],
    paragraphs: [likelyCause({ wasSent, reason, isHttps: target.startsWith('https:'), isShared })],
    actions: [{ label: 'Try again', href: target, primary: true }],
  });
}

function likelyCause({
  wasSent,
  reason,
  isHttps,
  isShared,
}: {
  wasSent: boolean;
  reason: string | undefined;
  isHttps: boolean;
  isShared: boolean;
}) {
  if (reason === unreadable) {
    return 'The application receives the cookie and cannot read it. For the people who run it: SESSION_COOKIE_SECRET differs between the tasks of the proxy.';
  }
  if (wasSent && isShared) {
    return 'The cookie reaches this page and not the application. For the people who run it: SESSION_COOKIE_NAME differs between the services, or their clocks do.';
  }
  if (!isHttps) return 'The application is opened over plain HTTP, where a browser sends no Secure cookie.';
  if (wasSent) {
    return 'The browser was handed a session for the application and does not send it there. Private windows, strict privacy settings and extensions do that.';
  }
  return 'The browser does not send the cookie at all. Private windows, strict privacy settings and extensions do that.';
}
