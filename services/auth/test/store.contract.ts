import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { placeOf } from '../src/store/place.ts';
import type { Kind, Place } from '../src/store/place.ts';
import type { Store } from '../src/store/store.ts';

/** A store to be held to the contract. */
export type StoreUnderTest = {
  readonly store: Store;
  /** lets time pass for it */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
};

const somewhere = (kind: Kind = 'grant'): Place => placeOf(kind, randomUUID());
const soon = { ttlMs: 10_000 };

/**
 * What every store has to do, whatever it is made of.
 *
 * @param one declares a test: `test`, or `test.concurrent` where the time is real, and the tests mostly wait
 */
export function storeContract(
  name: string,
  one: (name: string, run: () => Promise<void>) => void,
  open: () => Promise<StoreUnderTest>,
): void {
  describe(`the ${name} store`, () => {
    let under: StoreUnderTest;
    let store: Store;
    beforeAll(async () => {
      under = await open();
      store = under.store;
    });
    afterAll(() => under.close());

    one('gives what was put, and nothing of other places and kinds', async () => {
      const place = somewhere();
      await store.put(place, 'äß\u0000\r\n"', soon);
      expect((await store.get(place))?.text).toBe('äß\u0000\r\n"');
      expect(await store.get(somewhere())).toBeUndefined();
      expect(await store.get({ ...place, kind: 'membership' })).toBeUndefined();
      await store.drop(place);
      expect(await store.get(place)).toBeUndefined();
    });

    one('forgets a text when its time is over, and not before', async () => {
      const place = somewhere();
      await store.put(place, 'text', { ttlMs: 10_000 });
      await under.pass(20);
      expect((await store.get(place))?.text).toBe('text');
      await store.put(place, 'text', { ttlMs: 100 });
      await under.pass(150);
      expect(await store.get(place)).toBeUndefined();
      await store.put(place, 'over already', { ttlMs: 0 });
      expect(await store.get(place)).toBeUndefined();
    });

    one('replaces a text by a newer one, and never a newer one by an older', async () => {
      const place = somewhere();
      expect(await store.put(place, 'one', { ...soon, version: 5 })).toBe(true);
      expect(await store.put(place, 'older', { ...soon, version: 4 })).toBe(false);
      expect(await store.get(place)).toEqual({ text: 'one', version: 5 });
      expect(await store.put(place, 'as new', { ...soon, version: 5 })).toBe(true);
      expect(await store.put(place, 'newest', soon)).toBe(true);
      expect(await store.put(place, 'older', { ...soon, version: 6 })).toBe(false);
      const first = await store.get(place);
      await store.put(place, 'newer still', soon);
      const second = await store.get(place);
      expect(second?.text).toBe('newer still');
      expect(second?.version).toBeGreaterThan(first?.version ?? Infinity);
    });

    one(
      'takes a one-time value once, of twenty at the same moment one, and again when its time is over',
      async () => {
        const place = somewhere('code');
        expect(await store.isUsed(place)).toBe(false);
        const uses = await Promise.all(Array.from({ length: 20 }, () => store.useOnce(place, 2_000)));
        expect(uses.filter((isFirst) => isFirst)).toHaveLength(1);
        expect(await store.useOnce(place, 2_000)).toBe(false);
        expect(await store.useOnce(somewhere('code'), 0)).toBe(false);
        expect(await store.isUsed(place)).toBe(true);
        await under.pass(2_050);
        expect(await store.isUsed(place)).toBe(false);
        expect(await store.useOnce(place, 2_000)).toBe(true);
      },
    );

    one('counts within a window that begins with the first', async () => {
      const place = somewhere('rate');
      const counted = await Promise.all(Array.from({ length: 5 }, () => store.count(place, 2_000)));
      expect(counted.map(({ count }) => count).toSorted((one, other) => one - other)).toEqual([
        1, 2, 3, 4, 5,
      ]);
      for (const { endsInMs } of counted) expect(endsInMs).toBeLessThanOrEqual(2_000);
      await under.pass(2_050);
      expect((await store.count(place, 2_000)).count).toBe(1);
    });

    one('keeps so many members of a set, the ones that were added last', async () => {
      const place = somewhere('account');
      const limits = { most: 3, ttlMs: 10_000 };
      for (const member of ['a', 'b', 'c']) expect(await store.add(place, member, limits)).toEqual([]);
      expect(await store.add(place, 'a', limits)).toEqual([]);
      expect(await store.members(place)).toEqual(['b', 'c', 'a']);
      expect(await store.add(place, 'd', limits)).toEqual(['b']);
      await store.remove(place, 'c');
      expect(await store.members(place)).toEqual(['a', 'd']);
      expect(await store.members(somewhere('account'))).toEqual([]);
    });

    one('keeps a set for as long as the longest of its members was to be kept', async () => {
      const place = somewhere('account');
      await store.add(place, 'long', { most: 3, ttlMs: 2_000 });
      await store.add(place, 'short', { most: 3, ttlMs: 50 });
      await under.pass(100);
      expect(await store.members(place)).toEqual(['long', 'short']);
      await under.pass(2_000);
      expect(await store.members(place)).toEqual([]);
    });

    one('leases a place to one at a time, until it is given back', async () => {
      const place = somewhere();
      const holders = Array.from({ length: 20 }, (_, at) => `${at}`);
      const fences = await Promise.all(holders.map((holder) => store.lease(place, holder, 10_000)));
      const held = fences.findIndex((fence) => fence !== undefined);
      expect(fences.filter((fence) => fence !== undefined)).toHaveLength(1);
      await store.release(place, `${held + 1}`);
      expect(await store.lease(place, 'next', 10_000)).toBeUndefined();
      await store.release(place, `${held}`);
      expect(await store.lease(place, 'next', 10_000)).toBeGreaterThanOrEqual(fences[held] ?? Infinity);
    });

    one(
      'ends a lease that is not extended, and gives it to its holder again unless it is another’s',
      async () => {
        const place = somewhere();
        // Long enough for a busy machine to be late: in Redis these are real.
        await store.lease(place, 'one', 3_000);
        expect(await store.extend(place, 'other', 3_000)).toBe(false);
        await under.pass(1_000);
        expect(await store.extend(place, 'one', 3_000)).toBe(true);
        await under.pass(2_050);
        expect(await store.lease(place, 'other', 3_000)).toBeUndefined();
        await under.pass(1_050);
        expect(await store.extend(place, 'one', 3_000)).toBe(true);
        expect(await store.lease(place, 'other', 3_000)).toBeUndefined();
        await store.release(place, 'one');
        expect(await store.lease(place, 'other', 3_000)).toBeGreaterThan(0);
        expect(await store.extend(place, 'one', 3_000)).toBe(false);
      },
    );

    one(
      'keeps the result of a lease with its end, and refuses that of a holder whom others have overtaken',
      async () => {
        const place = somewhere();
        const first = (await store.lease(place, 'paused', 50)) ?? 0;
        await under.pass(100);
        const second = (await store.lease(place, 'next', 10_000)) ?? 0;
        expect(second).toBeGreaterThanOrEqual(first);
        await store.release(place, 'next', { text: 'newer', version: second, ttlMs: 10_000 });
        await store.release(place, 'paused', { text: 'too late', version: first - 1, ttlMs: 10_000 });
        expect((await store.get(place))?.text).toBe('newer');
        const third = (await store.lease(place, 'third', 10_000)) ?? 0;
        expect(third).toBeGreaterThan(second);
      },
    );
  });
}
