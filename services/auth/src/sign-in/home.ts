import { isVisit, replyRedirect } from '@latchkey/http';
import type { CookieScope } from '@latchkey/session';
import { homePage, replyPage } from '@latchkey/web-pages';
import { accountPath } from '../account/path.ts';
import type { Provider } from '../providers/provider.ts';
import { sessionsIn } from '../lifecycle/open.ts';
import type { Opening } from '../lifecycle/open.ts';
import type { Linking } from './destination.ts';
import { startHref } from './links.ts';
import { toAccountMark } from './marks.ts';
import type { Handler } from '../web/locals.ts';

/** `GET /`: who is signed in, or every way of signing in. */
export function home(
  parts: Opening &
    Linking & {
      readonly providers: ReadonlyMap<string, Pick<Provider, 'name' | 'slug'>>;
      readonly cookies: { readonly own: CookieScope };
    },
): Handler {
  const toAccount = toAccountMark(parts.cookies.own);

  return async function showHome(req, res) {
    const [opened] = await sessionsIn(req.headers.cookie, parts);
    if (opened !== undefined && toAccount.read(req) !== undefined && isVisit(req.method, req.headers)) {
      toAccount.clear(res);
      return replyRedirect(res, accountPath);
    }
    const providers = [...parts.providers.values()].map(({ slug, name }) => ({
      name,
      href: startHref(slug, {}, parts),
    }));
    const session = opened?.session;
    const signedIn = session && {
      email: session.email,
      sessionsHref: accountPath,
      signOutHref: `/${session.idp}/sign_out`,
    };
    return replyPage(res, 200, homePage({ session: signedIn, providers, requestId: res.locals.line.id }));
  };
}
