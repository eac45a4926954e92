import { jwks, loadAccessTokenKeys, loadAssertionKeys } from '@latchkey/identity';
import { accessTokenClaims, accessTokenType, readAccessToken } from '@latchkey/session';
import type { AccessToken, Delegation } from '@latchkey/session';
import type { AuthSettings } from '@latchkey/settings';
import { createLocalJWKSet, errors, jwtVerify, SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { SettingsError } from '../settings-error.ts';

/** Signs access tokens (RFC 9068), and reads what it has signed. */
export type AccessTokens = {
  sign(delegation: Delegation): Promise<{ readonly token: string; readonly expiresIn: number }>;
  /** undefined for whatever is not one of ours, or is over */
  read(token: string): Promise<AccessToken | undefined>;
  /** the public keys, and as they are published */
  readonly keys: ReadonlyArray<{ readonly kty: string }>;
  readonly jwks: string;
};

const algorithm = 'ES256';
const lifeSeconds = 3_600;
// It travels in a header with every request, as the cookie does that it stands in for.
const longestToken = 4_096;

/**
 * Makes the signer of access tokens.
 *
 * @returns undefined where there is no key
 * @throws SettingsError
 */
export function createAccessTokens(
  { accessTokenKey, assertionKey }: Pick<AuthSettings, 'accessTokenKey' | 'assertionKey'>,
  { issuer, now }: { issuer: string; now: () => number },
): AccessTokens | undefined {
  if (accessTokenKey === undefined) return undefined;
  const keys = loadAccessTokenKeys(accessTokenKey);
  if ('problem' in keys) throw refused(keys.problem);
  const [first] = keys;
  if (first?.privateKey === undefined) {
    throw refused('the first key is a public one and cannot sign: put the private key that signs above it');
  }
  const { kid, privateKey } = first;
  const assertionKeys = loadAssertionKeys(assertionKey);
  const kids = new Set('problem' in assertionKeys ? [] : assertionKeys.map((one) => one.kid));
  if (keys.some((one) => kids.has(one.kid))) {
    throw refused('a key of it is in ASSERTION_KEY, too; write one that is used for nothing else');
  }
  const publicKeys = keys.map(({ jwk }) => ({ ...jwk, kty: 'EC' }));
  const published = createLocalJWKSet({ keys: publicKeys });

  function signed(claims: Record<string, unknown>): Promise<string> {
    const header = { alg: algorithm, typ: accessTokenType, kid };
    return new SignJWT({ ...claims, iss: issuer, jti: randomUUID() })
      .setProtectedHeader(header)
      .sign(privateKey);
  }

  return {
    keys: publicKeys,
    jwks: jwks(keys),
    async sign(delegation) {
      const iat = Math.floor(now() / 1000);
      const exp = Math.min(iat + lifeSeconds, delegation.session.exp);
      const { grant, ...claims } = accessTokenClaims(delegation, { iat, exp });
      // With the grant a task that remembers nothing of the session can vouch for it.
      const whole = grant === undefined ? '' : await signed({ ...claims, grant });
      const fits = whole !== '' && whole.length <= longestToken;
      return { token: fits ? whole : await signed(claims), expiresIn: exp - iat };
    },
    async read(token) {
      if (token.length > longestToken) return undefined;
      try {
        const { payload } = await jwtVerify(token, published, {
          algorithms: [algorithm],
          typ: accessTokenType,
          issuer,
          requiredClaims: ['exp'],
          currentDate: new Date(now()),
        });
        return readAccessToken(payload);
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      }
    },
  };
}

function refused(problem: string): SettingsError {
  return SettingsError.of({ variable: 'ACCESS_TOKEN_KEY', code: 'malformed', message: problem });
}
