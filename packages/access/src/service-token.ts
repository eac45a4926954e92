import { hash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What a service account may be called: it stands in its tokens, in metrics and in lists of clients. */
export const accountName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Who vouches for service accounts, so that none of them is taken for a client of the same name that somebody else vouches for.
 * An issuer of tokens cannot be called so: it is an address.
 */
export const serviceAccountIssuer = 'service_accounts';

/** How the file holds a token: by its hash alone. */
export const tokenHash = /^sha256:[0-9a-f]{64}$/;

/** Tells what is meant for us before anything is known of it, so that no other kind of token is taken for one. */
export const tokenPrefix = 'lk_';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
// 62 to the power of 43 is a little more than 2 to the power of 256.
const secretLength = 43;
const checksumLength = 6;
const form = /^lk_([a-z0-9-]{1,63})_[0-9A-Za-z]{49}$/;

/**
 * A new token of an account: `lk_NAME_SECRET`. The last six letters are a checksum, by which scanners for secrets tell one from
 * a text that looks alike, and we a torn one without looking anything up.
 */
export function makeServiceToken(name: string): string {
  const secret = Array.from({ length: secretLength }, () => alphabet[randomInt(alphabet.length)]).join('');
  const token = `${tokenPrefix}${name}_${secret}`;
  return token + checksumOf(token);
}

/** The account that a token says it is of; undefined for what is no token. It proves nothing yet. */
export function accountOfToken(token: string): string | undefined {
  const name = form.exec(token)?.[1];
  if (name === undefined) return undefined;
  return checksumOf(token.slice(0, -checksumLength)) === token.slice(-checksumLength) ? name : undefined;
}

/**
 * The hash of a token, as the file holds it. A fast one: a slow one makes up for secrets that people choose, and nobody tries
 * the 2 to the power of 256 that these are drawn from.
 */
export function hashOfToken(token: string): string {
  return `sha256:${hash('sha256', token, 'hex')}`;
}

function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let at = 0; at < checksumLength; at += 1) {
    digits = (alphabet[rest % alphabet.length] ?? '') + digits;
    rest = Math.floor(rest / alphabet.length);
  }
  return digits;
}
