import { describe, expect, test } from '@jest/globals';
import { duration, durationOrZero, sessionLifetime } from './duration.ts';

describe('the limits of a duration', () => {
  test.each([
    [duration, '1ms', 1],
    [duration, '999us', undefined],
    [duration, '0s', undefined],
    [durationOrZero, '0s', 0],
    [durationOrZero, '0', undefined],
    [durationOrZero, '+0', undefined],
    [duration, '+.5s', 500],
    [duration, '-5s', undefined],
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
