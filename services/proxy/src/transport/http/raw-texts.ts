import type { Dispatcher } from 'undici';

/**
 * Names and values of a head as undici gives them, a character for each byte. Mostly they are pieces of what was read from the
 * connection in one go; then it is turned into text once, and cut.
 */
export function rawTexts(raw: Dispatcher.DispatchController['rawHeaders']): string[] {
  if (!Array.isArray(raw)) return [];
  const parts: readonly (Buffer | string)[] = raw;
  const first = parts[0];
  const last = parts.at(-1);
  if (!Buffer.isBuffer(first) || !Buffer.isBuffer(last)) return parts.map(textOf);
  const { buffer, byteOffset: start } = first;
  const length = last.byteOffset + last.length - start;
  // The pieces of a head that came in two do not lie in one place.
  const isWhole = length > 0 && length <= longestHead;
  const head = isWhole && last.buffer === buffer ? Buffer.from(buffer, start, length).toString('latin1') : '';
  const texts: string[] = [];
  for (const part of parts) {
    const at = typeof part === 'string' || part.buffer !== buffer ? -1 : part.byteOffset - start;
    const isInHead = at >= 0 && at + part.length <= head.length;
    texts.push(isInHead ? head.slice(at, at + part.length) : textOf(part));
  }
  return texts;
}

// What a connection is read in at most.
const longestHead = 64 * 1024;

function textOf(part: Buffer | string): string {
  return typeof part === 'string' ? part : part.toString('latin1');
}
