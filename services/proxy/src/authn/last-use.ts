import { clockSkewMs, cookieName, cookieValues, isSameText, setCookie } from '@latchkey/session';
import type { KeyRing, Session } from '@latchkey/session';
import { createHmac } from 'node:crypto';

/** What a browser knows of when a session was last used on a host; no task of ours remembers it, for there are several. */
export type LastUses = {
  /** When that was, milliseconds since the epoch; undefined where the browser shows nothing of ours about this session. */
  read(cookieHeader: string | undefined, session: Session, authority: string): number | undefined;
  /** The `Set-Cookie` value that says it is now. */
  write(session: Session, authority: string, lifeMs: number): string;
};

// A browser sends one. Of a stranger's many not all are worth a signature.
const mostValues = 3;

/**
 * Keeps the time of last use in a cookie of the host, signed together with the session and the host that it is about.
 *
 * @param options.keys of the purpose `last use`
 * @param options.now milliseconds since the epoch
 */
export function lastUses(options: { keys: KeyRing; secure: boolean; now: () => number }): LastUses {
  const { keys, now } = options;
  const scope = { secure: options.secure };
  const name = cookieName('latchkey_last_use', scope);

  return {
    read(cookieHeader, session, authority) {
      const times = cookieValues(cookieHeader, name)
        .slice(0, mostValues)
        .flatMap((value) => {
          const [seconds = '', signature = ''] = value.split('.', 2);
          if (!/^\d{1,12}$/.test(seconds)) return [];
          const isOurs = keys.some((key) =>
            isSameText(signature, sign(key.secret, seconds, session, authority)),
          );
          const ms = Number(seconds) * 1000;
          return isOurs && ms < now() + clockSkewMs ? [ms] : [];
        });
      return times.length === 0 ? undefined : Math.max(...times);
    },
    write(session, authority, lifeMs) {
      const seconds = Math.floor(now() / 1000).toString();
      const value = `${seconds}.${sign(keys[0].secret, seconds, session, authority)}`;
      return setCookie(name, value, lifeMs / 1000, scope);
    },
  };
}

function sign(secret: string, seconds: string, { sid }: Session, authority: string): string {
  return createHmac('sha256', secret)
    .update(JSON.stringify([seconds, sid, authority]))
    .digest('base64url');
}
