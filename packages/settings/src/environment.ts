import { isReadableByAll } from './readable-by-all.ts';
import { readSmallFile } from './secret-file.ts';
import type { ReadFile } from './secret-file.ts';

/** The environment of the process, its names in any case, and the files that it may name. */
export type Environment = {
  /** In upper case, in the order of the environment. */
  names: readonly string[];
  /** The untouched text, which may be empty. */
  get(name: string): string | undefined;
  /** Undefined where the files are on another machine. */
  readFile: ReadFile | undefined;
  /** Whether every user of this machine may read a file; false where the files are not on this disk. */
  isReadableByAll(path: string): boolean;
};

/**
 * Where two spellings of one name are set, the one in upper case counts.
 * @param files gives the text of a file, in place of the disk; `elsewhere`: none of them is on this machine
 */
export function createEnvironment(
  env: Record<string, string | undefined>,
  files?: ReadFile | 'elsewhere',
): Environment {
  const texts = new Map<string, string>();
  for (const [spelling, text] of Object.entries(env)) {
    const name = spelling.toUpperCase();
    if (text === undefined || (texts.has(name) && spelling !== name)) continue;
    texts.set(name, text);
  }
  return {
    names: [...texts.keys()],
    get: (name) => texts.get(name.toUpperCase()),
    readFile: files === 'elsewhere' ? undefined : (files ?? readSmallFile),
    isReadableByAll: (path) => files === undefined && isReadableByAll(path),
  };
}
