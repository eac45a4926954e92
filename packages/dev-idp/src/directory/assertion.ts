import { verify, type KeyObject } from 'node:crypto';

/** What an assertion has to be good for. Times are seconds since the epoch. */
export type Expected = {
  publicKey: KeyObject;
  keyId: string;
  issuer: string;
  audience: string;
  now: number;
};

/** For whom access is asked, and to what. */
export type Request = { subject: string; scopes: string[] };

const mostSeconds = 3600;
const skewSeconds = 60;

/**
 * Reads the assertion of a service account as Google does (RFC 7523, section 3).
 *
 * @returns undefined where it proves nothing
 */
export function readAssertion(assertion: string, expected: Expected): Request | undefined {
  const [header = '', payload = '', signature = '', ...more] = assertion.split('.');
  if (more.length > 0) return undefined;
  const { alg, kid } = decoded(header);
  if (alg !== 'RS256' || kid !== expected.keyId) return undefined;
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify('sha256', signed, expected.publicKey, Buffer.from(signature, 'base64url'))) return undefined;

  const { iss, aud, sub, scope, iat, exp } = decoded(payload);
  if (iss !== expected.issuer || aud !== expected.audience) return undefined;
  if (typeof iat !== 'number' || typeof exp !== 'number' || exp - iat > mostSeconds) return undefined;
  if (iat > expected.now + skewSeconds || exp < expected.now - skewSeconds) return undefined;
  if (typeof sub !== 'string' || typeof scope !== 'string') return undefined;
  return { subject: sub, scopes: scope.split(' ') };
}

function decoded(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
