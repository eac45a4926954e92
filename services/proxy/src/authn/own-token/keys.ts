import type { HandshakeFacts } from '@latchkey/contract';
import { accessTokenType, readAccessToken } from '@latchkey/session';
import type { AccessToken } from '@latchkey/session';
import { createLocalJWKSet, errors, jwtVerify } from 'jose';

/** What is known of the access tokens that auth gives out. */
export type OwnTokens = {
  /** Hears of the keys that auth signs them with; of none where it gives out none. */
  learn(keys: HandshakeFacts['access_token_keys']): void;
  /** whether auth gives them out; undefined where it has not been asked yet */
  areGiven(): boolean | undefined;
  /** Reads one; `unknown` where auth has not been asked for its keys yet. */
  read(token: string): Promise<AccessToken | 'invalid' | 'expired' | 'unknown'>;
};

/**
 * Makes the reader of access tokens. The keys come with what the services compare, once a minute and with proof of who says so:
 * nothing is fetched for a token that a stranger shows.
 *
 * @param now milliseconds since the epoch
 */
export function createOwnTokens({ issuer, now }: { issuer: string; now: () => number }): OwnTokens {
  let known: ReturnType<typeof createLocalJWKSet> | 'none' | undefined;

  return {
    learn(keys = []) {
      known = keys.length === 0 ? 'none' : createLocalJWKSet({ keys: [...keys] });
    },
    areGiven: () => known && known !== 'none',
    async read(token) {
      if (known === undefined) return 'unknown';
      if (known === 'none') return 'invalid';
      try {
        const { payload } = await jwtVerify(token, known, {
          algorithms: ['ES256'],
          typ: accessTokenType,
          issuer,
          requiredClaims: ['exp'],
          currentDate: new Date(now()),
        });
        return readAccessToken(payload) ?? 'invalid';
      } catch (error) {
        if (error instanceof errors.JWTExpired) return 'expired';
        if (error instanceof errors.JOSEError) return 'invalid';
        throw error;
      }
    },
  };
}
