import { realpathSync, statSync } from 'node:fs';

/** Looks after files until it is closed. */
export type Watch = {
  /** Calls back at once; what the files are by then is no change at the next look. */
  now(): void;
  close(): void;
};

/**
 * Calls back when one of some files has become another one: written to, replaced, removed, or reached through a symbolic link
 * that was swapped, as Kubernetes does with a ConfigMap.
 *
 * It compares at intervals instead of asking the kernel: notifications follow an inode, and the file's inode is what
 * changes. Files count as changed once they look the same twice, so that half-written ones are left alone.
 *
 * @param everyMs how often to look
 */
export function watchFiles(paths: readonly string[], everyMs: number, changed: () => void): Watch {
  const look = () => paths.map(fingerprint).join();
  let known = look();
  let seen = known;
  const timer = setInterval(function compare() {
    const now = look();
    if (now !== known && now === seen) {
      known = now;
      changed();
    }
    seen = now;
  }, everyMs);
  timer.unref();
  return {
    now() {
      known = look();
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
    return 'absent';
  }
}
