import type { ValueType } from './variable.ts';
import { valueType } from './value-types.ts';

const nanosecondsPer = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

const partPattern = /(\d+)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/gy;

// Go counts nanoseconds in 64 bits: a little over 292 years.
const longest = 2n ** 63n - 1n;

/**
 * Reads a duration as Go writes it (`1h30m`, `100ms`, `1.5h`) and gives milliseconds, undefined for anything else.
 * Whole numbers of nanoseconds are counted, because `1.1h` is not exact in floating point.
 * Neither a sign nor a number without a unit is a duration here: the first has no use, the second was
 * nanoseconds in BuzzFeed SSO and is meant as seconds by everybody.
 */
export function parseDuration(text: string): number | undefined {
  let total = 0n;
  let end = 0;
  for (const [part, whole = '', fraction = '', unit = ''] of text.matchAll(partPattern)) {
    total += nanoseconds(whole, fraction, nanosecondsPer.get(unit) ?? 0n);
    end += part.length;
  }
  if (end === 0 || end !== text.length || total > longest) return undefined;
  return Number(total) / 1_000_000;
}

function nanoseconds(whole: string, fraction: string, unit: bigint): bigint {
  const decimals = (BigInt(fraction === '' ? '0' : fraction) * unit) / 10n ** BigInt(fraction.length);
  return BigInt(whole) * unit + decimals;
}

/** A duration of at least a millisecond, so that no wait ends before it begins. Gives milliseconds. */
export const duration = durationWhere(
  'duration',
  'a duration like 30s, 5m or 1h30m',
  (milliseconds) => milliseconds >= 1,
);

/** A duration that may also be `0s`. Gives milliseconds. */
export const durationOrZero = durationWhere(
  'duration, may be 0s',
  'a duration like 30s, 5m or 1h30m, or 0s',
  () => true,
);

/** The bounds are outside: `1m` and `8760h` themselves are refused, as BuzzFeed SSO does. Gives milliseconds. */
export const sessionLifetime = durationWhere(
  'duration above 1m and below 8760h',
  'a duration above 1m and below 8760h, like 720h',
  (milliseconds) => milliseconds > 60_000 && milliseconds < 8760 * 3_600_000,
);

function durationWhere(
  name: string,
  write: string,
  fits: (milliseconds: number) => boolean,
): ValueType<number> {
  const parse = (text: string): number | undefined => {
    const milliseconds = parseDuration(text);
    return milliseconds !== undefined && fits(milliseconds) ? milliseconds : undefined;
  };
  const advise = (text: string): string => {
    const inSeconds = /^\d+$/.test(text) ? parse(`${text}s`) : undefined;
    return inSeconds === undefined ? write : `"${text}s"`;
  };
  return valueType(name, write, parse, advise);
}
