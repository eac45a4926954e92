import { describe, expect, test } from '@jest/globals';
import { duration, durationOrZero, parseDuration, sessionLifetime } from './duration.ts';

describe('a Go duration', () => {
  test.each([
    ['60s', 60_000],
    ['100ms', 100],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['1.1h', 3_960_000],
    ['.5s', undefined],
    ['1.s', 1000],
    ['0s', 0],
    ['1us', 0.001],
    ['1µs', 0.001],
    ['1μs', 0.001],
    ['1ns', 0.000001],
    ['1m1m', 120_000],
    ['2540400h', 2_540_400 * 3_600_000],
  ])('%s is %p milliseconds', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  test.each([
    '',
    '60',
    '0',
    '-5s',
    '+5s',
    '30 seconds',
    '1d',
    '5S',
    ' 5s',
    '5s ',
    '1h30',
    's',
    '1e3s',
    '2562048h',
  ])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test('a long row of digits is refused quickly', () => {
    expect(parseDuration(`${'9'.repeat(10_000)}x`)).toBeUndefined();
  });
});

describe('the limits of a duration', () => {
  test.each([
    [duration, '1ms', 1],
    [duration, '999us', undefined],
    [duration, '0s', undefined],
    [durationOrZero, '0s', 0],
    [sessionLifetime, '1m', undefined],
    [sessionLifetime, '61s', 61_000],
    [sessionLifetime, '8760h', undefined],
    [sessionLifetime, '8759h59m', 8760 * 3_600_000 - 60_000],
  ])('%# %j gives %p', (type, text, milliseconds) => {
    expect(type.schema.safeParse(text).data).toBe(milliseconds);
  });
});

describe('what a refused duration advises', () => {
  test.each([
    [duration, '60', '"60s"'],
    [duration, '0', 'a duration like 30s, 5m or 1h30m'],
    [durationOrZero, '0', '"0s"'],
    [sessionLifetime, '7200', '"7200s"'],
    [sessionLifetime, '30', 'a duration above 1m and below 8760h, like 720h'],
  ])('%# %j: write %s', (type, text, advice) => {
    expect(type.schema.safeParse(text).error?.issues[0]?.message).toBe(advice);
  });
});
