// Where the frames of a WebSocket end, by RFC 6455, section 5.2.
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { closeFrame, frameLengths } from './frames.ts';

function frameOf(length: number, mask: boolean): Buffer {
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head.writeUInt8(0x82, 0);
  head.writeUInt8((mask ? 0x80 : 0) + (length < 126 ? length : length < 65_536 ? 126 : 127), 1);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  // What could be taken for heads, if payload were read as such.
  return Buffer.concat([head, Buffer.alloc(mask ? 4 : 0, 0x88), Buffer.alloc(length, 0x88)]);
}

test('the end of every frame is found, however the bytes are cut into chunks', () => {
  const lengths = fc.array(fc.constantFrom(0, 1, 125, 126, 127, 65_535, 65_536, 70_000), { maxLength: 5 });
  fc.assert(
    fc.property(lengths, fc.boolean(), fc.array(fc.nat(200_000)), (all, mask, cuts) => {
      const frames = all.map((length) => frameOf(length, mask));
      const bytes = Buffer.concat(frames);
      const expected: number[] = [];
      for (const { length } of frames) expected.push((expected.at(-1) ?? 0) + length);

      const ends: number[] = [];
      const follower = frameLengths();
      const starts = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b)];
      for (const [index, start] of starts.entries()) {
        const chunk = bytes.subarray(start, starts[index + 1] ?? bytes.length);
        for (let at = 0; at < chunk.length;) {
          at = follower.follow(chunk, at);
          if (follower.isBetween()) ends.push(start + at);
        }
      }
      expect(ends).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

test('a head that has only begun is no place for another frame', () => {
  const follower = frameLengths();
  expect(follower.isBetween()).toBe(true);
  for (const byte of [0x82, 0x7f, 0, 0, 0, 1, 0, 0, 0, 0]) {
    follower.follow(Buffer.from([byte]), 0);
    expect(follower.isBetween()).toBe(false);
  }
});

test('a close frame holds its code', () => {
  expect([...closeFrame(1008)]).toEqual([0x88, 2, 0x03, 0xf0]);
});
