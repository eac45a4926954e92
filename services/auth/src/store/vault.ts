import type { KeyRing } from '@latchkey/session';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Place } from './place.ts';

/** How what is kept becomes a text, and again what it was. */
export type Vault = {
  close(place: Place, value: object): string;
  /** @returns undefined for what was not closed here, or not for this place */
  open(place: Place, text: string): unknown;
};

/** For a store that is this process. */
export const openVault: Vault = {
  close: (_, value) => JSON.stringify(value),
  open: (_, text) => parsed(text),
};

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Seals what leaves the process, so that a reader of the store learns nothing of it, and a writer to it can bring
 * nothing in. What it is kept under is sealed with it: a standing that is put in another one's place does not open there.
 *
 * Cookies are sealed otherwise, for they have a bound of 4 KB; the groups of a person have none.
 */
export function sealedVault(keys: KeyRing): Vault {
  const [newest] = keys;
  return {
    close(place, value) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, bytesOf(newest.secret), nonce, { authTagLength: tagBytes });
      cipher.setAAD(nameOf(place));
      const sealed = Buffer.concat([
        nonce,
        cipher.update(JSON.stringify(value), 'utf8'),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return `${newest.id}.${sealed.toString('base64url')}`;
    },
    open(place, text) {
      const [id, encoded = ''] = text.split('.', 2);
      const key = keys.find((one) => one.id === id);
      const sealed = Buffer.from(encoded, 'base64url');
      if (key === undefined || sealed.length < nonceBytes + tagBytes) return undefined;
      const decipher = createDecipheriv(algorithm, bytesOf(key.secret), sealed.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAAD(nameOf(place)).setAuthTag(sealed.subarray(-tagBytes));
      try {
        const opened = Buffer.concat([
          decipher.update(sealed.subarray(nonceBytes, -tagBytes)),
          decipher.final(),
        ]);
        return parsed(opened.toString('utf8'));
      } catch {
        return undefined;
      }
    },
  };
}

function nameOf({ kind, id }: Place): Buffer {
  return Buffer.from(JSON.stringify([kind, id]));
}

function bytesOf(secret: string): Buffer {
  return Buffer.from(secret, 'base64url');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
