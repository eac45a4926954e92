import type { Position } from '@latchkey/upstreams';

/** A key of the file as it is written: in what it stands, where, and the text after its colon. */
export type SourceKey = {
  /** What it stands in, outermost first, and itself; entries of lists by number: `['0', 'default', 'options']`. */
  path: readonly string[];
  /** What follows on the same line, as written; empty where the value begins further down. */
  text: string;
  at: Position;
};

/** The name of a key without the quotes that it may have. */
export function unquote(text: string): string {
  return /^["']/.test(text) ? text.slice(1, -1) : text;
}
