import { expect, test } from '@jest/globals';
import { createGathering } from './gathering.ts';

test('pieces of any size become one text, in their order', () => {
  const gathering = createGathering();
  const pieces = ['', 'a', 'b'.repeat(5_000), 'c', 'd'.repeat(100_000)];
  for (const piece of pieces) gathering.add(Buffer.from(piece));
  expect(gathering.bytes().toString()).toBe(pieces.join(''));
});

test('the buffer grows with what has come', () => {
  const gathering = createGathering();
  expect(gathering.capacityWith(1)).toBe(4_096);
  gathering.add(Buffer.alloc(4_097));
  expect([gathering.capacityWith(0), gathering.capacityWith(4_096)]).toEqual([8_192, 16_384]);
});
