import { unavailable } from './directory.ts';

type Work = { readonly start: () => void; readonly drop: (error: Error) => void; readonly since: number };

/** Does work now or when its turn comes. Rejects as the work does, or with `provider_unavailable` where it never began. */
export type Queue = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Makes a queue that never does more than `atOnce` things at a time. What has waited longer than `waitMs` is dropped when
 * its turn comes, since nobody waits for it any more; what would be one too many is dropped at once.
 */
export function createQueue(options: {
  atOnce: number;
  longest: number;
  waitMs: number;
  now: () => number;
}): Queue {
  const { atOnce, longest, waitMs, now } = options;
  const waiting: Work[] = [];
  let running = 0;

  function next(): void {
    const work = running < atOnce ? waiting.shift() : undefined;
    if (work === undefined) return;
    if (now() - work.since > waitMs) work.drop(unavailable('the question came too late to its turn'));
    else work.start();
    next();
  }

  return function enqueue<T>(work: () => Promise<T>): Promise<T> {
    if (waiting.length >= longest) return Promise.reject(unavailable('too many questions wait'));
    return new Promise<T>((resolve, reject) => {
      function start(): void {
        running += 1;
        void work()
          .then(resolve, reject)
          .finally(() => {
            running -= 1;
            next();
          });
      }
      waiting.push({ start, drop: reject, since: now() });
      next();
    });
  };
}
