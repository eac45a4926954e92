import {
  endSessionCookie,
  isWithinDomain,
  issueSessionCookie,
  sealToFit,
  sessionCookie,
} from '@latchkey/session';
import type { KeyRing, Session } from '@latchkey/session';

/** A cookie in which a session may come. */
export type SessionSource = {
  /** whether it is (also) the host's own */
  readonly isHosts: boolean;
  /** as browsers send it */
  readonly name: string;
  /**
   * Whether a session belongs into it. A sibling host can plant a cookie for a whole domain; a session for one host is
   * believed only from a cookie that no other host could set.
   */
  accepts(session: Session): boolean;
};

/** The cookies of sessions: the shared one, and the one of a single host that a session was handed over to. */
export type SessionCookies = {
  readonly keys: KeyRing;
  /** Where sessions come from on a host. */
  sources(host: string): readonly SessionSource[];
  /** whether a browser sends the shared one to a host */
  readonly isShared: (host: string) => boolean;
  /** Seals a session for the host's own cookie. */
  seal(session: Session): Promise<string>;
  /** The `Set-Cookie` value that gives a sealed session to the browser. */
  issue(value: string, session: Session): string;
  /** The `Set-Cookie` value that takes the host's own session out of the browser; the shared one is auth's to end. */
  endHost(): string;
};

/**
 * @param options.name `SESSION_COOKIE_NAME`
 * @param options.domain `SESSION_COOKIE_DOMAIN`; undefined where there is no shared cookie
 * @param options.lifetimeMs so long after signing in a person signs in again, and no cookie has to live longer
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
  const { name, domain, secure, keys, lifetimeMs, now } = options;
  const host = sessionCookie(name, { secure }, keys);
  const shared = domain === undefined ? undefined : sessionCookie(name, { secure, domain }, keys);
  const isShared = (hostName: string) => domain !== undefined && isWithinDomain(hostName, domain);
  const hostSource = { isHosts: true, name: host.name, accepts: isHandedOver };
  const sharedHostSources =
    shared === undefined || shared.name === host.name
      ? [{ isHosts: true, name: host.name, accepts: () => true }]
      : [
          { isHosts: false, name: shared.name, accepts: (session: Session) => !isHandedOver(session) },
          hostSource,
        ];
  const ownHostSources = [hostSource];

  return {
    keys,
    sources: (hostName) => (isShared(hostName) ? sharedHostSources : ownHostSources),
    isShared,
    seal: (session) => sealToFit(session, host),
    issue(value, session) {
      const cookie = isHandedOver(session) ? host : (shared ?? host);
      const expireMs = Math.min(options.expireMs, session.auth_time * 1000 + lifetimeMs - now());
      return issueSessionCookie(value, session, cookie, { now: now(), expireMs });
    },
    endHost: () => endSessionCookie(host),
  };
}

function isHandedOver(session: Session): boolean {
  return session.host_only === true;
}
