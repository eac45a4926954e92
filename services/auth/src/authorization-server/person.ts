import type { CookieScope } from '@latchkey/session';
import type { Request } from 'express';
import { sessionsIn } from '../lifecycle/open.ts';
import type { OpenSession } from '../lifecycle/open.ts';
import { beginSignIn } from '../sign-in/begin.ts';
import type { Beginning } from '../sign-in/begin.ts';
import { offerChoice } from '../sign-in/choice.ts';
import type { Providers } from '../sign-in/choice.ts';
import { signedOutMark } from '../sign-in/marks.ts';
import type { Reply } from '../web/locals.ts';

/** What finding out who is here takes. */
export type Meeting = Beginning & {
  readonly providers: Providers;
  readonly origin: string;
  readonly cookies: { readonly own: CookieScope };
};

/** Who is signed in; otherwise leads through the sign-in to an address of ours, and gives undefined. */
export async function personOrSignIn(
  req: Request,
  res: Reply,
  path: string,
  parts: Meeting,
): Promise<OpenSession | undefined> {
  const [opened] = await sessionsIn(req.headers.cookie, parts);
  if (opened !== undefined) {
    res.locals.line.user = opened.session.email;
    return opened;
  }
  const destination = { target: parts.origin + path };
  const choices = [...parts.providers.values()];
  const signedOut = signedOutMark(parts.cookies.own).read(req) !== undefined;
  const [only, ...others] = choices;
  // Anyone who presses a button on a page that was left open is not redirected: a browser holds that to `form-action`.
  if (req.method === 'POST' || signedOut || only === undefined || others.length > 0) {
    offerChoice(res, { choices, destination, selectAccount: signedOut, signedOut }, parts);
  } else {
    await beginSignIn(req, res, { provider: only, destination }, parts);
  }
  return undefined;
}
