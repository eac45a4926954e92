import { clockSkewMs, isOlderThan, isProvedWithin } from '@latchkey/session';
import type { Session } from '@latchkey/session';
import type { ClientSettings } from '@latchkey/settings';
import { replyPage, signInPage } from '@latchkey/web-pages';
import type { Provider } from '../providers/provider.ts';
import { renewedSession } from '../tokens/introspect.ts';
import { sessionSetCookie } from '../session/issue.ts';
import type { Sealing } from '../session/issue.ts';
import { sessionsIn } from '../session/open.ts';
import type { Opening } from '../session/open.ts';
import type { Handler } from '../web/locals.ts';
import { replyFailure } from '../web/failure.ts';
import { queryParameters } from '../web/parameters.ts';
import type { Parameters } from '../web/parameters.ts';
import { beginSignIn } from './begin.ts';
import type { Beginning } from './begin.ts';
import { over } from './destination.ts';
import type { Destination } from './destination.ts';
import { startHref } from './links.ts';
import { signedOutMark } from './marks.ts';
import { destinationOrRefuse } from './requested-return.ts';
import type { ReadingReturns } from './requested-return.ts';
import { sendBack } from './send-back.ts';
import type { SendingBack } from './send-back.ts';

type SigningIn = Opening &
  Sealing &
  ReadingReturns &
  Beginning &
  SendingBack & { readonly client: Pick<ClientSettings, 'id'> };

/**
 * `GET /<slug>/sign_in`: where the proxy sends whoever comes without a session.
 *
 * Who has a session goes straight back, everybody else straight to the provider. Only after a sign-out there is a page
 * between, and the provider is asked to let them choose: it still remembers the person and would undo the sign-out.
 */
export function signIn(provider: Provider, parts: SigningIn): Handler {
  const mark = signedOutMark(parts.cookies.own);

  return async function startOrReturn(req, res) {
    const parameters = queryParameters(req);
    if (parameters.one('client_id') !== parts.client.id) {
      return replyFailure(req, res, {
        code: 'return_address_refused',
        detail: 'client_id is not CLIENT_PROXY_ID',
      });
    }
    const destination = destinationOrRefuse(req, res, parameters, parts);
    if (destination === undefined) return undefined;

    const maxAgeMs = maxAgeOf(parameters);
    const sessions = await sessionsIn(req.headers.cookie, parts);
    const opened = sessions.find(
      ({ session }) =>
        session.idp === provider.slug &&
        !isOlderThan(session, maxAgeMs, parts.now()) &&
        isProved(session, destination, parts.now()),
    );
    if (opened !== undefined) {
      res.locals.line.user = opened.session.email;
      // What has been called over once stays so for the proxy, which would send its browser here again: it stands by our
      // settings of now, or by another task of ours, so there is a new seal to ask about.
      const isCalledOver = destination.reason === over;
      const renewed =
        (await renewedSession(opened.session, opened.known, parts)) ??
        (isCalledOver ? opened.session : undefined);
      if (renewed !== undefined) res.append('Set-Cookie', await sessionSetCookie(renewed, parts));
      const session = renewed ?? opened.session;
      const began = beganAt(parameters, parts.now());
      return sendBack(req, res, { destination, session, began }, parts);
    }
    if (mark.read(req) === undefined) return beginSignIn(req, res, { provider, destination }, parts);

    const href = startHref(provider.slug, { destination, selectAccount: true }, parts);
    const providers = [{ name: provider.name, href }];
    const requestId = res.locals.line.id;
    const application = new URL(destination.target).hostname;
    return replyPage(res, 200, signInPage({ providers, application, signedOut: true, requestId }));
  };
}

// OpenID Connect Core, section 3.1.2.1: who signed in longer ago than these seconds signs in again. By a clock that is
// ahead of ours a session ends earlier than by ours, and would come back again and again until ours has caught up.
function maxAgeOf(parameters: Parameters): number {
  const given = parameters.one('max_age');
  return given !== undefined && /^\d{1,10}$/.test(given) ? Number(given) * 1000 - clockSkewMs : Infinity;
}

// Earlier than the proxy by as much as clocks differ, or a session would be good here and not there.
function isProved(session: Session, { provedWithin }: Destination, now: number): boolean {
  return provedWithin === undefined || isProvedWithin(session, provedWithin * 1000 - clockSkewMs, now);
}

// When the proxy sent the browser here, by its own word: many tabs are sent at one moment, a loop one after the other.
function beganAt(parameters: Parameters, now: number): number {
  const given = parameters.one('began') ?? '';
  return /^\d{1,15}$/.test(given) ? Math.min(Number(given), now) : now;
}
