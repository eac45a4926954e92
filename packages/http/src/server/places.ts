import type { Writable } from 'node:stream';

/** Gives a place back. May be called twice. */
export type Release = () => void;

/** Places that are taken one by one, so many at a time for each key. */
export type Places = {
  /**
   * Takes a place, or waits in line for one.
   *
   * @param caller who waits; once it has closed, it waits no more
   * @param who on whose account; absent where it is on the same for all of a key. A place that comes free goes to the one who has fewest, and from a full line the one who stands
   *   there most often makes room for others: so many requests of one take nothing from another but their share
   * @returns undefined when the line is too long or does not move in time; a promise only where there is something to wait for
   */
  take(key: string, caller: Writable, who?: string): Taking;
};

/** A place, or none, or one that comes free. */
export type Taking = Release | undefined | Promise<Release | undefined>;

type Who = string | undefined;
type Waiter = { readonly who: Who; readonly leave: (release: Release | undefined) => void };
type Line = { taken: number; readonly takenBy: Map<Who, number>; readonly waiters: Set<Waiter> };

/**
 * @param options.atOnce how many places each key has
 * @param options.waiting how many may stand in line for them
 * @param options.withinMs how long
 */
export function createPlaces(options: { atOnce: number; waiting: number; withinMs: number }): Places {
  const lines = new Map<string, Line>();

  function lineOf(key: string): Line {
    let line = lines.get(key);
    if (line === undefined) lines.set(key, (line = { taken: 0, takenBy: new Map(), waiters: new Set() }));
    return line;
  }

  function give(key: string, line: Line, who: Who): Release {
    line.taken++;
    if (who !== undefined) line.takenBy.set(who, takenBy(line, who) + 1);
    let isHeld = true;
    return function release() {
      if (!isHeld) return;
      isHeld = false;
      line.taken--;
      if (who !== undefined) giveBack(line, who);
      const next = nextOf(line);
      if (next !== undefined) next.leave(give(key, line, next.who));
      else if (line.taken === 0) lines.delete(key);
    };
  }

  return {
    take(key, caller, who) {
      const line = lineOf(key);
      if (line.taken < options.atOnce) return give(key, line, who);
      if (caller.destroyed) return undefined;
      if (line.waiters.size >= options.waiting) {
        const last = lastOfMost(line, who);
        if (last === undefined) return undefined;
        last.leave(undefined);
      }
      return new Promise((resolve) => {
        const giveUp = () => waiter.leave(undefined);
        const timer = setTimeout(giveUp, options.withinMs);
        const waiter: Waiter = {
          who,
          leave(release) {
            line.waiters.delete(waiter);
            clearTimeout(timer);
            caller.off('close', giveUp);
            resolve(release);
          },
        };
        line.waiters.add(waiter);
        caller.once('close', giveUp);
      });
    },
  };
}

function takenBy(line: Line, who: Who): number {
  return line.takenBy.get(who) ?? 0;
}

function giveBack(line: Line, who: string): void {
  const left = takenBy(line, who) - 1;
  if (left > 0) line.takenBy.set(who, left);
  else line.takenBy.delete(who);
}

// Of those who have fewest places, the one who has waited longest.
function nextOf(line: Line): Waiter | undefined {
  let next: Waiter | undefined;
  for (const waiter of line.waiters) {
    if (next === undefined || takenBy(line, waiter.who) < takenBy(line, next.who)) next = waiter;
  }
  return next;
}

// The last to come of the one who stands in line most often; undefined where that would be no fairer to somebody new.
function lastOfMost({ waiters }: Line, newcomer: Who): Waiter | undefined {
  const times = new Map<Who, number>();
  let most: Waiter | undefined;
  for (const waiter of waiters) {
    const time = (times.get(waiter.who) ?? 0) + 1;
    times.set(waiter.who, time);
    if (most === undefined || time >= (times.get(most.who) ?? 0)) most = waiter;
  }
  if (most === undefined || (times.get(most.who) ?? 0) <= (times.get(newcomer) ?? 0) + 1) return undefined;
  return most;
}

/** Takes a place of another kind behind the first, and gives both back at once; both or none. */
export function takeBoth(first: Taking, takeSecond: () => Taking): Taking {
  return whenThere(first, function takeOther(one) {
    if (one === undefined) return undefined;
    return whenThere(takeSecond(), function together(other) {
      if (other === undefined) {
        one();
        return undefined;
      }
      return function releaseBoth() {
        one();
        other();
      };
    });
  });
}

/** Goes on with a value: at once where it is there, else when it comes. Most requests wait for nothing. */
export function whenThere<T, Next>(
  value: T | Promise<T>,
  goOn: (value: T) => Next | Promise<Next>,
): Next | Promise<Next> {
  return value instanceof Promise ? value.then(goOn) : goOn(value);
}
