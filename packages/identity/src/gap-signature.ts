import { createHmac, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { gapSignedText } from './signed-request.ts';
import type { SignedRequest } from './signed-request.ts';

const algorithms = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'md5'] as const;

/** The hash functions that `Gap-Signature` knows, by the names that stand in the key and in the header. */
export type GapAlgorithm = (typeof algorithms)[number];

/** The key of one service. The secret is a `KeyObject`, which no log prints. */
export type GapKey = { readonly algorithm: GapAlgorithm; readonly secret: KeyObject };

/**
 * Reads a signing key as configured, `algorithm:secret`.
 *
 * @returns the key, or what is wrong with it and what to write. The beginning of either sentence is BuzzFeed SSO's, for
 *   those who search their logs for it
 */
export function parseGapKey(text: string): GapKey | { readonly problem: string } {
  const [name = '', secret = '', ...more] = text.split(':');
  if (secret === '' || more.length > 0) {
    return { problem: 'invalid signature hash:key spec: write algorithm:secret, the secret without a colon' };
  }
  const algorithm = algorithms.find((candidate) => candidate === name);
  if (algorithm === undefined) {
    const known = `write one of ${algorithms.join(', ')}`;
    return { problem: `unsupported signature hash algorithm: ${showable(name)}, ${known}` };
  }
  return { algorithm, secret: createSecretKey(secret, 'utf8') };
}

/**
 * The value of `Gap-Signature`: the name of the algorithm and the HMAC (RFC 2104) in base64.
 *
 * Nothing makes it expire: who has read one can send the same request again.
 */
export function gapSignature(key: GapKey, request: SignedRequest): string {
  const signature = createHmac(key.algorithm, key.secret).update(gapSignedText(request)).digest('base64');
  return `${key.algorithm} ${signature}`;
}

// In a secret without its algorithm, what stands before the colon is a part of the secret.
function showable(name: string): string {
  return /^(?:sha|md|ripemd|blake)[\w-]{0,10}$/i.test(name) ? name : '(not shown, it may be secret)';
}
