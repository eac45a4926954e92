/** Whether somebody waits for an answer, and since when; it may begin while the question waits for its turn. */
export type Waiting = { since: number | undefined };

type Work = { readonly start: () => void; readonly drop: (error: Error) => void; readonly wanted: Waiting };

/**
 * Does work now or when its turn comes; what nobody waits for comes after what somebody does. Rejects as the work does, or
 * with what `dropped` makes where it never began.
 */
export type Queue = <T>(work: () => Promise<T>, wanted: Waiting) => Promise<T>;

/**
 * Makes a queue that never does more than `atOnce` things at a time. What was waited for longer than `waitMs` is dropped
 * when its turn comes, since nobody does any more; what would be one too many is dropped at once.
 */
export function createQueue(options: {
  atOnce: number;
  longest: number;
  waitMs: number;
  now: () => number;
  /** the error for work that is never done */
  dropped: (why: string) => Error;
}): Queue {
  const { atOnce, longest, waitMs, now, dropped } = options;
  const waiting: Work[] = [];
  let running = 0;

  function next(): void {
    const first = Math.max(waiting.findIndex(isWanted), 0);
    const [work] = running < atOnce ? waiting.splice(first, 1) : [];
    if (work === undefined) return;
    const { since = now() } = work.wanted;
    if (now() - since > waitMs) work.drop(dropped('the question came too late to its turn'));
    else work.start();
    next();
  }

  function isFull(wanted: Waiting): boolean {
    if (waiting.length < longest) return false;
    const last = wanted.since === undefined ? -1 : waiting.findLastIndex((work) => !isWanted(work));
    if (last < 0) return true;
    for (const work of waiting.splice(last, 1)) work.drop(dropped('the question made room'));
    return false;
  }

  return function enqueue<T>(work: () => Promise<T>, wanted: Waiting): Promise<T> {
    if (isFull(wanted)) return Promise.reject(dropped('too many questions wait'));
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
      waiting.push({ start, drop: reject, wanted });
      next();
    });
  };
}

function isWanted({ wanted }: Work): boolean {
  return wanted.since !== undefined;
}
