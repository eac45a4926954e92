import { setTimeout as sleep } from 'node:timers/promises';

/** When the next try is due to reach a task of the proxy that there is no connection to. */
export type Search = {
  /** The task at the other end of a connection knows these. */
  heard(connection: object, tasks: readonly string[]): void;
  /** A connection has ended. */
  lost(connection: object): void;
  /** A try has been made. */
  tried(isNew: boolean): void;
  /** Waits until the next. */
  pause(signal: AbortSignal): Promise<void>;
};

const shortestMs = 1_000;
const longestMs = 30_000;
// While a task is known to be there. A balancer that takes turns leads to it within as many tries as there are tasks; one that
// leads anywhere has done so after ten times as many, but for one in twenty thousand.
const hastyMs = 200;
const triesPerTask = 10;

/**
 * Tries follow each other fast while a task is missing that others know, so often at most; else ever more slowly, for tasks that
 * nobody knows.
 *
 * @param held the tasks that there is a connection to
 */
export function createSearch(held: () => ReadonlySet<string>): Search {
  const known = new Map<object, readonly string[]>();
  let sought = '';
  let hastyTries = 0;
  let pauseMs = shortestMs;
  let wake = new AbortController();

  function isMissing(): boolean {
    const there = held();
    const all = new Set([...known.values()].flat());
    const missing = [...all].filter((task) => !there.has(task));
    if (missing.join() !== sought) {
      sought = missing.join();
      hastyTries = 0;
    }
    return missing.length > 0 && hastyTries < all.size * triesPerTask;
  }

  return {
    heard(connection, tasks) {
      known.set(connection, tasks);
      if (isMissing()) wake.abort();
    },
    lost(connection) {
      known.delete(connection);
      pauseMs = shortestMs;
    },
    tried(isNew) {
      hastyTries += 1;
      pauseMs = isNew ? shortestMs : Math.min(2 * pauseMs, longestMs);
    },
    async pause(signal) {
      wake = new AbortController();
      const ms = isMissing() ? hastyMs : pauseMs;
      const either = AbortSignal.any([signal, wake.signal]);
      await sleep(ms * (0.75 + Math.random() / 2), undefined, { signal: either }).catch(() => undefined);
    },
  };
}
