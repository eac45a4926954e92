import { randomBytes } from 'node:crypto';
import type { Place } from './place.ts';
import type { Store } from './store.ts';

/** What came of work under a lease: what is to be kept, if anything. */
export type Worked<T> = {
  readonly outcome: T;
  readonly keep?: { readonly text: string; readonly ttlMs: number };
};

/** A result. It may be put once more, by its version: that keeps it from undoing a newer one. */
export type Result = { readonly text: string; readonly ttlMs: number; readonly version: number };

/** Does work that one task may do at a time. */
export type Leased = {
  /**
   * Does the work when it is our turn. The holder before us may have done it all by then: so the work looks first.
   *
   * @param onResult hears what is to be kept, and whether the store has taken it
   * @returns undefined where the turn did not come in time
   * @throws StoreAway before the work has begun, or what the work throws
   */
  run<T>(
    place: Place,
    work: () => Promise<Worked<T>>,
    onResult: (result: Result, isKept: boolean) => void,
  ): Promise<T | undefined>;
};

/** Milliseconds, of a clock that runs. */
export type LeaseTimes = {
  /** after so long without a sign of life a holder counts as dead */
  readonly lifeMs: number;
  /** a waiter for a lease looks again after so long */
  readonly pollMs: number;
  /** and goes without it in the end */
  readonly waitMs: number;
};

/** Longer than a holder is paused by anything but its end, and over before those who wait for it give up. */
export const usualLease: LeaseTimes = { lifeMs: 3_000, pollMs: 50, waitMs: 4_000 };

/**
 * Leases in a store. A lease is renewed while the work goes on, however long that is, and given back together with the result.
 * That of a task that died ends, and the next one has its turn.
 */
export function createLeased(
  store: Pick<Store, 'lease' | 'extend' | 'release'>,
  times: LeaseTimes = usualLease,
): Leased {
  return {
    async run(place, work, onResult) {
      const holder = randomBytes(12).toString('base64url');
      const fence = await turn(place, holder);
      if (fence === undefined) return undefined;
      const renewal = setInterval(() => {
        // One that cannot be renewed ends; then the fencing value keeps our result from undoing a newer one.
        store.extend(place, holder, times.lifeMs).catch(() => undefined);
      }, times.lifeMs / 3);
      try {
        const { outcome, keep } = await work().finally(() => clearInterval(renewal));
        const result = keep && { ...keep, version: fence };
        const isKept = await store.release(place, holder, result).then(
          () => true,
          () => false,
        );
        if (result !== undefined) onResult(result, isKept);
        return outcome;
      } catch (error) {
        await store.release(place, holder).catch(() => undefined);
        throw error;
      }
    },
  };

  async function turn(place: Place, holder: string): Promise<number | undefined> {
    const late = AbortSignal.timeout(times.waitMs);
    while (!late.aborted) {
      const fence = await store.lease(place, holder, times.lifeMs);
      if (fence !== undefined) return fence;
      await pause(times.pollMs);
    }
    return undefined;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
