import { createHmac } from 'node:crypto';
import type { CodeRequest } from './code-request.ts';
import type { Key, KeyRing } from './keys.ts';
import { isSameText } from './same-text.ts';

/** How long a signed return address may be used to start a sign-in; the time spent at the provider does not count. */
export const returnAddressLifeMs = 5 * 60_000;
/** How far ahead another task's clock may be. */
export const clockSkewMs = 60_000;

/** A URL that the proxy asks auth to send the browser back to, with the proof that the proxy asked. */
export type SignedReturnAddress = {
  readonly redirect_uri: string;
  /** seconds since the epoch, decimal */
  readonly ts: string;
  /** slugs of the providers to choose from, a blank between them; absent where there is no choice */
  readonly providers?: string;
  /** base64url HMAC-SHA256 over all of these, and over a code that is asked for */
  readonly sig: string;
};

/** What is asked for besides the way back. */
type Besides = {
  /**
   * Where a code is asked for: the signature covers whose it will be, or another attempt's challenge could be put in the
   * place of the one that this browser began with.
   */
  readonly codeRequest?: CodeRequest | undefined;
  /** slugs of the providers whose sessions are good there */
  readonly providers?: readonly string[] | undefined;
};

/** Signs a return address at `now` (milliseconds since the epoch). */
export function signReturnAddress(
  url: string,
  key: Key,
  now: number,
  { codeRequest, providers: slugs = [] }: Besides = {},
): SignedReturnAddress {
  const ts = Math.floor(now / 1000).toString();
  const choice = slugs.length > 1 ? { providers: slugs.join(' ') } : {};
  const signed = { redirect_uri: url, ts, ...choice };
  return { ...signed, sig: signature(signed, key, codeRequest) };
}

/** The slugs of the providers to choose from; none where there is no choice. */
export function providersOf({ providers = '' }: Pick<Partial<SignedReturnAddress>, 'providers'>): string[] {
  return providers.split(' ').filter((slug) => slug !== '');
}

/**
 * Verifies a signed return address. It says nothing about where the URL leads: the caller compares its parsed host.
 *
 * @param keys any of which may have signed it
 * @param codeRequest what came with it; where there is none, a code was not asked for
 * @returns why it is refused, or undefined when it stands
 */
export function refuseReturnAddress(
  signed: Partial<SignedReturnAddress>,
  keys: KeyRing,
  now: number,
  codeRequest?: CodeRequest,
): 'unsigned' | 'forged' | 'expired' | 'from the future' | undefined {
  const { redirect_uri, ts, sig, ...choice } = signed;
  if (redirect_uri === undefined || ts === undefined || sig === undefined) return 'unsigned';
  if (!/^\d{1,12}$/.test(ts)) return 'forged';
  const text = { redirect_uri, ts, ...choice };
  if (!keys.some((key) => isSameText(sig, signature(text, key, codeRequest)))) return 'forged';
  const age = now - Number(ts) * 1000;
  if (age > returnAddressLifeMs) return 'expired';
  if (age < -clockSkewMs) return 'from the future';
  return undefined;
}

// Fields are length-delimited by JSON, and a code adds two where a choice adds one, so that no two different lists give the
// same text to sign.
function signature(
  { redirect_uri, ts, providers }: Omit<SignedReturnAddress, 'sig'>,
  key: Key,
  codeRequest: CodeRequest | undefined,
): string {
  const asked = codeRequest === undefined ? [] : [codeRequest.state, codeRequest.codeChallenge];
  const choice = providers === undefined ? [] : [providers];
  return createHmac('sha256', key.secret)
    .update(JSON.stringify([redirect_uri, ts, ...asked, ...choice]))
    .digest('base64url');
}
