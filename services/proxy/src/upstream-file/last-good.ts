import { LockHeld, errorCode, readBytes, replaceFile, whileLocked } from '@latchkey/files';
import type { LastGoodPlace } from '@latchkey/settings';
import { readAtMost } from './read.ts';
import { inTime } from './source/open.ts';
import { s3Object } from './source/s3.ts';
import { SourceError } from './source/source.ts';
import type { Fetched } from './source/source.ts';

/** The last version of an upstream file that came into force, for a start at which the newest cannot be used. */
export type LastGood = {
  /** for messages */
  readonly name: string;
  /**
   * Gives what is kept; undefined where there is nothing, or nothing that we may see.
   *
   * @throws SourceError
   */
  read(): Promise<Fetched | undefined>;
  /**
   * Keeps a version that came into force. A newer one that is there stays: tasks look at different times.
   *
   * @returns whether it was written
   * @throws SourceError
   */
  keep(file: Fetched): Promise<boolean>;
};

// Each time somebody else has written in between.
const mostTries = 4;

const lockWaitMs = 2_000;

// AWS answers nobody whose clock is further away from its own.
const clocksDifferMs = 15 * 60_000;

/** Where the settings say. */
export function lastGoodAt(place: LastGoodPlace): LastGood {
  return place.kind === 's3' ? inBucket(s3Object(place)) : atPath(place.path);
}

// Written only over what was compared with: S3 refuses it when somebody else has written in between.
function inBucket(object: ReturnType<typeof s3Object>): LastGood {
  async function read(): Promise<Fetched | undefined> {
    try {
      const found = await inTime((signal) => object.fetch(undefined, signal));
      return found === 'unchanged' ? undefined : found;
    } catch (error) {
      if (error instanceof SourceError && error.lack === 'missing') return undefined;
      throw error;
    }
  }
  return {
    name: object.name,
    read,
    async keep(file) {
      for (let tries = 0; tries < mostTries; tries += 1) {
        // oxlint-disable-next-line no-await-in-loop -- what is there is looked at anew each time
        const there = await read();
        if (there !== undefined && !follows(file, there)) return false;
        // oxlint-disable-next-line no-await-in-loop -- likewise
        if (await inTime((signal) => object.put(file, there?.tag, signal))) return true;
      }
      throw new SourceError('was written by others at every try, or is there and may not be read');
    },
  };
}

function atPath(path: string): LastGood {
  function read(): Fetched | undefined {
    const found = readBytes(path, readAtMost);
    if (found === 'ENOENT') return undefined;
    if (typeof found === 'string') throw new SourceError(`cannot be read (${found})`);
    const { bytes, written } = found;
    return { bytes, written, tag: undefined, version: 'the last good one' };
  }
  return {
    name: path,
    // oxlint-disable-next-line require-await -- what is thrown is a rejection
    read: async () => read(),
    async keep(file) {
      try {
        return await whileLocked(path, lockWaitMs, async () => {
          const there = read();
          if (there !== undefined && !follows(file, there)) return false;
          await replaceFile(path, file.bytes, file.written);
          return true;
        });
      } catch (error) {
        if (error instanceof SourceError) throw error;
        const why = error instanceof LockHeld ? `another task holds ${error.lock}` : errorCode(error);
        throw new SourceError(`cannot be written (${why})`, { cause: error });
      }
    },
  };
}

// Dates of HTTP are whole seconds. Of two versions within one, each task writes what it took last, so that the newer one stays.
function follows(file: Fetched, there: Fetched): boolean {
  const one = file.written?.getTime() ?? Date.now();
  const other = there.written?.getTime() ?? 0;
  // By a clock that is wrong, or by hand: it would keep every later version out.
  if (other > Date.now() + clocksDifferMs) return true;
  return one > other || (one === other && Buffer.compare(file.bytes, there.bytes) !== 0);
}
