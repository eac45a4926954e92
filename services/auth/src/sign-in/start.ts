import type { Context } from '../context.ts';
import type { Provider } from '../providers/provider.ts';
import type { Handler } from '../web/locals.ts';
import { queryParameters } from '../web/parameters.ts';
import { beginSignIn } from './begin.ts';
import { signedOutMark } from './marks.ts';
import { destinationOrRefuse } from './requested-return.ts';

/**
 * `GET /<slug>/start`: a person pressed a button to sign in. `prompt=select_account` lets them choose another account.
 * Without a return address they end at our own front page.
 */
export function start(provider: Provider, context: Context): Handler {
  const mark = signedOutMark(context.cookies.own);

  return async function startSignIn(req, res) {
    const parameters = queryParameters(req);
    const selectAccount = parameters.one('prompt') === 'select_account';
    if (parameters.one('redirect_uri') === undefined) {
      mark.clear(res);
      return beginSignIn(req, res, { provider, selectAccount }, context);
    }
    const destination = destinationOrRefuse(req, res, parameters, context);
    if (destination === undefined) return undefined;
    mark.clear(res);
    return beginSignIn(req, res, { provider, destination, selectAccount }, context);
  };
}
