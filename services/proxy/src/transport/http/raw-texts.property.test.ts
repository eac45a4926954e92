import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { rawTexts } from './raw-texts.ts';

/** A head as undici gives it: pieces of what was read at once, or copies of pieces that came in two. */
const pieces = fc.array(
  fc.record({ bytes: fc.uint8Array({ maxLength: 20 }), gap: fc.nat(3), isCopy: fc.boolean() }),
);

test('however the pieces of a head lie in memory, each gives its own bytes, a character for each', () => {
  fc.assert(
    fc.property(pieces, fc.nat(10), (parts, before) => {
      const read = Buffer.alloc(before + parts.reduce((sum, { bytes, gap }) => sum + bytes.length + gap, 0));
      let end = before;
      const raw = parts.map(({ bytes, gap, isCopy }) => {
        read.set(bytes, end);
        const piece = read.subarray(end, end + bytes.length);
        end += bytes.length + gap;
        return isCopy ? Buffer.from(piece) : piece;
      });
      const expected = parts.map(({ bytes }) => Buffer.from(bytes).toString('latin1'));

      expect(rawTexts(raw)).toEqual(expected);
      expect(rawTexts(raw.toReversed())).toEqual(expected.toReversed());
    }),
  );
});

test('texts stay what they are, and nothing is nothing', () => {
  expect(rawTexts(['a', '1'] as never)).toEqual(['a', '1']);
  expect(rawTexts([])).toEqual([]);
  expect(rawTexts(undefined as never)).toEqual([]);
});
