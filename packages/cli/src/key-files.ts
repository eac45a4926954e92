import { flawOfKeySet } from '@latchkey/upstreams';
import type { Io } from './io.ts';

/** Looks at files with keys of issuers, and keeps which of them are not on this machine. */
export function lookAtKeyFiles(io: Io): {
  readonly lookAtKeys: (path: string) => string | undefined;
  readonly elsewhere: readonly string[];
} {
  const elsewhere: string[] = [];
  return {
    elsewhere,
    lookAtKeys(path) {
      try {
        return flawOfKeySet(new TextDecoder().decode(io.readFile(path)));
      } catch {
        elsewhere.push(path);
        return undefined;
      }
    },
  };
}
