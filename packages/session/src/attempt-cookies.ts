import {
  attemptCookieName,
  attemptLifeMs,
  attemptsToDrop,
  hasState,
  isAttemptCookieName,
  lateMs,
  openAttempt,
  sealAttempt,
  usedAttempt,
  usedAttemptLifeMs,
} from './attempt.ts';
import type { Attempt, HeldAttempt } from './attempt.ts';
import { clearCookie, cookieValues, findCookies, setCookie } from './cookie.ts';
import type { CookieScope } from './cookie.ts';
import type { KeyRing } from './keys.ts';

/** The attempts that a browser holds, as `Cookie` header in and `Set-Cookie` values out. */
export type AttemptCookies = {
  /**
   * Puts a new attempt into the browser, and takes out those that there is no room for; undefined where its target is too
   * long for a cookie.
   */
  keep(cookieHeader: string | undefined, attempt: Attempt): Promise<string[] | undefined>;
  /** The attempt of a state, if this browser has begun it and it has not ended since. */
  find(cookieHeader: string | undefined, state: string): Promise<Attempt | undefined>;
  /** Ends an attempt: its secrets are removed from the browser, and its callback is never answered a second time. */
  end(attempt: Attempt): Promise<string>;
};

// Opening costs a key derivation each, and a browser of ours never holds more than a few. Of a stranger's thousands
// neither all are opened nor all answered.
const openedAttempts = 10;
const regardedAttempts = 20;

/**
 * @param options.scope of this host only
 * @param options.now milliseconds since the epoch
 */
export function attemptCookies(options: {
  keys: KeyRing;
  scope: CookieScope;
  now: () => number;
}): AttemptCookies {
  const { keys, scope, now } = options;

  async function write(attempt: Attempt, lifeMs: number): Promise<string | undefined> {
    const name = attemptCookieName(attempt.state, scope);
    const sealed = await sealAttempt(attempt, keys, name);
    return sealed === undefined ? undefined : setCookie(name, sealed, lifeMs / 1000, scope);
  }

  async function held(cookieHeader: string | undefined): Promise<HeldAttempt[]> {
    const found = new Map(findCookies(cookieHeader, (name) => isAttemptCookieName(name, scope)));
    const regarded = [...found].slice(0, regardedAttempts);
    const attempts: HeldAttempt[] = [];
    // One after the other: other requests with something to open wait behind one of each, not behind ten.
    for (const [at, [name, value]] of regarded.entries()) {
      const attempt = at < openedAttempts ? await openAttempt(value, keys, now()) : undefined;
      attempts.push({ name, size: name.length + value.length, attempt });
    }
    return attempts;
  }

  return {
    async keep(cookieHeader, attempt) {
      const cookie = await write(attempt, attemptLifeMs + lateMs);
      if (cookie === undefined) return undefined;
      const dropped = attemptsToDrop(await held(cookieHeader), cookie.length);
      return [...dropped.map((name) => clearCookie(name, scope)), cookie];
    },
    async find(cookieHeader, state) {
      const [value] = cookieValues(cookieHeader, attemptCookieName(state, scope));
      const attempt = value === undefined ? undefined : await openAttempt(value, keys, now());
      return attempt !== undefined && hasState(attempt, state) ? attempt : undefined;
    },
    async end(attempt) {
      const cookie = await write(usedAttempt(attempt), usedAttemptLifeMs);
      return cookie ?? clearCookie(attemptCookieName(attempt.state, scope), scope);
    },
  };
}
