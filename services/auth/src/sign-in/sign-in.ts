import { replyPage, signInPage } from '@latchkey/http';
import type { Context } from '../context.ts';
import type { Provider } from '../providers/provider.ts';
import { sessionsIn } from '../session/open.ts';
import type { Handler } from '../web/locals.ts';
import { replyFailure } from '../web/failure.ts';
import { queryParameters } from '../web/parameters.ts';
import { beginSignIn } from './begin.ts';
import { startHref } from './links.ts';
import { signedOutMark } from './marks.ts';
import { requestedReturn, returnOrRefuse } from './requested-return.ts';
import { sendBack } from './send-back.ts';

/**
 * `GET /<slug>/sign_in`: where the proxy sends whoever comes without a session.
 *
 * Who has a session goes straight back, everybody else straight to the provider. Only after a sign-out there is a page
 * between, and the provider is asked to let them choose: it still remembers the person and would undo the sign-out.
 */
export function signIn(provider: Provider, context: Context): Handler {
  const mark = signedOutMark(context.cookies.own);

  return async function startOrReturn(req, res) {
    const parameters = queryParameters(req);
    if (parameters.one('client_id') !== context.client.id) {
      return replyFailure(req, res, {
        code: 'return_address_refused',
        detail: 'client_id is not CLIENT_PROXY_ID',
      });
    }
    const address = returnOrRefuse(req, res, requestedReturn(parameters, context), context);
    if (address === undefined) return undefined;

    const sessions = await sessionsIn(req.headers.cookie, context);
    const session = sessions.find(({ idp }) => idp === provider.slug);
    if (session !== undefined) {
      res.locals.line.user = session.email;
      const trip = { target: address.url, began: context.now(), reason: parameters.one('reason') };
      return sendBack(req, res, trip, context);
    }
    if (mark.read(req) === undefined) {
      return beginSignIn(req, res, { provider, target: address.url }, context);
    }

    const href = startHref(provider.slug, { target: address.url, selectAccount: true }, context);
    const providers = [{ name: provider.name, href }];
    const requestId = res.locals.line.id;
    return replyPage(
      res,
      200,
      signInPage({ providers, application: address.host, signedOut: true, requestId }),
    );
  };
}
