import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Key } from './keys.ts';

/** How long a signed return address may be used to start a sign-in; the time spent at the provider does not count. */
export const returnAddressLifeMs = 5 * 60_000;
/** How far ahead another task's clock may be. */
export const clockSkewMs = 60_000;

/** A URL that the proxy asks auth to send the browser back to, with the proof that the proxy asked. */
export type SignedReturnAddress = {
  readonly redirect_uri: string;
  /** seconds since the epoch, decimal */
  readonly ts: string;
  /** base64url HMAC-SHA256 over both */
  readonly sig: string;
};

/** Signs a return address at `now` (milliseconds since the epoch). */
export function signReturnAddress(url: string, key: Key, now: number): SignedReturnAddress {
  const ts = Math.floor(now / 1000).toString();
  return { redirect_uri: url, ts, sig: signature(url, ts, key) };
}

/**
 * Verifies a signed return address. It says nothing about where the URL leads: the caller compares its parsed host.
 *
 * @returns why it is refused, or undefined when it stands
 */
export function refuseReturnAddress(
  signed: Partial<SignedReturnAddress>,
  key: Key,
  now: number,
): 'unsigned' | 'forged' | 'expired' | 'from the future' | undefined {
  const { redirect_uri: url, ts, sig } = signed;
  if (url === undefined || ts === undefined || sig === undefined) return 'unsigned';
  if (!/^\d{1,12}$/.test(ts)) return 'forged';
  // As text: decoded, many spellings would be one signature.
  const [expected, given] = [Buffer.from(signature(url, ts, key)), Buffer.from(sig)];
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'forged';
  const age = now - Number(ts) * 1000;
  if (age > returnAddressLifeMs) return 'expired';
  if (age < -clockSkewMs) return 'from the future';
  return undefined;
}

// Fields are length-delimited by JSON, so that no two different pairs give the same text to sign.
function signature(url: string, ts: string, key: Key): string {
  return createHmac('sha256', key.secret)
    .update(JSON.stringify([url, ts]))
    .digest('base64url');
}
