import { deriveKeys } from '@latchkey/session';
import type { Key } from '@latchkey/session';
import type { ConnectionOptions, TlsOptions } from 'node:tls';

/**
 * TLS between tasks with a pre-shared key (RFC 8446, section 2.2): each side shows that it knows the key before anything is said,
 * and without it the handshake ends. There are no certificates to make and to replace.
 */
const psk = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3', ciphers: 'TLS_AES_128_GCM_SHA256' } as const;

/** What the two sides of a connection between tasks show each other. */
export type SiblingKeys = { readonly server: TlsOptions; readonly client: ConnectionOptions };

/** @param secrets newest first: it is shown, and each of them is accepted */
export function siblingKeys(secrets: readonly [string, ...string[]]): SiblingKeys {
  const keys = deriveKeys(secrets, 'sibling task');
  const byId = new Map(keys.map((key) => [key.id, bytes(key)]));
  const [newest] = keys;
  return {
    server: { ...psk, pskCallback: (_, identity) => byId.get(identity) ?? null },
    client: {
      ...psk,
      pskCallback: () => ({ psk: bytes(newest), identity: newest.id }),
      // Section 4.2.11: a key is an offer, and a server may pass it over and show a certificate. That is not a task, whatever roots
      // this machine trusts. Where the key is used there is no certificate, and Node does not ask.
      rejectUnauthorized: true,
      checkServerIdentity: () => new Error('it has shown a certificate, and not the key'),
    },
  };
}

function bytes({ secret }: Key): Buffer {
  return Buffer.from(secret, 'base64url');
}
