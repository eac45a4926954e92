import { clockSkewMs, isOlderThan, isProvedWithin } from '@latchkey/session';
import type { Session } from '@latchkey/session';
import type { ClientSettings } from '@latchkey/settings';
import type { Provider } from '../providers/provider.ts';
import { renewedSession } from '../service-endpoints/introspect.ts';
import { sessionSetCookie } from '../lifecycle/issue.ts';
import type { Sealing } from '../lifecycle/issue.ts';
import { sessionsIn } from '../lifecycle/open.ts';
import type { Opening } from '../lifecycle/open.ts';
import type { Handler } from '../web/locals.ts';
import { replyFailure } from '../web/failure.ts';
import { queryParameters } from '../web/parameters.ts';
import type { Parameters } from '../web/parameters.ts';
import { beginSignIn } from './begin.ts';
import type { Beginning } from './begin.ts';
import { choicesOf, offerChoice } from './choice.ts';
import type { Providers } from './choice.ts';
import { over } from './destination.ts';
import type { Destination } from './destination.ts';
import { signedOutMark } from './marks.ts';
import { destinationOrRefuse } from './requested-return.ts';
import type { ReadingReturns } from './requested-return.ts';
import { sendBack } from './send-back.ts';
import type { SendingBack } from './send-back.ts';

type SigningIn = Opening &
  Sealing &
  ReadingReturns &
  Beginning &
  SendingBack & { readonly client: Pick<ClientSettings, 'id'>; readonly providers: Providers };

/**
 * `GET /<slug>/sign_in`: where the proxy sends visits without a session.
 *
 * Who has a session goes straight back, everybody else straight to the provider. Only where there are several to choose
 * from, and after a sign-out, there is a page between. After a sign-out the provider is asked to let them choose an account:
 * it still remembers the person and would undo the sign-out.
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
    const choices = choicesOf(provider, destination, parts.providers);
    const sessions = await sessionsIn(req.headers.cookie, parts);
    const opened = sessions.find(
      ({ session }) =>
        choices.some(({ slug }) => slug === session.idp) &&
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
    const signedOut = mark.read(req) !== undefined;
    const [only, ...others] = choices;
    if (!signedOut && only !== undefined && others.length === 0) {
      return beginSignIn(req, res, { provider: only, destination }, parts);
    }
    return offerChoice(res, { choices, destination, selectAccount: signedOut, signedOut }, parts);
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
