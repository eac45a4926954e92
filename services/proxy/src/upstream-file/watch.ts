import { realpathSync, statSync } from 'node:fs';

/** Looks after a file until it is closed. */
export type Watch = {
  /** Calls back at once; what the file is by then is no change at the next look. */
  now(): void;
  close(): void;
};

/**
 * Calls back when a file has become another one: written to, replaced, gone, or reached through a symbolic link that was
 * swapped, as Kubernetes does with a ConfigMap.
 *
 * It compares at intervals instead of asking the kernel: notifications follow an inode, and the file's inode is what
 * changes. A file counts as changed once it looks the same twice, so that a half-written one is left alone.
 *
 * @param everyMs how often to look
 */
export function watchFile(path: string, everyMs: number, changed: () => void): Watch {
  let known = fingerprint(path);
  let seen = known;
  const timer = setInterval(function look() {
    const now = fingerprint(path);
    if (now !== known && now === seen) {
      known = now;
      changed();
    }
    seen = now;
  }, everyMs);
  timer.unref();
  return {
    now() {
      known = fingerprint(path);
      seen = known;
      changed();
    },
    close: () => clearInterval(timer),
  };
}

function fingerprint(path: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(path);
    return JSON.stringify([realpathSync(path), ino, size, mtimeMs]);
  } catch {
    return 'gone';
  }
}
