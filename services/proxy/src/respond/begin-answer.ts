import { transportSecurity } from '@latchkey/http';
import type { SessionCookies } from '../authn/session-cookies.ts';
import type { Exchange } from '../exchange.ts';
import { giveRenewed } from './give-renewed.ts';

/** Begins an answer of our own, before anybody knows what it will be. Called once for each. */
export type BeginAnswer = (exchange: Exchange) => void;

/**
 * Makes what every answer of ours says, a refusal after the request was let in, too: that browsers come over HTTPS only, and
 * the session as auth has renewed it. What an application answers says both in the headers that are made for it.
 */
export function createBeginAnswer(parts: {
  /** browsers reach us over HTTPS only */
  readonly secure: boolean;
  readonly cookies: Pick<SessionCookies, 'issue'>;
}): BeginAnswer {
  return function beginAnswer({ res, outcome }) {
    if (parts.secure) res.setHeader(...transportSecurity);
    if (outcome?.identified !== undefined) giveRenewed(res, outcome.identified, parts.cookies);
  };
}
