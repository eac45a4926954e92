import { homePage, replyPage } from '@latchkey/web-pages';
import type { Provider } from '../providers/provider.ts';
import { sessionsIn } from '../session/open.ts';
import type { Opening } from '../session/open.ts';
import type { Linking } from './destination.ts';
import { startHref } from './links.ts';
import type { Handler } from '../web/locals.ts';

/** `GET /`: who is signed in, or every way of signing in. */
export function home(
  parts: Opening & Linking & { readonly providers: ReadonlyMap<string, Pick<Provider, 'name' | 'slug'>> },
): Handler {
  return async function showHome(req, res) {
    const [opened] = await sessionsIn(req.headers.cookie, parts);
    const providers = [...parts.providers.values()].map(({ slug, name }) => ({
      name,
      href: startHref(slug, {}, parts),
    }));
    const session = opened?.session;
    const signedIn = session && { email: session.email, signOutHref: `/${session.idp}/sign_out` };
    replyPage(res, 200, homePage({ session: signedIn, providers, requestId: res.locals.line.id }));
  };
}
