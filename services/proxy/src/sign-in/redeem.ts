import { tokenForm, tokenPath, tokenResponse } from '@latchkey/contract';
import type { CodeRedemption } from '@latchkey/contract';
import type { Session } from '@latchkey/session';
import { readAnswer } from '../ask-auth.ts';
import type { AskAuth } from '../ask-auth.ts';
import type { SessionTokens } from '../authn/session-token.ts';

const longestCode = 4096;

/**
 * Redeems a code of auth for a session of this host (RFC 6749, section 4.1.3; RFC 7636, section 4.5). Rejects when there is
 * no usable answer; undefined when auth does not take the code.
 */
export type Redeem = (shown: CodeRedemption) => Promise<Session | undefined>;

/** Makes the question to auth. */
export function createRedeem(askAuth: AskAuth, tokens: Pick<SessionTokens, 'open'>): Redeem {
  return async function redeem(shown) {
    // Nothing that auth would have to look at.
    if (shown.code === '' || shown.code.length > longestCode) return undefined;
    const answer = await askAuth(tokenPath, tokenForm(shown));
    if (answer.status === 400) return undefined;
    const session = await tokens.open(readAnswer(answer, tokenResponse).access_token);
    if (session === undefined) throw new Error('auth handed over a session in a form that does not open');
    return session;
  };
}
