/**
 * Makes work that runs one at a time, and once for all who wait for it. A run that is under way may have begun too early for
 * callers that come now; one that has not begun will do for all.
 */
export function nextRun(work: () => Promise<void>): () => Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting: Promise<void> | undefined;
  return function next() {
    waiting ??= last.then(() => {
      waiting = undefined;
      return work();
    });
    last = waiting.catch(() => undefined);
    return waiting;
  };
}
