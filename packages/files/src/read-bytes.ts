import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { errorCode } from './error-code.ts';

/** What a file holds, and when it was last written to. */
export type FileContent = { readonly bytes: Uint8Array; readonly written: Date };

/**
 * Reads a file, or says why not.
 *
 * @param atMost whatever is longer is not read to its end
 */
export function readBytes(path: string, atMost: number): FileContent | string {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return 'not a file';
    const buffer = Buffer.alloc(Math.min(stat.size, atMost));
    const bytes = buffer.subarray(0, readSync(descriptor, buffer));
    return { bytes, written: stat.mtime };
  } catch (error) {
    return errorCode(error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
