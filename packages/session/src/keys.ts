import { createHash, hkdfSync, scryptSync } from 'node:crypto';

/**
 * What keys are for. Every purpose has its own, derived from a configured secret, so that a token of one kind cannot
 * even be opened where another is expected (the lesson of CVE-2024-47616).
 */
export const keyPurposes = [
  'session',
  'session token',
  'grant',
  'sign-in attempt',
  'code attempt',
  'authorization code',
  'program',
  'program code',
  'device code',
  'refresh token',
  'approval',
  'store',
  'return address',
  'sign-out hint',
  'person mark',
  'last use',
  'workload token',
  'sibling task',
  'cookie fingerprint',
  'client fingerprint',
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

/**
 * What is sealed and signed with the secret between the services. People choose that one, and what it signs goes through
 * browsers, so that anybody may try guesses against it: each shall cost as much as a start does. All other secrets are
 * random bytes, which nobody guesses.
 */
const fromSharedSecret: ReadonlySet<KeyPurpose> = new Set([
  'session token',
  'return address',
  'sign-out hint',
  'client fingerprint',
]);

function deriveKey(secret: string, purpose: KeyPurpose): Key {
  const material = fromSharedSecret.has(purpose) ? stretch(secret) : secret;
  const derived = Buffer.from(hkdfSync('sha256', material, 'latchkey', purpose, 32)).toString('base64url');
  // The id comes from the key, not from its place in the list: a secret that moves from first to second place
  // must still open what it sealed. iron-session takes numeric ids only.
  const id = createHash('sha256').update(derived).digest().readUInt32BE(0).toString();
  return { id, secret: derived };
}

/** All purposes of a secret share the work; a service has two secrets while they are being changed. */
const stretchedBySecret = new Map<string, Buffer>();
const mostStretched = 8;

/** Some 50 ms and 16 MiB (scrypt, RFC 7914, with the parameters that Node has by default). */
function stretch(secret: string): Buffer {
  const known = stretchedBySecret.get(secret);
  if (known !== undefined) return known;
  if (stretchedBySecret.size >= mostStretched) stretchedBySecret.clear();
  const stretched = scryptSync(secret, 'latchkey', 32);
  stretchedBySecret.set(secret, stretched);
  return stretched;
}
