import { afterEach, expect, jest, test } from '@jest/globals';
import { clockFrom } from '@latchkey/http';
import { createLeased } from './lease.ts';
import type { Unkept } from './lease.ts';
import { memoryStore } from './memory.ts';
import { placeOf } from './place.ts';
import { StoreAway } from './store.ts';

const place = placeOf('grant', 'sid');
const times = { lifeMs: 60, pollMs: 5, waitMs: 2_000 };
const none = () => undefined;
const later = (ms: number) => new Promise((resolve) => void setTimeout(resolve, ms));
const failing = async () => Promise.reject(new Error('the work failed'));

afterEach(() => void jest.useRealTimers());

test('work that takes longer than a lease keeps it, and whoever waits finds its result', async () => {
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

test('whose turn does not come in time is told so, and the lease of work that failed is free', async () => {
  const store = memoryStore(clockFrom());
  const leased = createLeased(store, { ...times, waitMs: 50 });
  await store.lease(place, 'somebody else', 10_000);
  expect(await leased.run(place, async () => ({ outcome: 'never' }), none)).toBeUndefined();
  await store.release(place, 'somebody else');
  await expect(leased.run(place, failing, none)).rejects.toThrow('the work failed');
  expect(await leased.run(place, async () => ({ outcome: 'done' }), none)).toBe('done');
});

test('a result that the store did not take is handed back, to be put by its version later', async () => {
  const store = memoryStore(clockFrom());
  const unkept: Unkept[] = [];
  const away = { ...store, release: async () => Promise.reject(new StoreAway('gone')) };
  const keep = { text: 'result', ttlMs: 10_000 };
  const outcome = await createLeased(away, times).run(
    place,
    async () => ({ outcome: 'done', keep }),
    (result) => void unkept.push(result),
  );
  expect([outcome, unkept]).toEqual(['done', [{ ...keep, version: expect.any(Number) }]]);
});
