import { performance } from 'node:perf_hooks';

/**
 * What time it is, and how much time passes: two questions. The time of day is what machines agree about, and is set
 * forward and back under a running process; code that measures with it waits a day longer when it is set back by one.
 */
export type Clock = {
  /** milliseconds since the epoch, for what is compared with other machines' times */
  readonly now: () => number;
  /** milliseconds since some moment, for intervals; it never jumps, and means nothing outside of this process */
  readonly elapsed: () => number;
};

/** The clock of this machine. A test that gives only the time of day moves both. */
export function clockFrom({ now, elapsed }: Partial<Clock> = {}): Clock {
  return { now: now ?? Date.now, elapsed: elapsed ?? now ?? (() => performance.now()) };
}
