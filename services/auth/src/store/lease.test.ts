import { afterEach, expect, jest, test } from '@jest/globals';
import { clockFrom } from '@latchkey/http';
import { createLeased } from './lease.ts';
import { memoryStore } from './memory.ts';
import { placeOf } from './place.ts';
import { StoreAway } from './store.ts';

const place = placeOf('grant', 'sid');
const times = { lifeMs: 60, pollMs: 5, waitMs: 2_000 };
const none = () => undefined;
const later = (ms: number) => new Promise((resolve) => void setTimeout(resolve, ms));
const failing = async () => Promise.reject(new Error('the work failed'));

afterEach(() => void jest.useRealTimers());

test('work that takes longer than a lease keeps it, and a task that waits finds its result', async () => {
  jest.useFakeTimers();
  const store = memoryStore({ now: Date.now, elapsed: Date.now });
  const tasks = [createLeased(store, times), createLeased(store, times)];
  let atWork = 0;
  let worked = 0;
  const outcomes = Promise.all(
    tasks.map((leased) =>
      leased.run(
        place,
        async () => {
          const known = await store.get(place);
          if (known !== undefined) return { outcome: known.text };
          expect((atWork += 1)).toBe(1);
          await later(250);
          atWork -= 1;
          worked += 1;
          return { outcome: 'result', keep: { text: 'result', ttlMs: 10_000 } };
        },
        none,
      ),
    ),
  );
  await jest.advanceTimersByTimeAsync(300);
  expect(await outcomes).toEqual(['result', 'result']);
  expect(worked).toBe(1);
});

test('a lease that is lost with the store is taken again while the work goes on, and is free afterwards', async () => {
  jest.useFakeTimers();
  const memory = memoryStore({ now: Date.now, elapsed: Date.now });
  let holder = '';
  const store: typeof memory = {
    ...memory,
    lease: (at, who, ttlMs) => memory.lease(at, (holder = who), ttlMs),
  };
  const work = later(250).then(() => ({ outcome: 'done' }));
  const outcome = createLeased(store, times).run(place, () => work, none);
  await jest.advanceTimersByTimeAsync(1);
  await memory.release(place, holder);
  await jest.advanceTimersByTimeAsync(20);
  expect(await memory.lease(place, 'other', 1_000)).toBeUndefined();
  await jest.advanceTimersByTimeAsync(250);
  expect(await outcome).toBe('done');
  expect(await memory.lease(place, 'other', 1_000)).toBeGreaterThan(0);
});

test('whose turn does not come in time hears so, and the lease of work that failed is free', async () => {
  const store = memoryStore(clockFrom());
  const leased = createLeased(store, { ...times, waitMs: 50 });
  await store.lease(place, 'somebody else', 10_000);
  expect(await leased.run(place, async () => ({ outcome: 'never' }), none)).toBeUndefined();
  await store.release(place, 'somebody else');
  await expect(leased.run(place, failing, none)).rejects.toThrow('the work failed');
  expect(await leased.run(place, async () => ({ outcome: 'done' }), none)).toBe('done');
});

test('a result that the store did not take is marked, and can be put by its version later', async () => {
  const store = memoryStore(clockFrom());
  const results: unknown[] = [];
  const away = { ...store, release: async () => Promise.reject(new StoreAway('away')) };
  const keep = { text: 'result', ttlMs: 10_000 };
  const outcome = await createLeased(away, times).run(
    place,
    async () => ({ outcome: 'done', keep }),
    (result, isKept) => void results.push({ ...result, isKept }),
  );
  expect([outcome, results]).toEqual(['done', [{ ...keep, version: expect.any(Number), isKept: false }]]);
});
