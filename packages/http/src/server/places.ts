import type { Writable } from 'node:stream';

/** Gives a place back. May be called twice. */
export type Release = () => void;

/** Places that are taken one by one, so many at a time for each key. */
export type Places = {
  /**
   * Takes a place, or waits in line for one.
   *
   * @param caller who waits; once it has closed, it waits no more
   * @returns undefined when the line is too long or does not move in time
   */
  take(key: string, caller: Writable): Promise<Release | undefined>;
};

/**
 * @param options.atOnce how many places each key has
 * @param options.waiting how many may stand in line for them
 * @param options.withinMs how long
 */
export function createPlaces(options: { atOnce: number; waiting: number; withinMs: number }): Places {
  const keys = new Map<string, { taken: number; readonly line: Set<(release: Release) => void> }>();

  function releaseOf(key: string): Release {
    let isHeld = true;
    return function release() {
      const state = keys.get(key);
      if (!isHeld || state === undefined) return;
      isHeld = false;
      const [next] = state.line;
      if (next !== undefined) next(releaseOf(key));
      else if (--state.taken === 0) keys.delete(key);
    };
  }

  return {
    async take(key, caller) {
      const state = keys.get(key) ?? { taken: 0, line: new Set() };
      keys.set(key, state);
      if (state.taken < options.atOnce) {
        state.taken++;
        return releaseOf(key);
      }
      if (state.line.size >= options.waiting || caller.destroyed) return undefined;
      return new Promise((resolve) => {
        const giveUp = () => leave(undefined);
        const timer = setTimeout(giveUp, options.withinMs);
        function leave(release: Release | undefined): void {
          state.line.delete(leave);
          clearTimeout(timer);
          caller.off('close', giveUp);
          resolve(release);
        }
        state.line.add(leave);
        caller.once('close', giveUp);
      });
    },
  };
}

/** Takes places of several kinds in this order, and gives all of them back at once; all or none. */
export async function takeAll(
  ...takes: readonly (() => Promise<Release | undefined>)[]
): Promise<Release | undefined> {
  const taken: Release[] = [];
  const releaseAll = () => taken.forEach((release) => release());
  for (const take of takes) {
    const release = await take();
    if (release === undefined) {
      releaseAll();
      return undefined;
    }
    taken.push(release);
  }
  return releaseAll;
}
