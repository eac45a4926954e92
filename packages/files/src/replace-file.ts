import { randomBytes } from 'node:crypto';
import { rename, rm, utimes, writeFile } from 'node:fs/promises';

/**
 * Puts bytes in the place of a file: a reader finds the old ones or the new ones, and never a part. For the eyes of this user
 * alone: it may hold credentials, as the headers of an upstream file do.
 *
 * @param written when they were written, where that was not now
 * @throws what `node:fs` throws
 */
export async function replaceFile(path: string, bytes: Uint8Array, written?: Date): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(aside, bytes, { flag: 'wx', mode: 0o600, flush: true });
    if (written !== undefined) await utimes(aside, written, written);
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}
