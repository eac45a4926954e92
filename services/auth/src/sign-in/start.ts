import type { Provider } from '../providers/provider.ts';
import type { Handler } from '../web/locals.ts';
import { queryParameters } from '../web/parameters.ts';
import type { CookieScope } from '@latchkey/session';
import { beginSignIn } from './begin.ts';
import type { Beginning } from './begin.ts';
import { signedOutMark } from './marks.ts';
import { destinationOrRefuse } from './requested-return.ts';
import type { ReadingReturns } from './requested-return.ts';

type Starting = Beginning & ReadingReturns & { readonly cookies: { readonly own: CookieScope } };

/**
 * `GET /<slug>/start`: a person pressed a button to sign in. `prompt=select_account` lets them choose another account.
 * Without a return address they end at our own front page.
 */
export function start(provider: Provider, parts: Starting): Handler {
  const mark = signedOutMark(parts.cookies.own);

  return async function startSignIn(req, res) {
    const parameters = queryParameters(req);
    const selectAccount = parameters.one('prompt') === 'select_account';
    if (parameters.one('redirect_uri') === undefined) {
      mark.clear(res);
      return beginSignIn(req, res, { provider, selectAccount }, parts);
    }
    const destination = destinationOrRefuse(req, res, parameters, parts);
    if (destination === undefined) return undefined;
    mark.clear(res);
    return beginSignIn(req, res, { provider, destination, selectAccount }, parts);
  };
}
