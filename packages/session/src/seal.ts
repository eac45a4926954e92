import { sealData, unsealData } from 'iron-session';
import type { KeyRing } from './keys.ts';

// RFC 6265bis, section 5.6: a browser drops a cookie whose name and value exceed 4096 octets. Nothing longer can
// be ours, and opening costs a key derivation, so it is refused before any work is done.
const longestSeal = 4096;

// iron-session appends its version and, when opening, cuts off whatever stands behind the tilde, read or not. A value
// that may be written in many ways would be many sessions to a cache that is keyed by it, so ours has no tilde at all.
const versionMark = '~2';

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
  if (sealed.length > longestSeal || sealed.includes('~')) return undefined;
  let failed = false;
  const data = await unsealData<object>(sealed + versionMark, {
    password: Object.fromEntries(ring.map((key) => [key.id, key.secret])),
    ttl: 0,
    onUnsealError: () => (failed = true),
  });
  return failed ? undefined : data;
}
