import { HttpError } from '@latchkey/http';
import { clockSkewMs } from '@latchkey/session';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { JWTPayload, ProtectedHeaderParameters } from 'jose';
import { isJsonObject } from '../json.ts';
import { isAsymmetric } from './id-token.ts';
import type { CheckSignature } from './id-token.ts';

/** What a provider says with a logout token: a session there, or all of an account, has ended. */
export type LogoutNotice = {
  /** that distinguishes the token from all others of its provider */
  readonly jti: string;
  /** from then on it counts no more, milliseconds since the epoch */
  readonly until: number;
  readonly sub?: string;
  /** how the provider calls the session */
  readonly sid?: string;
};

/** By whom, for whom and when a token has to be made. */
export type ExpectedToken = { readonly issuer: URL; readonly clientId: string; readonly now: number };

const event = 'http://schemas.openid.net/event/backchannel-logout';

// RFC 8725, section 3.11: a token that says what it is for is not taken for anything else. Who signed an ID token or an
// access token has not said that anybody signs out.
const types: ReadonlySet<string> = new Set(['jwt', 'logout+jwt', 'application/logout+jwt']);

// A provider makes it when it sends it; what it sends again comes within minutes.
const longestAgeMs = 600_000;
const longestName = 1_024;

/**
 * Reads a logout token: everything that OpenID Connect Back-Channel Logout 1.0, section 2.6, has looked at, but for the
 * signature and whether it has been used, which cost more. Of what is wrong, the first thing.
 *
 * @returns what it says, or what is wrong with it, in words that are safe to log
 */
export function readLogoutToken(token: string, expected: ExpectedToken): LogoutNotice | string {
  const parts = partsOf(token);
  if (parts === undefined) return 'it is no signed token';
  const { header, claims } = parts;
  const { jti, sub, sid, exp } = claims;
  const now = expected.now / 1000;
  const skew = clockSkewMs / 1000;

  if (typeof header.alg !== 'string' || !isAsymmetric(header.alg)) return 'its algorithm (alg)';
  if (!isLogoutType(header.typ)) return 'it is another kind of token (typ)';
  if (!isIssuer(claims.iss, expected.issuer)) return 'it is of another issuer (iss)';
  if (![claims.aud].flat().includes(expected.clientId)) return 'it is for another client (aud)';
  if (!isTime(claims.iat) || claims.iat > now + skew) return 'it is from the future (iat)';
  if (claims.iat < now - skew - longestAgeMs / 1000) return 'it is too old (iat)';
  if (!isTime(exp) || exp <= now - skew) return 'it is over (exp)';
  if (!isJsonObject(claims['events']) || !isJsonObject(claims['events'][event])) {
    return 'it is about something else (events)';
  }
  // Without this an ID token with a member `events` would do, which its client has shown to others.
  if ('nonce' in claims) return 'it is an ID token (nonce)';
  if (!isName(jti)) return 'nothing distinguishes it from others (jti)';
  if (![sub, sid].every((name) => name === undefined || isName(name))) return 'its names (sub, sid)';
  if (sub === undefined && sid === undefined) return 'it names nobody (sub, sid)';
  return {
    jti,
    until: (Math.min(exp, claims.iat + longestAgeMs / 1000) + skew) * 1000,
    ...(isName(sub) && { sub }),
    ...(isName(sid) && { sid }),
  };
}

/**
 * Reads a logout token whose signature is the issuer's. Keys are asked for, where they are not known, by what could be one
 * alone.
 *
 * @throws HttpError `logout_token_refused`; or what came of asking for the keys, and then it may be a good one
 */
export async function verifiedLogoutToken(
  token: string,
  { keysOfIssuer, ...expected }: ExpectedToken & { keysOfIssuer: () => Promise<CheckSignature> },
): Promise<LogoutNotice> {
  const notice = readLogoutToken(token, expected);
  if (typeof notice === 'string') throw refusal(notice);
  const checkSignature = await keysOfIssuer();
  await checkSignature(token).catch((error: unknown) => {
    throw error instanceof HttpError && error.code === 'provider_failed' ? refusal(error.detail) : error;
  });
  return notice;
}

function refusal(detail = 'its signature'): HttpError {
  return new HttpError('logout_token_refused', { detail });
}

function partsOf(token: string): { header: ProtectedHeaderParameters; claims: JWTPayload } | undefined {
  try {
    return { header: decodeProtectedHeader(token), claims: decodeJwt(token) };
  } catch {
    return undefined;
  }
}

function isLogoutType(typ: unknown): boolean {
  return typ === undefined || (typeof typ === 'string' && types.has(typ.toLowerCase()));
}

// A URL has a path, where the issuer need not write one.
function isIssuer(iss: unknown, { href, pathname }: URL): boolean {
  return iss === href || (pathname === '/' && typeof iss === 'string' && `${iss}/` === href);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longestName;
}
