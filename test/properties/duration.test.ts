// An editor refuses a duration by its pattern, and the loader by reading it: the two agree.
import { expect, test } from '@jest/globals';
import { durationPattern, longestDurationText, parseDuration } from '@latchkey/duration';
import * as fc from 'fast-check';

const pieces = fc.constantFrom(
  '0',
  '1',
  '59',
  '007',
  '.',
  '+',
  '-',
  ' ',
  'ns',
  'us',
  '\u00B5s',
  '\u03BCs',
  'ms',
  's',
  'm',
  'h',
  'd',
  'e3',
);
const written = fc.oneof(
  fc.array(pieces, { maxLength: 7 }).map((all) => all.join('')),
  fc.string({ maxLength: 5 }),
);

test('a text matches the pattern of a duration when, and only when, it is read as one', () => {
  const pattern = new RegExp(durationPattern, 'u');
  fc.assert(
    fc.property(written, (text) => {
      // The pattern sees neither how long the text is nor that 300 years are too many.
      fc.pre(text.length <= longestDurationText && !/\d{6}/.test(text));
      expect(pattern.test(text)).toBe(parseDuration(text) !== undefined);
    }),
    { numRuns: 5_000 },
  );
});

test('a number of nanoseconds, split into units in any way, is read as that many', () => {
  fc.assert(
    fc.property(fc.nat(500), fc.nat(59), fc.nat(59), fc.nat(999_999_999), (hours, minutes, seconds, rest) => {
      const ms = ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest / 1e6;
      const fraction = String(rest).padStart(9, '0');
      expect(parseDuration(`${hours}h${minutes}m${seconds}.${fraction}s`)).toBeCloseTo(ms, 6);
      expect(parseDuration(`+${rest}ns${seconds}s${minutes}m${hours}h`)).toBeCloseTo(ms, 6);
    }),
  );
});

test('tenths of an hour are exact, which they are not in floating point', () => {
  fc.assert(
    fc.property(fc.nat(4_000), (tenths) => {
      expect(parseDuration(`${Math.floor(tenths / 10)}.${tenths % 10}h`)).toBe(tenths * 360_000);
    }),
  );
});
