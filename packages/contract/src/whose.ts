import { createHash } from 'node:crypto';

/** In place of an account: all that there are. No account is called so, for they are called by hashes. */
export const everybody = '*';

/** A short name for several, in which none of them can be read. */
export function digest(names: readonly string[]): string {
  // GHSA-v574-6498-x57v: parts that are only put behind each other can be cut in two ways.
  return createHash('sha256').update(JSON.stringify(names)).digest('base64url').slice(0, 32);
}

/** What an account is called where it is said whose sessions have ended. */
export function nameOfAccount({ idp, sub }: { readonly idp: string; readonly sub: string }): string {
  return digest([idp, sub]);
}

/** And an e-mail address. */
export function nameOfEmail(email: string): string {
  return digest([email]);
}
