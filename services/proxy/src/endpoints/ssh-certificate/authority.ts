import { readBytes } from '@latchkey/files';
import { readSshAuthority } from '@latchkey/identity';
import type { SshAuthority } from '@latchkey/identity';
import { isReadableByAll, openToAll } from '@latchkey/settings';
import type { SshKeyFinding } from '@latchkey/upstreams';

// Those of ssh-keygen have less than one.
const longestFile = 16 * 1024;

/** The key of an SSH authority, or what is wrong with its file, as the end of a sentence. */
export function readAuthority(path: string): SshAuthority | string {
  const content = readBytes(path, longestFile);
  if (typeof content === 'string') {
    return `cannot be read (${content}): name a file that this process may read`;
  }
  return readSshAuthority(Buffer.from(content.bytes).toString('latin1'));
}

/** What is to be said of the file of one, before anybody needs it. */
export function findingsOfAuthority(path: string): SshKeyFinding[] {
  const authority = readAuthority(path);
  return [
    ...(typeof authority === 'string' ? [{ kind: 'unusable', message: authority } as const] : []),
    ...(isReadableByAll(path) ? [{ kind: 'readable', message: openToAll } as const] : []),
  ];
}
