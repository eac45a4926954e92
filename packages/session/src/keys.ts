import { createHash, hkdfSync } from 'node:crypto';

/**
 * What keys are for. Every purpose has its own, derived from a configured secret, so that a token of one kind cannot
 * even be opened where another is expected (the lesson of CVE-2024-47616).
 */
export const keyPurposes = [
  'session',
  'session token',
  'grant',
  'sign-in attempt',
  'hand-off attempt',
  'authorization code',
  'return address',
  'sign-out hint',
] as const;

/** What a key is for. */
export type KeyPurpose = (typeof keyPurposes)[number];

/** A derived key with the id that a sealed value carries, so that the right one is found again after rotation. */
export type Key = { readonly id: string; readonly secret: string };

/** The keys of one purpose. The first seals and signs, every one opens and verifies. */
export type KeyRing = readonly [Key, ...Key[]];

/**
 * Derives the keys of one purpose from the configured secrets (HKDF-SHA256, RFC 5869).
 *
 * @param secrets as configured, newest first
 * @param purpose becomes the HKDF `info`: other purposes get unrelated keys from the same secret
 */
export function deriveKeys(secrets: readonly [string, ...string[]], purpose: KeyPurpose): KeyRing {
  const [newest, ...older] = secrets;
  return [deriveKey(newest, purpose), ...older.map((secret) => deriveKey(secret, purpose))];
}

function deriveKey(secret: string, purpose: KeyPurpose): Key {
  const derived = Buffer.from(hkdfSync('sha256', secret, 'latchkey', purpose, 32)).toString('base64url');
  // The id comes from the key, not from its place in the list: a secret that moves from first to second place
  // must still open what it sealed. iron-session takes numeric ids only.
  const id = createHash('sha256').update(derived).digest().readUInt32BE(0).toString();
  return { id, secret: derived };
}
