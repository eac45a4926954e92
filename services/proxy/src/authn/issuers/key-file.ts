import { readBytes } from '@latchkey/files';
import { flawOfKeySet } from '@latchkey/upstreams';

const longestFile = 256 * 1024;

/** The text of a file with the keys of an issuer, or why it cannot be read. */
export function readKeyFile(path: string): { readonly text: string } | { readonly why: string } {
  const content = readBytes(path, longestFile);
  return typeof content === 'string' ? { why: content } : { text: new TextDecoder().decode(content.bytes) };
}

/** Why a file has no keys that tokens can be checked by, and what to do; undefined where it has. */
export function flawOfKeyFile(path: string): string | undefined {
  const read = readKeyFile(path);
  return 'why' in read
    ? `cannot be read (${read.why}): name a file that the proxy may read`
    : flawOfKeySet(read.text);
}
