import { unquote } from './key.ts';
import type { SourceKey } from './key.ts';

/** An open bracket: the path of what stands directly in it, less the number of the entry in a list. */
type Bracket = { path: readonly string[]; entry: number | undefined };

/** A template variable looks like two brackets; a colon inside a word, as in an address, ends no key. */
const TOKEN =
  /[{}[\],](?!(?<=\{)\{)|#.*$|("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?:\{\{[^{}]*\}\}|[^\s{}[\],#:"']|:(?![\s,}[\]]|\{(?!\{)|$))+)(\s*:(?=[\s,}[\]"']|\{(?!\{)|$))?/g;
const VALUE = /^\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?:\{\{[^{}]*\}\}|[^,{}[\]#])*)/;

/**
 * Reads the value in brackets that begins at `column` of a line and adds its keys to `keys`.
 * @param path of the key or entry whose value it is
 * @returns the index of the line that it ends on
 */
export function readFlow(
  lines: readonly string[],
  first: number,
  column: number,
  path: readonly string[],
  keys: SourceKey[],
): number {
  const open: Bracket[] = [];
  let key = path;
  for (let index = first; index < lines.length; index += 1) {
    const start = index === first ? column : 0;
    const text = lines[index]?.slice(start) ?? '';
    for (const { 0: token, 1: word, 2: colon, index: offset } of text.matchAll(TOKEN)) {
      const around = open.at(-1);
      const here = around?.entry === undefined ? key : [...around.path, String(around.entry)];
      if (token === '{') open.push({ path: here, entry: undefined });
      else if (token === '[') open.push({ path: here, entry: 0 });
      else if (token === '}' || token === ']') open.pop();
      else if (token === ',' && around?.entry !== undefined) around.entry += 1;
      else if (word !== undefined && colon !== undefined && around) {
        key = [...(around.entry === undefined ? around.path : here), unquote(word)];
        const written = VALUE.exec(text.slice(offset + token.length))?.[1]?.trim() ?? '';
        keys.push({ path: key, text: written, at: { line: index + 1, column: start + offset + 1 } });
      }
      if (open.length === 0) return index;
    }
  }
  return lines.length;
}
