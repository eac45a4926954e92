import { isSameText } from '@latchkey/session';
import type { CookieScope, SignedReturnAddress } from '@latchkey/session';
import type { Request } from 'express';
import { randomBytes } from 'node:crypto';
import { signedOutMarkSeconds } from '../sign-in/marks.ts';
import type { Reply } from '../web/locals.ts';
import { ownCookie } from '../web/own-cookies.ts';
import { formParameters } from '../web/parameters.ts';
import type { Parameters } from '../web/parameters.ts';

/** A person who has signed out here, and may come back from signing out at the provider. */
export type Leaving = {
  /** as the proxy signed it: where they came from */
  readonly wayBack: Parameters;
  /** whether the state in a request is the one that was sent to the provider with this browser */
  isState(state: string | undefined): boolean;
};

// The way back is that of an application's first page. Anyone who makes it longer than a cookie may be is not led back.
const longestWayBack = 2_048;

/** A new state, for a provider to send back. */
export function newSignOutState(): string {
  return randomBytes(16).toString('base64url');
}

/** What a browser keeps while its person signs out at the provider, in a cookie of this host alone. */
export function leavingCookie(scope: CookieScope) {
  const cookie = ownCookie('latchkey_leaving', scope);
  return {
    set(res: Reply, state: string, signed: Partial<SignedReturnAddress>): void {
      const back = new URLSearchParams(signed).toString();
      const kept = `state=${state}${back.length > longestWayBack ? '' : `&${back}`}`;
      cookie.set(res, Buffer.from(kept).toString('base64url'), signedOutMarkSeconds);
    },
    read(req: Request): Leaving | undefined {
      const value = cookie.read(req);
      if (value === undefined) return undefined;
      const wayBack = formParameters(Buffer.from(value, 'base64url').toString('utf8'));
      const ours = wayBack.one('state');
      return {
        wayBack,
        isState: (state) => ours !== undefined && state !== undefined && isSameText(state, ours),
      };
    },
  };
}
