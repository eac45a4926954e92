import { openSession, seal } from '@latchkey/session';
import type { KeyRing, Session } from '@latchkey/session';
import type { SessionCookies } from './session-cookies.ts';

/**
 * How the proxy and auth show each other a session. For a shared one that is the cookie's value itself. One that was handed
 * over is in a cookie that only the proxies open, so between the services it is sealed with a key of theirs.
 */
export type SessionTokens = {
  /** What to show auth of a session that came in a cookie of this value. */
  toShow(session: Session, cookieValue: string): Promise<string>;
  /** The session for one host that auth gave; undefined for anything else. */
  open(token: string): Promise<Session | undefined>;
  /** The cookie's value after auth renewed a session. */
  renewed(session: Session, token: string): Promise<string>;
};

/**
 * @param keys of the purpose `session token`
 * @param cookies of sessions for one host
 */
export function sessionTokens(keys: KeyRing, cookies: Pick<SessionCookies, 'seal'>): SessionTokens {
  async function open(token: string): Promise<Session | undefined> {
    const session = await openSession(token, keys);
    return session?.host_only === true ? session : undefined;
  }

  return {
    open,
    async toShow(session, cookieValue) {
      return session.host_only === true ? seal(session, keys) : cookieValue;
    },
    async renewed(session, token) {
      if (session.host_only !== true) return token;
      const renewed = await open(token);
      if (renewed === undefined) throw new Error('auth renewed a session in a form that does not open');
      return cookies.seal(renewed);
    },
  };
}
