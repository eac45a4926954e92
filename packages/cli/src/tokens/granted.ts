import type { TokenEndpointResponse } from 'openid-client';
import { Failure } from '../exit.ts';
import { bearerTokenPattern } from './store.ts';
import type { Tokens } from './store.ts';

/** What is asked for, and of whom. */
export type Wish = { readonly resource: string; readonly scope: string | undefined };

/** What auth answered. */
export type Granted = TokenEndpointResponse;

/** The parameters by which both ways say what is wanted (RFC 8707). */
export function parametersOf({ resource, scope }: Wish): Record<string, string> {
  return { resource, ...(scope !== undefined && { scope }) };
}

// RFC 6749, section 5.1: where nothing is said, it is documented elsewhere. An hour is what auth gives.
const secondsWhereUnsaid = 3600;

/** What to keep of an answer. Where it brings no new refresh token, the one before stays (RFC 6749, section 6). */
export function tokensFrom(
  { access_token: accessToken, refresh_token: next, expires_in: seconds = secondsWhereUnsaid }: Granted,
  { refreshToken: before, ...of }: Pick<Tokens, 'resource' | 'issuer'> & { refreshToken: string | undefined },
): Tokens {
  // It goes into a header and a file of curl, where nothing else may stand beside it.
  if (!bearerTokenPattern.test(accessToken))
    throw new Failure(`${of.issuer} returned a token with characters that no header may contain`);
  const refreshToken = next ?? before;
  return {
    ...of,
    accessToken,
    expiresAt: Date.now() + seconds * 1000,
    ...(refreshToken !== undefined && { refreshToken }),
  };
}
