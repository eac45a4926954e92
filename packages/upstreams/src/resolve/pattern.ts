import { RE2JS, RE2JSException } from 're2js';
import { costOf } from './pattern-cost.ts';

/** A pattern as the programs of Go read it, or the reason why they would not. */
export type CompiledPattern = { ok: true; pattern: RE2JS } | { ok: false; reason: string };

/** The longest pattern that is compiled, in characters. */
export const longestPattern = 1000;

/** The dearest pattern that is compiled, some 40 ms. Six times `a{1000}` is within it. */
const mostOfAPattern = 20_000;
/** The most that all different patterns of a file may cost, a second and 100 MB at the worst. Ten thousand ordinary ones are within it. */
const mostOfAFile = 600_000;

/**
 * The patterns of the file that is being read. Compiling is the dearest part of it, and most routes have the same few
 * patterns. A file is read in one go, so there is one at a time.
 */
let remembered = new Map<string, CompiledPattern>();
let spent = 0;

/** Begins another file. */
export function forgetPatterns(): void {
  remembered = new Map();
  spent = 0;
}

/** Compiles a pattern in RE2 syntax; the time that it takes to match is linear in the text. */
export function compilePattern(source: string, flags = 0): CompiledPattern {
  if (source.length > longestPattern)
    return { ok: false, reason: `the pattern is longer than ${longestPattern} characters` };
  const key = `${flags} ${source}`;
  const known = remembered.get(key);
  if (known) return known;
  const compiled = withinCost(source) ?? compile(source, flags);
  remembered.set(key, compiled);
  return compiled;
}

function withinCost(source: string): CompiledPattern | undefined {
  const cost = costOf(source);
  if (cost > mostOfAPattern) {
    return {
      ok: false,
      reason:
        'the pattern is too large, because every repetition counts. Repeat less, and write `+` for `{1,1000}`',
    };
  }
  if (spent + cost > mostOfAFile) {
    return {
      ok: false,
      reason: 'the patterns of the file are too large together. Write fewer, or shorter ones',
    };
  }
  spent += cost;
  return undefined;
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
