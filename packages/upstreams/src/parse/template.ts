import type { Report } from '../problems.ts';
import { tooLarge } from './decode.ts';
import { MAX_FILE_LENGTH } from './limits.ts';
import { sourceOf } from './source.ts';
import type { Insertion, Source } from './source.ts';

type Variables = Readonly<Record<string, string>>;
type Placeholder = { start: number; end: number; name: string; inComment: boolean };

/**
 * Replaces every `{{name}}` by its value, literally and once: a value is not looked through for further placeholders.
 * Gives nothing when one has no value, since a placeholder that stays is itself YAML and would be read as something else.
 */
export function fillTemplate(original: string, variables: Variables, report: Report): Source | undefined {
  if (original.length > MAX_FILE_LENGTH) {
    report('fileTooLarge', { line: 1, column: 1 }, tooLarge(original.length));
    return undefined;
  }

  const unfilled = sourceOf(original, original, []);
  const insertions: Insertion[] = [];
  let filled = '';
  let copied = 0;
  let complete = true;
  for (const { start, end, name, inComment } of findPlaceholders(original)) {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (inComment && (value === undefined || /[\r\n]/.test(value))) continue;
    if (value === undefined) {
      report('templateUnresolved', unfilled.at(start), unresolved(name, variables));
      complete = false;
      continue;
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
    if (filled.length > MAX_FILE_LENGTH) {
      report('fileTooLarge', unfilled.at(start), tooLarge(filled.length));
      return undefined;
    }
  }
  return complete ? sourceOf(filled + original.slice(copied), original, insertions) : undefined;
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

function unresolved(name: string, variables: Variables): string {
  const plain = name.trim().toLowerCase();
  if (Object.hasOwn(variables, plain)) return `{{${name}}} has no value: write {{${plain}}}`;
  return `{{${name}}} has no value: set SSO_CONFIG_${plain.toUpperCase() || 'NAME'}`;
}
