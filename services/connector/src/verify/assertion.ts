import { ownEndpoints } from '@latchkey/contract';
import type { ConnectorSettings } from '@latchkey/settings';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { messageOf } from '../message-of.ts';

/** The person that a request is of. */
export type Asserted = {
  readonly sub: string;
  readonly email: string;
  readonly groups: readonly string[];
  readonly idp?: string | undefined;
  /** of the application that it is for */
  readonly host: string;
};

/** Why nobody is named by a request; `away`: nobody can say, as long as auth does not answer. */
export type Unasserted = { readonly why: 'missing' | 'invalid' | 'away'; readonly detail: string };

/** Reads an assertion for one of the applications. */
export type VerifyAssertion = (token: string, audiences: readonly string[]) => Promise<Asserted | Unasserted>;

const claims = z
  .object({
    sub: z.string(),
    email: z.string(),
    groups: z.array(z.string()),
    idp: z.string().optional(),
    aud: z.url(),
  })
  .transform(({ aud, ...person }) => ({ ...person, host: new URL(aud).hostname }));
const clockTolerance = 5;

/**
 * Checks assertions by the keys that auth publishes. The connector fetches them by itself: what a proxy says of its own keys proves
 * nothing.
 */
export function createVerifyAssertion(auth: NonNullable<ConnectorSettings['auth']>): VerifyAssertion {
  const keys = createRemoteJWKSet(new URL(ownEndpoints.jwks.path, auth.url), {
    timeoutDuration: 5_000,
    cooldownDuration: 30_000,
    cacheMaxAge: 600_000,
  });
  return async function verify(token, audiences) {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: auth.issuer.origin,
        audience: [...audiences],
        typ: 'latchkey+jwt',
        algorithms: ['ES256'],
        requiredClaims: ['iat', 'exp'],
        clockTolerance,
      });
      const read = claims.safeParse(payload);
      return read.success ? read.data : { why: 'invalid', detail: 'it names nobody' };
    } catch (error) {
      const detail = messageOf(error);
      return { why: isAbout(error) ? 'invalid' : 'away', detail };
    }
  };
}

// What is wrong with the token, rather than with asking for the keys.
function isAbout(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) return false;
  // Where the answer is no JWK Set, jose says so by the plain class.
  return error.code !== errors.JOSEError.code && !(error instanceof errors.JWKSInvalid);
}
