import type { Session } from '@latchkey/session';
import { z } from 'zod';
import { readAnswer } from '../ask-auth.ts';
import type { AskAuth } from '../ask-auth.ts';
import type { SessionTokens } from '../session-check/session-token.ts';

const longestCode = 4096;
const answerSchema = z.object({ access_token: z.string(), token_type: z.literal('Bearer') });

/**
 * Redeems a code of auth for a session of this host (RFC 6749, section 4.1.3; RFC 7636, section 4.5). Rejects when there is
 * no usable answer; undefined when auth does not take the code.
 */
export type Redeem = (shown: {
  code: string;
  redirectUri: string;
  codeVerifier: string;
}) => Promise<Session | undefined>;

/** Makes the question to auth. */
export function createRedeem(askAuth: AskAuth, tokens: Pick<SessionTokens, 'open'>): Redeem {
  return async function redeem({ code, redirectUri, codeVerifier }) {
    // Nothing that auth would have to look at.
    if (code === '' || code.length > longestCode) return undefined;
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: codeVerifier,
    });
    const answer = await askAuth('/oauth2/token', form);
    if (answer.status === 400) return undefined;
    const session = await tokens.open(readAnswer(answer, answerSchema).access_token);
    if (session === undefined) throw new Error('auth handed over a session in a form that does not open');
    return session;
  };
}
