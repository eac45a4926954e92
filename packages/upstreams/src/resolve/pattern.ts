import { RE2JS, RE2JSException } from 're2js';

/** A pattern as the programs of Go read it, or the reason why they would not. */
export type CompiledPattern = { ok: true; pattern: RE2JS } | { ok: false; reason: string };

/** The longest pattern that is compiled, in characters. */
export const LONGEST_PATTERN = 1000;

/** Compiling is the dearest part of reading a file, and most routes of a file have the same few patterns. */
const MOST_REMEMBERED = 1000;
const remembered = new Map<string, CompiledPattern>();

/** Compiles a pattern in RE2 syntax; the time that it takes to match is linear in the text. */
export function compilePattern(source: string, flags = 0): CompiledPattern {
  if (source.length > LONGEST_PATTERN)
    return { ok: false, reason: `the pattern is longer than ${LONGEST_PATTERN} characters` };
  const key = `${flags} ${source}`;
  const known = remembered.get(key);
  if (known) return known;
  const compiled = compile(source, flags);
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  remembered.set(key, compiled);
  return compiled;
}

function compile(source: string, flags: number): CompiledPattern {
  try {
    return { ok: true, pattern: RE2JS.compile(source, flags) };
  } catch (error) {
    const reason =
      error instanceof RE2JSException ? error.message.replace(/^error parsing regexp: /, '') : String(error);
    return { ok: false, reason: `${reason}. Write it in RE2 syntax, as in Go` };
  }
}
