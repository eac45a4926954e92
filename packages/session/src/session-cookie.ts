import { clearCookie, cookieName, cookieValues, setCookie } from './cookie.ts';
import type { CookieScope } from './cookie.ts';
import type { KeyRing } from './keys.ts';
import { readSession } from './record.ts';
import type { Session } from './record.ts';
import { isSealedWith, seal, unseal } from './seal.ts';

// RFC 6265bis, section 5.6: name and value together.
const browserLimit = 4096;

/** So many values of one name are opened for one request: each costs a key derivation. */
export const openedValues = 50;

/** The shared cookie that carries the session: its name, where it is valid, and the keys that seal it. */
export type SessionCookie = {
  readonly name: string;
  readonly scope: CookieScope;
  readonly keys: KeyRing;
};

/** The session cookie as configured; auth and proxy must agree on every value. */
export function sessionCookie(configured: string, scope: CookieScope, keys: KeyRing): SessionCookie {
  return { name: cookieName(configured, scope), scope, keys };
}

/**
 * Seals a session into the cookie's value.
 *
 * @throws RangeError when a browser would silently drop the cookie for its size
 */
export async function sealSession(session: Session, cookie: SessionCookie): Promise<string> {
  const value = await seal(session, cookie.keys);
  if (cookie.name.length + value.length > browserLimit) {
    throw new RangeError(
      `the session cookie would be ${value.length} bytes; browsers keep at most ${browserLimit}`,
    );
  }
  return value;
}

/** Opens a session cookie's value; undefined for whatever is not a session sealed under one of our keys. */
export async function openSession(value: string, keys: KeyRing): Promise<Session | undefined> {
  return readSession(await unseal(value, keys));
}

/**
 * The values in a `Cookie` header that may be sessions of ours. Sibling hosts can plant cookies of our name that hide the
 * real one: what cannot be a seal of ours is passed over, and of the rest so many are given as may be opened for one request.
 *
 * @param isKnown tells of values that have been found to be such a seal before
 * @returns `all`: whether there are no more; `came`: how many values of that name there are, seals or not
 */
export function sealedValues(
  header: string | undefined,
  name: string,
  keys: KeyRing,
  isKnown?: (value: string) => boolean,
): { readonly values: readonly string[]; readonly all: boolean; readonly came: number } {
  const values = cookieValues(header, name);
  const sealed = values.filter((value) => isKnown?.(value) === true || isSealedWith(value, keys));
  const all = sealed.length <= openedValues;
  return { values: all ? sealed : sealed.slice(0, openedValues), all, came: values.length };
}

/** The `Set-Cookie` value for a sealed session; it lives as long as `expireMs` or the session, whichever is shorter. */
export function issueSessionCookie(
  value: string,
  session: Session,
  cookie: SessionCookie,
  times: { now: number; expireMs: number },
): string {
  const maxAge = Math.min(times.expireMs, session.exp * 1000 - times.now) / 1000;
  return setCookie(cookie.name, value, maxAge, cookie.scope);
}

/** The `Set-Cookie` value that signs the browser out of every host at once. */
export function endSessionCookie(cookie: SessionCookie): string {
  return clearCookie(cookie.name, cookie.scope);
}
