import { clearCookie, endSessionCookie } from '@latchkey/session';
import type { CookieScope, SessionCookie } from '@latchkey/session';
import type { Reply } from '../web/locals.ts';

type Cookies = { readonly session: SessionCookie; readonly own: CookieScope };

/** Takes the session cookie out of a browser. */
export function takeSessionCookie(res: Reply, { session, own }: Cookies): void {
  res.append('Set-Cookie', endSessionCookie(session));
  // One of our name for this host alone is not ours where there is a common domain, and would hide the next one.
  if (session.scope.domain !== undefined) res.append('Set-Cookie', clearCookie(session.name, own));
}
