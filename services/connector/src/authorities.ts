import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';

/** The authorities of a file, or a sentence about what is wrong with it. */
export function readAuthorities(path: string): SecureContext | string {
  try {
    const ca = readFileSync(path);
    // What holds none would be taken, and trust nobody.
    void new X509Certificate(ca);
    return createSecureContext({ ca });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return /^E[A-Z]+$/.test(code)
      ? `CONNECTOR_TARGETS_CA_FILE: the file cannot be read (${code})`
      : 'CONNECTOR_TARGETS_CA_FILE: the file holds no certificate, write the path of one in PEM';
  }
}
