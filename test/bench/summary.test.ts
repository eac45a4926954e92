import { describe, expect, test } from '@jest/globals';
import { readLoad } from './summary.ts';

// As wrk prints them, above what `wrk.lua` adds.
const wrkLines = `Running 1s test @ http://127.0.0.1:4999/
  1 threads and 8 connections
  6982 requests in 1.00s, 852.29KB read
Requests/sec:   6959.62
`;

function printed(changes: object = {}): string {
  const summary = { requests: 6982, seconds: 1.003, p50Ms: 0.831, p99Ms: 15.479, refused: 0, broken: 0 };
  return `${wrkLines}\n${JSON.stringify({ ...summary, ...changes })}\n`;
}

describe('what a load generator has printed', () => {
  test('is read from its last line', () => {
    expect(readLoad(printed())).toEqual({ requests: 6982, seconds: 1.003, p50Ms: 0.831, p99Ms: 15.479 });
  });

  test.each([
    ['refused', { refused: 3 }, 'of 6982 requests 3 were refused and 0 broke off'],
    ['broken off', { broken: 2 }, 'of 6982 requests 0 were refused and 2 broke off'],
  ])('counts for nothing where requests were %s', (_, changes, message) => {
    expect(() => readLoad(printed(changes))).toThrow(message);
  });

  test('counts for nothing where nothing was answered', () => {
    expect(() => readLoad(printed({ requests: 0 }))).toThrow('nothing was answered');
  });
});
