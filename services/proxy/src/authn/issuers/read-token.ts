import type { Issuer } from '@latchkey/upstreams';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { JWTPayload, ProtectedHeaderParameters } from 'jose';

/** A token as it is written. Nothing in it is proved. */
export type ReadToken = { readonly header: ProtectedHeaderParameters; readonly claims: JWTPayload };

/** Reads a token that is signed; undefined for what is none. */
export function readToken(token: string): ReadToken | undefined {
  try {
    return { header: decodeProtectedHeader(token), claims: decodeJwt(token) };
  } catch {
    return undefined;
  }
}

// RFC 8725, section 3.11: what says that it is something else is not taken for an access token, though the same issuer signed
// it. Among all others these are `latchkey+jwt` and `logout+jwt`.
const types: ReadonlySet<unknown> = new Set([undefined, 'jwt', 'at+jwt', 'application/at+jwt']);
// Keycloak says it in a claim.
const otherKinds: ReadonlySet<unknown> = new Set(['ID', 'Refresh', 'Offline', 'Logout']);
// ID tokens of a sign-in in a browser have these (OpenID Connect Core 1.0, sections 2 and 3.3.2.11), and logout tokens and
// other security events the last (RFC 8417, section 2.2).
const otherClaims = ['nonce', 'at_hash', 'c_hash', 'events'];

/**
 * What is wrong with a token that its issuer may have signed, as far as that can be seen without its keys. It costs little, and
 * comes before what costs more.
 *
 * @param now milliseconds since the epoch
 */
export function flawOf({ header, claims }: ReadToken, issuer: Issuer, now: number): string | undefined {
  const { nbf } = claims;
  if (header.alg === undefined || !issuer.algorithms.includes(header.alg)) return 'its algorithm (alg)';
  // RFC 7515, section 4.1.11: what has to be understood is not.
  if (header.crit !== undefined) return 'an extension that is not known (crit)';
  if (!types.has(typeof header.typ === 'string' ? header.typ.toLowerCase() : header.typ)) {
    return 'it is another kind of token (typ)';
  }
  if (
    otherKinds.has(claims['typ']) ||
    claims['token_use'] === 'id' ||
    otherClaims.some((name) => name in claims)
  ) {
    return 'it is another kind of token (by its claims)';
  }
  if (!isForUs(claims, issuer.audiences)) return 'it is for somebody else (aud)';
  if (nbf !== undefined && !(isTime(nbf) && nbf * 1000 <= now + issuer.leewayMs))
    return 'it does not count yet (nbf)';
  return isTime(claims.exp) ? undefined : 'it has no end (exp)';
}

// Amazon Cognito leaves `aud` out of access tokens, which name their client alone.
function isForUs(claims: JWTPayload, audiences: readonly string[]): boolean {
  const isWithout = claims.aud === undefined && claims['token_use'] === 'access';
  const named: readonly unknown[] = [isWithout ? claims['client_id'] : claims.aud].flat();
  return named.some((one) => typeof one === 'string' && audiences.includes(one));
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
