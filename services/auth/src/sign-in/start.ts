import type { Provider } from '../providers/provider.ts';
import type { Handler } from '../web/locals.ts';
import { queryParameters } from '../web/parameters.ts';
import type { CookieScope } from '@latchkey/session';
import { beginSignIn } from './begin.ts';
import type { Beginning } from './begin.ts';
import { choicesOf, offerChoice } from './choice.ts';
import type { Providers } from './choice.ts';
import { signedOutMark } from './marks.ts';
import { destinationOrRefuse } from './requested-return.ts';
import type { ReadingReturns } from './requested-return.ts';

type Starting = Beginning &
  ReadingReturns & { readonly cookies: { readonly own: CookieScope }; readonly providers: Providers };

/**
 * `GET /<slug>/start`: a person pressed a button to sign in. `prompt=select_account` lets them choose another account.
 * Without a return address they end at our own front page. Where there are several providers to choose from, they do that
 * first.
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
    const choices = choicesOf(provider, destination, parts.providers);
    const [only = provider, ...others] = choices;
    if (others.length > 0) return offerChoice(res, { choices, destination, selectAccount }, parts);
    mark.clear(res);
    return beginSignIn(req, res, { provider: only, destination, selectAccount }, parts);
  };
}
