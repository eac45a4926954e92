import { describe, expect, test } from '@jest/globals';
import { parseDuration } from './duration.ts';

describe('a Go duration', () => {
  test.each([
    ['60s', 60_000],
    ['100ms', 100],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['1.1h', 3_960_000],
    ['.5s', 500],
    ['1.s', 1000],
    ['+5s', 5000],
    ['0', 0],
    ['+0', 0],
    ['0s', 0],
    ['1us', 0.001],
    ['1µs', 0.001],
    ['1μs', 0.001],
    ['1ns', 0.000001],
    ['1.9ns', 0.000001],
    ['1m1m', 120_000],
    ['00s', 0],
    ['2540400h', 2_540_400 * 3_600_000],
    ['0.000000000000000000000000000000000000001h', 0],
  ])('%s is %p milliseconds', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  test.each([
    '',
    '60',
    '00',
    '-5s',
    '-0',
    '++5s',
    '+',
    '5s+5s',
    '30 seconds',
    '1d',
    '5S',
    ' 5s',
    '5s ',
    '5s\n',
    '1h30',
    's',
    '.s',
    '.',
    '1e3s',
    '1..5s',
    '2562048h',
  ])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test('a long row of digits is refused quickly', () => {
    expect(parseDuration(`${'9'.repeat(10_000)}x`)).toBeUndefined();
    expect(parseDuration(`${'9'.repeat(4_000_000)}s`)).toBeUndefined();
  });
});
