import { endSessionCookie, isWithinDomain, issueSessionCookie, sessionCookie } from '@latchkey/session';
import type { KeyRing, Session, SessionCookie } from '@latchkey/session';

/** The cookies in which a session may come: the shared one, and the one of a single host that a session was handed over to. */
export type SessionCookies = {
  readonly keys: KeyRing;
  /** as browsers send them */
  readonly names: readonly string[];
  readonly host: SessionCookie;
  /** whether a browser sends the shared one to a host */
  readonly isShared: (host: string) => boolean;
  /** The `Set-Cookie` value that gives a session to the browser. */
  issue(value: string, session: Session): string;
  /** The `Set-Cookie` value that takes the host's own session out of the browser; the shared one is auth's to end. */
  endHost(): string;
};

/**
 * @param options.name `SESSION_COOKIE_NAME`
 * @param options.domain `SESSION_COOKIE_DOMAIN`; undefined where there is no shared cookie
 * @param options.lifetimeMs after this a person signs in again, so that no cookie has to live longer
 */
export function sessionCookies(options: {
  name: string;
  domain: string | undefined;
  secure: boolean;
  keys: KeyRing;
  expireMs: number;
  lifetimeMs: number;
  now: () => number;
}): SessionCookies {
  const { name, domain, secure, keys, now } = options;
  const host = sessionCookie(name, { secure }, keys);
  const shared = domain === undefined ? undefined : sessionCookie(name, { secure, domain }, keys);
  const expireMs = Math.min(options.expireMs, options.lifetimeMs);

  return {
    keys,
    // Where cookies are not Secure both have the plain name.
    names: [...new Set([...(shared === undefined ? [] : [shared.name]), host.name])],
    host,
    isShared: (hostName) => domain !== undefined && isWithinDomain(hostName, domain),
    issue(value, session) {
      const cookie = session.host_only === true ? host : (shared ?? host);
      return issueSessionCookie(value, session, cookie, { now: now(), expireMs });
    },
    endHost: () => endSessionCookie(host),
  };
}
