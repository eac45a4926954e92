import { expect, test } from '@jest/globals';
import { createHeldBodies } from './held-bodies.ts';

const mebi = 1024 * 1024;

test('large bodies leave a quarter to small ones', () => {
  const held = createHeldBodies();
  expect(held.open().resize(16 * mebi)).toBe(true);
  expect(held.open().resize(8 * mebi)).toBe(true);
  expect(held.open().resize(mebi)).toBe(false);
  expect(Array.from({ length: 33 }, () => held.open().resize(mebi / 4)).lastIndexOf(true)).toBe(31);
});

test('what is given back, twice even, can be taken again, once', () => {
  const held = createHeldBodies();
  const share = held.open();
  expect(share.resize(16 * mebi)).toBe(true);
  share.release();
  share.release();
  expect(held.open().resize(24 * mebi)).toBe(true);
  expect(held.open().resize(mebi)).toBe(false);
});

test('a body that gets no more keeps what it has', () => {
  const held = createHeldBodies();
  const share = held.open();
  expect(share.resize(16 * mebi)).toBe(true);
  expect(share.resize(32 * mebi)).toBe(false);
  expect(held.open().resize(16 * mebi)).toBe(false);
});
