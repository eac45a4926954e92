const nanosecondsOf: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

const partPattern = /(?:(\d+)(?:\.(\d*))?|\.(\d+))(ns|us|µs|μs|ms|s|m|h)/gy;

/** Go counts nanoseconds in 64 bits: a little over 292 years. */
const longestDuration = 2n ** 63n - 1n;

/** The longest text that is read, in characters, so that nobody's row of digits keeps the process busy. */
export const longestDurationText = 100;

/**
 * What `parseDuration` takes, for a JSON Schema or any other regular expression of ECMAScript. It does not see the two
 * limits: how long the text may be, and how long the duration.
 */
export const durationPattern = '^\\+?(0|(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|\u00B5s|\u03BCs|ms|s|m|h))+)$';

/**
 * Reads a duration as Go's `time.ParseDuration` does (`1h30m`, `100ms`, `1.5h`, `+5s`, and `0` alone without a unit) and
 * gives milliseconds; undefined for anything else, and for a negative one, which is nothing that one can wait for.
 * Whole nanoseconds are counted, because `1.1h` is not exact in floating point; what is finer is cut off.
 */
export function parseDuration(text: string): number | undefined {
  if (text.length > longestDurationText) return undefined;
  const unsigned = text.replace(/^\+/, '');
  if (unsigned === '0') return 0;

  let total = 0n;
  let end = 0;
  for (const [part, whole = '0', fraction = '', bareFraction = '', unit = ''] of unsigned.matchAll(
    partPattern,
  )) {
    total += nanoseconds(whole, fraction + bareFraction, nanosecondsOf.get(unit) ?? 0n);
    end += part.length;
  }
  if (end === 0 || end !== unsigned.length || total > longestDuration) return undefined;
  return Number(total) / 1_000_000;
}

function nanoseconds(whole: string, fraction: string, unit: bigint): bigint {
  const decimals = (BigInt(fraction || '0') * unit) / 10n ** BigInt(fraction.length);
  return BigInt(whole) * unit + decimals;
}
