import { describe, expect, test } from '@jest/globals';
import { countReturn, readTrips, writeTrips } from './round-trips.ts';
import type { TripCount } from './round-trips.ts';

const now = 1_800_000_000_000;

function returns(...times: { at: number; began?: number; to?: string }[]) {
  let trips: readonly TripCount[] = [];
  return times.map(({ at, began = at, to = 'https://wiki.test/' }) => {
    const counted = countReturn(trips, to, { began: now + began, now: now + at });
    trips = readTrips(writeTrips(counted.trips));
    return counted.isLoop;
  });
}

describe('a browser that is sent back', () => {
  test('is stopped at the third time within a minute, and may then try again', () => {
    expect(returns({ at: 0 }, { at: 100 }, { at: 200 }, { at: 300 })).toEqual([false, false, true, false]);
  });

  test('is not stopped after a minute', () => {
    expect(returns({ at: 0 }, { at: 30_000 }, { at: 61_000 })).toEqual([false, false, false]);
  });

  test('is not stopped for other addresses', () => {
    expect(
      returns({ at: 0 }, { at: 1, to: 'https://a.test/' }, { at: 2 }, { at: 3, to: 'https://a.test/' }),
    ).toEqual([false, false, false, false]);
  });

  test('is not stopped for tabs that were under way before', () => {
    expect(
      returns({ at: 100, began: 0 }, { at: 200, began: 10 }, { at: 300, began: 20 }, { at: 400, began: 30 }),
    ).toEqual([false, false, false, false]);
  });

  test('remembers five addresses', () => {
    let trips: readonly TripCount[] = [];
    for (let n = 0; n < 9; n += 1)
      trips = countReturn(trips, `https://${n}.test/`, { began: now, now }).trips;
    expect(trips).toHaveLength(5);
    expect(writeTrips(trips).length).toBeLessThan(1024);
  });

  test.each([undefined, '', 'rubbish', btoa('{}'), btoa('[1,[2],["a",1]]'), 'x'.repeat(2000)])(
    'brings nothing along in %j',
    (value) => {
      expect(readTrips(value)).toEqual([]);
    },
  );
});
