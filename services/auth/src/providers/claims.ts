import { HttpError } from '@latchkey/http';
import type { JsonObject } from '../json.ts';
import type { Identity, Tokens } from './provider.ts';

/**
 * Reads an identity from claims (OpenID Connect Core, section 5.1).
 *
 * @throws HttpError `provider_failed` when they name no subject
 */
export function identityOf(claims: JsonObject): Identity {
  const { sub, email, name, groups } = claims;
  if (typeof sub !== 'string' || sub === '') {
    throw new HttpError('provider_failed', { detail: 'the claims name no subject' });
  }
  return {
    sub,
    email: typeof email === 'string' ? email : undefined,
    // The text "true" is no promise: a provider that sends it has not checked its own types.
    emailVerified: claims['email_verified'] === true,
    ...(typeof name === 'string' && name !== '' && { name }),
    ...(Array.isArray(groups) && { groups: groups.filter((group) => typeof group === 'string') }),
  };
}

/** Reads what a token endpoint gave us for later (RFC 6749, section 5.1). */
export function tokensOf(answer: JsonObject): Tokens {
  const { refresh_token: refreshToken, access_token: accessToken, expires_in: seconds } = answer;
  return {
    ...(typeof accessToken === 'string' && accessToken !== '' && { accessToken }),
    ...(typeof refreshToken === 'string' && refreshToken !== '' && { refreshToken }),
    ...(typeof seconds === 'number' && seconds > 0 && { accessTokenSeconds: Math.floor(seconds) }),
  };
}
