import { afterEach, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { keepLinks } from './links.ts';
import type { Place } from './places.ts';

const nothing = () => undefined;
afterEach(() => {
  jest.useRealTimers();
});

test('while the search for tasks takes its time no other one begins', async () => {
  jest.useFakeTimers();
  const searches: Array<PromiseWithResolvers<readonly Place[]>> = [];
  function find(): Promise<readonly Place[]> {
    const search = Promise.withResolvers<readonly Place[]>();
    searches.push(search);
    return search.promise;
  }
  const links = keepLinks({
    find,
    task: 'one',
    tls: {},
    leavesWithinMs: 60_000,
    log: pino({ enabled: false }),
    changed: nothing,
    leaving: nothing,
  });
  await jest.advanceTimersByTimeAsync(60_000);
  expect(searches).toHaveLength(1);
  searches[0]?.resolve([]);
  await jest.advanceTimersByTimeAsync(2_500);
  expect(searches).toHaveLength(2);
  links.close();
});
