import { describe, expect, test } from '@jest/globals';
import { median, medianRatio, rowOf, table } from './report.ts';
import type { Slice } from './report.ts';

function slice(requests: number, changes: Partial<Slice> = {}): Slice {
  return { requests, seconds: 1, p50Ms: 2, p99Ms: 8, cpuUs: 1_000_000, ...changes };
}

describe('the median', () => {
  test.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[7], 7],
    [[], NaN],
  ])('of %j is %d', (values, middle) => {
    expect(median(values)).toBe(middle);
  });

  test('of ratios takes them round by round: a machine that slows down changes both', () => {
    expect(medianRatio([50, 5, 500], [100, 10, 1_000])).toBe(0.5);
  });
});

describe('a row', () => {
  const slices = [slice(10_000), slice(1_000, { p99Ms: 80 }), slice(5_000, { seconds: 2 })];
  const relay = [slice(20_000), slice(2_000, { p99Ms: 40 }), slice(10_000)];
  const row = rowOf({ server: 'the gate', body: '1k', peakMiB: 100 }, slices, relay);

  test('holds medians', () => {
    expect(row).toMatchObject({ perSecond: 2_500, p50Ms: 2, p99Ms: 8, cpuUs: 200 });
  });

  test('holds medians of what it is to the relay in each round', () => {
    expect(row.ratios).toEqual({ perSecond: 0.5, p99Ms: 1, cpuUs: 2 });
  });

  test('reads as a line of a table', () => {
    expect(table([row])).toBe(
      [
        '| server   | body | x first | per s | p50 ms | p99 ms | p99 x first | CPU us | CPU x first | peak MiB |\n',
        '| -------- | ---- | ------: | ----: | -----: | -----: | ----------: | -----: | ----------: | -------: |\n',
        '| the gate | 1k   |    0.50 |  2500 |    2.0 |    8.0 |        1.00 |    200 |        2.00 |      100 |\n',
      ].join(''),
    );
  });
});
