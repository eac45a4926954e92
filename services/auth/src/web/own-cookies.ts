import { clearCookie, cookieName, setCookie } from '@latchkey/session';
import type { CookieScope } from '@latchkey/session';
import type { Request } from 'express';
import type { Reply } from './locals.ts';

/** A small cookie of auth itself, for this host only. */
export type OwnCookie = {
  read(req: Request): string | undefined;
  /** @param maxAge seconds */
  set(res: Reply, value: string, maxAge: number): void;
  clear(res: Reply): void;
};

/** The cookie of a plain name; the real one carries `__Host-` where cookies are Secure. */
export function ownCookie(plainName: string, scope: CookieScope): OwnCookie {
  const name = cookieName(plainName, scope);
  return {
    read: (req) => readCookies(req).get(name),
    set: (res, value, maxAge) => void res.append('Set-Cookie', setCookie(name, value, maxAge, scope)),
    clear: (res) => void res.append('Set-Cookie', clearCookie(name, scope)),
  };
}

/** The cookies that came with a request, as cookie-parser left them; what it took for JSON is none of ours. */
export function readCookies(req: Request): ReadonlyMap<string, string> {
  const cookies = Object.entries(req.cookies as Record<string, unknown>);
  return new Map(cookies.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
