import { expect, test } from '@jest/globals';
import { createHeldBodies } from './held-bodies.ts';

const mebi = 1024 * 1024;

test('large bodies leave a quarter to small ones', () => {
  const held = createHeldBodies();
  expect(held.open('a').resize(16 * mebi)).toBe(true);
  expect(held.open('b').resize(8 * mebi)).toBe(true);
  expect(held.open('c').resize(mebi)).toBe(false);
  expect(Array.from({ length: 33 }, () => held.open('c').resize(mebi / 4)).lastIndexOf(true)).toBe(31);
});

test.each(['somebody', undefined])('%s has room for the largest body, and leaves the rest', (person) => {
  const held = createHeldBodies();
  expect(held.open(person).resize(16 * mebi)).toBe(true);
  expect(held.open(person).resize(1)).toBe(false);
  expect(held.open('another').resize(8 * mebi)).toBe(true);
});

test('what is given back, twice even, can be taken again, once', () => {
  const held = createHeldBodies();
  const share = held.open('a');
  expect(share.resize(16 * mebi)).toBe(true);
  share.release();
  share.release();
  expect(held.open('a').resize(16 * mebi)).toBe(true);
  expect(held.open('a').resize(1)).toBe(false);
  expect(held.open('b').resize(8 * mebi)).toBe(true);
  expect(held.open('c').resize(mebi)).toBe(false);
});

test('a body that gets no more keeps what it has', () => {
  const held = createHeldBodies();
  const share = held.open('a');
  expect(share.resize(16 * mebi)).toBe(true);
  expect(share.resize(32 * mebi)).toBe(false);
  expect(held.open('a').resize(16 * mebi)).toBe(false);
});
