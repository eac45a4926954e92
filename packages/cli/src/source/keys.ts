import { readFlow } from './flow.ts';
import { unquote } from './key.ts';
import type { SourceKey } from './key.ts';

/** A key or a list entry that is still open, and the column that it began in. */
type Frame = { column: number; label: string; isEntry: boolean };

const KEY = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s[\]{},#&*!|>'"%@`-][^#]*?|-[^\s#][^#]*?)\s*:(?=\s|$)/;
const BEFORE_VALUE = /^\s*(?:[&!]\S*\s+)*/;
const BLOCK_SCALAR = /^(?:[&!]\S*\s+)*[|>][-+\d]*$/;

/**
 * The keys of a YAML text in the order in which they stand. This is for pointing at lines and for seeing
 * what is written where; what a file means is for `loadUpstreams` to say. Takes any text, and of what is no YAML finds
 * what it can.
 */
export function keysOf(text: string): SourceKey[] {
  const keys: SourceKey[] = [];
  const frames: Frame[] = [];
  const lines = text.split(/\r\n|\r|\n/);
  let scalarColumn: number | undefined;

  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    let column = line.search(/[^ ]/);
    if (column < 0 || /^\s*(?:#|---|%)/.test(line)) continue;
    if (scalarColumn !== undefined && column > scalarColumn) continue;
    scalarColumn = undefined;

    for (let dash; (dash = /^-(?:\s+|$)/.exec(line.slice(column))); column += dash[0].length) {
      openEntry(frames, column);
    }
    const [whole = '', label] = KEY.exec(line.slice(column)) ?? [];
    if (label !== undefined) openKey(frames, column, unquote(label));
    const path = frames.map((frame) => frame.label);
    const rest = line.slice(column + whole.length);
    if (label !== undefined) {
      const written = rest.replace(/(?:^|\s+)#[^"']*$/, '').trim();
      keys.push({ path, text: written, at: { line: index + 1, column: column + 1 } });
      if (BLOCK_SCALAR.test(written)) scalarColumn = column;
    }
    const valueAt = column + whole.length + (BEFORE_VALUE.exec(rest)?.[0].length ?? 0);
    if (/^[[{](?!\{)/.test(line.slice(valueAt))) index = readFlow(lines, index, valueAt, path, keys);
  }
  return keys;
}

/** An entry may begin as far left as the key that holds its list, and goes on numbering those before it. */
function openEntry(frames: Frame[], column: number): void {
  while ((frames.at(-1)?.column ?? -1) > column) frames.pop();
  const last = frames.at(-1);
  if (last?.isEntry && last.column === column) last.label = String(Number(last.label) + 1);
  else frames.push({ column, label: '0', isEntry: true });
}

function openKey(frames: Frame[], column: number, label: string): void {
  while ((frames.at(-1)?.column ?? -1) >= column) frames.pop();
  frames.push({ column, label, isEntry: false });
}
