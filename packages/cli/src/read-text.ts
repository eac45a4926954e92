import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';

/** The bytes of a file that was named on the command line. */
export function readBytes(path: string, io: Io): Uint8Array {
  try {
    return io.readFile(path);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new UsageError(`${path} cannot be read (${why}): name a readable file`, { cause: error });
  }
}

/** The text of a file that was named on the command line. */
export function readText(path: string, io: Io): string {
  return new TextDecoder().decode(readBytes(path, io));
}
