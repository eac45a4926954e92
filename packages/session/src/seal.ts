import { sealData, unsealData } from 'iron-session';
import type { KeyRing } from './keys.ts';

// RFC 6265bis, section 5.6: a browser drops a cookie whose name and value exceed 4096 octets. Nothing longer can
// be ours, and opening costs a key derivation, so it is refused before any work is done.
const longestSeal = 4096;

// iron-session appends its version and, when opening, cuts off whatever stands behind the tilde, read or not. It also
// decodes the MAC as leniently as base64 may be decoded: blanks, padding and the unused bits of the last character. A value
// that may be written in many ways would be many sessions to a cache that is keyed by it, so only what `seal` writes is
// opened: no tilde, and every part in the one spelling that it has (RFC 4648, sections 3.3 and 3.5). The MAC covers the
// parts before it as they are written.
const versionMark = '~2';
const canonicalSeal =
  /^Fe26\.2\*(?<keyId>0|[1-9]\d{0,9})\*[0-9a-f]{64}\*[\w-]{21}[AQgw]\*[\w-]{22,}\*\*[0-9a-f]{64}\*[\w-]{42}[AEIMQUYcgkosw048]$/;

/** Seals plain data (encrypt, then authenticate) under the newest key of the ring. */
export async function seal(data: object, ring: KeyRing): Promise<string> {
  const [newest] = ring;
  const sealed = await sealData(data, { password: { [newest.id]: newest.secret }, ttl: 0 });
  return sealed.slice(0, sealed.lastIndexOf('~'));
}

/**
 * Opens what `seal` made with any key of the ring.
 *
 * The value carries no expiry of its own (`ttl: 0`): each record has `exp` or an issue time inside, so that one
 * clock decides and "expired" stays distinguishable from "not ours".
 *
 * @returns the data, not yet checked for shape; undefined for anything that no key of the ring sealed
 */
export async function unseal(sealed: string, ring: KeyRing): Promise<unknown> {
  if (!isSealedWith(sealed, ring)) return undefined;
  let failed = false;
  const data = await unsealData<object>(sealed + versionMark, {
    password: Object.fromEntries(ring.map((key) => [key.id, key.secret])),
    ttl: 0,
    onUnsealError: () => (failed = true),
  });
  return failed ? undefined : data;
}

/**
 * Tells whether a value looks like one that a key of the ring sealed. It costs next to nothing, where opening costs a key
 * derivation; only opening tells whether it is.
 */
export function isSealedWith(sealed: string, ring: KeyRing): boolean {
  if (sealed.length > longestSeal) return false;
  const keyId = canonicalSeal.exec(sealed)?.groups?.['keyId'];
  return keyId !== undefined && ring.some((key) => key.id === keyId);
}
