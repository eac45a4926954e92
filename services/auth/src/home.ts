import { homePage, replyPage } from '@latchkey/http';
import type { Context } from './context.ts';
import { sessionsIn } from './session/open.ts';
import { startHref } from './sign-in/links.ts';
import type { Handler } from './web/locals.ts';

/** `GET /`: who is signed in, or every way of signing in. */
export function home(context: Context): Handler {
  return async function showHome(req, res) {
    const [opened] = await sessionsIn(req.headers.cookie, context);
    const providers = [...context.providers.values()].map(({ slug, name }) => ({
      name,
      href: startHref(slug, {}, context),
    }));
    const session = opened?.session;
    const signedIn = session && { email: session.email, signOutHref: `/${session.idp}/sign_out` };
    replyPage(res, 200, homePage({ session: signedIn, providers, requestId: res.locals.line.id }));
  };
}
