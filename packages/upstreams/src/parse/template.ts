import type { Report } from '../problems.ts';
import { tooLarge } from './decode.ts';
import { maxFileLength } from './limits.ts';
import { templatedText } from './source.ts';
import type { Insertion, TemplatedText } from './source.ts';

type Variables = Readonly<Record<string, string>>;
type Placeholder = { start: number; end: number; name: string; inComment: boolean };

/**
 * What stands for a placeholder without a value while the YAML is read, since `{{name}}` is itself a mapping there. Unicode
 * keeps these code points free for a program's own use, and YAML takes them for letters.
 */
const opening = '\uFDD0';
const closing = '\uFDD1';
const standInPattern = new RegExp(`${opening}(\\d+)${closing}`, 'g');

/**
 * Replaces every `{{name}}` by its value, literally and once: a value is not looked through for further placeholders. One
 * without a value is reported and marked, so that the rest of the file can be read. Gives nothing for a file that is too
 * large.
 */
export function fillTemplate(
  original: string,
  variables: Variables,
  report: Report,
): TemplatedText | undefined {
  if (original.length > maxFileLength) {
    report('fileTooLarge', { line: 1, column: 1 }, tooLarge(original.length));
    return undefined;
  }

  const unfilled = templatedText(original, original, []);
  const insertions: Insertion[] = [];
  const unresolved: string[] = [];
  let filled = '';
  let copied = 0;
  for (const { start, end, name, inComment } of findPlaceholders(original)) {
    let value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (inComment && (value === undefined || /[\r\n]/.test(value))) continue;
    if (value === undefined) {
      report('templateUnresolved', unfilled.at(start), adviceFor(name, variables));
      value = opening + unresolved.length + closing;
      unresolved.push(original.slice(start, end));
    }
    filled += original.slice(copied, start);
    insertions.push({
      start: filled.length,
      end: filled.length + value.length,
      originalStart: start,
      originalEnd: end,
    });
    filled += value;
    copied = end;
    if (filled.length > maxFileLength) {
      report('fileTooLarge', unfilled.at(start), tooLarge(filled.length));
      return undefined;
    }
  }
  const source = templatedText(filled + original.slice(copied), original, insertions);
  if (unresolved.length === 0) return source;
  return {
    ...source,
    isComplete: false,
    restore: (value) =>
      value.replaceAll(standInPattern, (standIn, at: string) => unresolved[Number(at)] ?? standIn),
  };
}

/** A `#` after a space inside quotes passes for a comment too, which only spares an unset variable there its error. */
function* findPlaceholders(text: string): Generator<Placeholder> {
  let inComment = false;
  for (const found of text.matchAll(/(?<=^|\s)#|[\r\n]|\{\{([^{}\r\n]*)\}\}/g)) {
    const [whole, name] = found;
    if (name === undefined) inComment = whole === '#';
    else yield { start: found.index, end: found.index + whole.length, name, inComment };
  }
}

function adviceFor(name: string, variables: Variables): string {
  const plain = name.trim().toLowerCase();
  if (Object.hasOwn(variables, plain)) return `{{${name}}} has no value: write {{${plain}}}`;
  return `{{${name}}} has no value: set SSO_CONFIG_${plain.toUpperCase() || 'NAME'}`;
}
