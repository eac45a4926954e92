import type { Position } from '../types.ts';

/** The text that the YAML parser sees, and the way from an offset in it back to the file as the operator wrote it. */
export type TemplatedText = {
  text: string;
  at(offset: number): Position;
  /** Whether a template variable stands between two offsets. */
  isTemplated(start: number, end: number): boolean;
  /** Whether every template variable has a value. */
  isComplete: boolean;
  /** A value out of `text` with those that have none as they are written, `{{name}}`. */
  restore(value: string): string;
};

/** A stretch of the text that did not stand in the file: the value of a template variable. */
export type Insertion = {
  /** Where the value stands in the filled text. */
  start: number;
  end: number;
  /** Where the placeholder stood in the file. */
  originalStart: number;
  originalEnd: number;
};

/** Ties `text` to the `original` it was made from by `insertions`, which are in order. */
export function templatedText(
  text: string,
  original: string,
  insertions: readonly Insertion[],
): TemplatedText {
  const lineStarts = findLineStarts(original);
  return {
    text,
    at(offset) {
      const place = originalOffset(offset, insertions);
      const line = countUpTo(lineStarts.length, (index) => (lineStarts[index] ?? 0) <= place);
      return { line, column: place - (lineStarts[line - 1] ?? 0) + 1 };
    },
    isTemplated(start, end) {
      if (insertions.length === 0) return false;
      const before = countUpTo(insertions.length, (index) => (insertions[index]?.start ?? 0) < end);
      const last = insertions[before - 1];
      return last !== undefined && last.end >= start;
    },
    isComplete: true,
    restore: (value) => value,
  };
}

/** Anything inside an inserted value counts as standing at its placeholder. */
function originalOffset(offset: number, insertions: readonly Insertion[]): number {
  const before = countUpTo(insertions.length, (index) => (insertions[index]?.start ?? 0) <= offset);
  const last = insertions[before - 1];
  if (!last) return offset;
  return offset < last.end ? last.originalStart : offset - last.end + last.originalEnd;
}

function findLineStarts(text: string): number[] {
  const starts = [0];
  for (const lineBreak of text.matchAll(/\r\n|\r|\n/g)) starts.push(lineBreak.index + lineBreak[0].length);
  return starts;
}

/** How many of the first `length` indexes hold, where all that do come before all that do not. */
function countUpTo(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
