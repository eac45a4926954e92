import type { Writable } from 'node:stream';

/** Gives a place back. May be called twice. */
export type ReleasePlace = () => void;

/** Places that are taken one by one, so many at a time for each key. */
export type Places = {
  /**
   * Takes a place, or waits in line for one.
   *
   * @param caller who waits; once it has closed, it waits no more
   * @param owner whose place it is; absent where all of a key are the same one's. A place that comes free goes to the owner who has
   *   fewest, and from a full line the one who stands there most often makes room for others: so many requests of one take nothing
   *   from another but their share
   * @returns undefined when the line is too long or does not move in time; a promise only where there is something to wait for
   */
  take(key: string, caller: Writable, owner?: string): Taking;
};

/** A place, or none, or one that comes free. */
export type Taking = ReleasePlace | undefined | Promise<ReleasePlace | undefined>;

type Owner = string | undefined;
type Waiter = { readonly owner: Owner; readonly leave: (release: ReleasePlace | undefined) => void };
type Line = { taken: number; readonly takenBy: Map<Owner, number>; readonly waiters: Set<Waiter> };

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

  function give(key: string, line: Line, owner: Owner): ReleasePlace {
    line.taken++;
    if (owner !== undefined) line.takenBy.set(owner, takenBy(line, owner) + 1);
    let isHeld = true;
    return function release() {
      if (!isHeld) return;
      isHeld = false;
      line.taken--;
      if (owner !== undefined) giveBack(line, owner);
      const next = nextOf(line);
      if (next !== undefined) next.leave(give(key, line, next.owner));
      else if (line.taken === 0) lines.delete(key);
    };
  }

  return {
    take(key, caller, owner) {
      const line = lineOf(key);
      if (line.taken < options.atOnce) return give(key, line, owner);
      if (caller.destroyed) return undefined;
      if (line.waiters.size >= options.waiting) {
        const last = lastOfMost(line, owner);
        if (last === undefined) return undefined;
        last.leave(undefined);
      }
      return new Promise((resolve) => {
        const giveUp = () => waiter.leave(undefined);
        const timer = setTimeout(giveUp, options.withinMs);
        const waiter: Waiter = {
          owner,
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

function takenBy(line: Line, owner: Owner): number {
  return line.takenBy.get(owner) ?? 0;
}

function giveBack(line: Line, owner: string): void {
  const left = takenBy(line, owner) - 1;
  if (left > 0) line.takenBy.set(owner, left);
  else line.takenBy.delete(owner);
}

// Of those who have fewest places, the one who has waited longest.
function nextOf(line: Line): Waiter | undefined {
  let next: Waiter | undefined;
  for (const waiter of line.waiters) {
    if (next === undefined || takenBy(line, waiter.owner) < takenBy(line, next.owner)) next = waiter;
  }
  return next;
}

// The last to come of the one who stands in line most often; undefined where that would be no fairer to somebody new.
function lastOfMost({ waiters }: Line, newcomer: Owner): Waiter | undefined {
  const times = new Map<Owner, number>();
  let most: Waiter | undefined;
  for (const waiter of waiters) {
    const time = (times.get(waiter.owner) ?? 0) + 1;
    times.set(waiter.owner, time);
    if (most === undefined || time >= (times.get(most.owner) ?? 0)) most = waiter;
  }
  if (most === undefined || (times.get(most.owner) ?? 0) <= (times.get(newcomer) ?? 0) + 1) return undefined;
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
