import type { Session } from '@latchkey/session';
import { z } from 'zod';
import type { AskAuth } from '../ask-auth.ts';
import type { SessionTokens } from '../session-check/session-token.ts';

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
export function createRedeem(askAuth: AskAuth, tokens: SessionTokens): Redeem {
  return async function redeem({ code, redirectUri, codeVerifier }) {
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: codeVerifier,
    });
    const answer = await askAuth('/oauth2/token', form);
    if (answer.status === 400) return undefined;
    if (answer.status !== 200) throw new Error(`auth answered ${answer.status}`);
    const session = await tokens.open(answerSchema.parse(JSON.parse(answer.body)).access_token);
    if (session === undefined) throw new Error('auth handed over a session in a form that does not open');
    return session;
  };
}
