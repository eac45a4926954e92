import { realpathSync, statSync } from 'node:fs';

/** What is said of a file with a secret that every user may read; it goes on after the name of the file. */
export const openToAll = 'may be read by every user of this machine: run `chmod 600` on it';

const readableByAll = 0o004;

// Docker, Compose, Podman and Kubernetes put the secrets of a container there, readable by all of its users. It has one.
const ofContainer = '/run/secrets/';

/**
 * Whether the mode of a file lets every user of the machine read it. False for one that cannot be looked at, and for the secrets of a
 * container.
 *
 * @param look finds a file on the disk, by its path without links
 */
export function isReadableByAll(path: string, look = lookOnDisk): boolean {
  try {
    const found = look(path);
    return (found.mode & readableByAll) !== 0 && !found.path.startsWith(ofContainer);
  } catch {
    return false;
  }
}

function lookOnDisk(path: string): { path: string; mode: number } {
  const real = realpathSync(path);
  return { path: real, mode: statSync(real).mode };
}
