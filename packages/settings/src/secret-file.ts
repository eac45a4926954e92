import { closeSync, openSync, readSync } from 'node:fs';

/**
 * Gives the text of a file that a variable names. Where there is none to give, it throws an error with a `code`, as
 * `node:fs` does.
 */
export type ReadFile = (path: string) => string;

const maxBytes = 64 * 1024;

const tooLarge = 'is larger than 64 KiB';

const reasons = new Map([
  ['ENOENT', 'does not exist'],
  ['EACCES', 'may not be read by this user'],
  ['EISDIR', 'is a directory'],
  ['EFBIG', tooLarge],
  ['ERR_ENCODING_INVALID_ENCODED_DATA', 'is not UTF-8 text'],
]);

/**
 * Reads the secret that a file holds, without the line break at its end.
 * @returns the secret, or why there is none, as it continues "the file it names …". Neither the path nor the
 *   contents are in it: who mistakes `NAME_FILE` for `NAME` writes the secret itself in the place of the path
 */
export function readSecretFile(path: string, readFile: ReadFile): { secret: string } | { problem: string } {
  try {
    const text = readFile(path);
    if (Buffer.byteLength(text) > maxBytes) return { problem: tooLarge };
    const secret = text.replace(/\r?\n$/, '');
    return secret === '' ? { problem: 'is empty' } : { secret };
  } catch (error) {
    const code = codeOf(error);
    return { problem: reasons.get(code) ?? `cannot be read (${code})` };
  }
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : 'unknown error';
}

/** Reads a file of UTF-8 text, and no more of it than a secret may have: a path may lead to what has no end. */
export function readSmallFile(path: string): string {
  const bytes = Buffer.alloc(maxBytes + 1);
  const length = fill(bytes, path);
  if (length > maxBytes) throw Object.assign(new Error('file too large'), { code: 'EFBIG' });
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length));
}

function fill(bytes: Buffer, path: string): number {
  const file = openSync(path, 'r');
  try {
    let length = 0;
    let read = 0;
    do {
      read = readSync(file, bytes, length, bytes.length - length, null);
      length += read;
    } while (read > 0 && length < bytes.length);
    return length;
  } finally {
    closeSync(file);
  }
}
