import type { Expr } from './parse.ts';
import type { Reading } from './reading.ts';
import type { Typed } from './typed.ts';

/** A value and where it stands. */
export type Placed = { readonly value: Typed; readonly at: Expr };

/** Notes a text that can never be what it is compared with. */
export function noticeNeverEqual(reading: Reading, left: Placed, right: Placed): void {
  if (left.value.type !== 'text' || right.value.type !== 'text') return;
  if (right.value.literal !== undefined) noticeText(reading, left.value, right.value.literal, right.at);
  if (left.value.literal !== undefined) noticeText(reading, right.value, left.value.literal, left.at);
}

/** The same of a text that a value is compared with. */
export function noticeText({ warn }: Reading, value: Typed, text: string, at: Expr): void {
  const flaw = value.type === 'text' ? value.flaw?.(text) : undefined;
  if (flaw !== undefined) warn('neverEqual', at, `${JSON.stringify(text)} is never equal to this: ${flaw}`);
}
