import { expect, test } from '@jest/globals';
import { rawValues } from './raw-headers.ts';

test('every value of a name is found, in order and in whatever letter case', () => {
  const headers = ['Host', 'a', 'X-One', 'host', 'HOST', 'b', 'host', ''];

  expect(rawValues(headers, 'host')).toEqual(['a', 'b', '']);
});

test('a value that reads like the name is not taken for it', () => {
  expect(rawValues(['X-One', 'host', 'X-Two', 'evil'], 'host')).toEqual([]);
});
