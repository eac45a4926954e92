import type { Clock } from '@latchkey/http';
import type { Ended } from './revocations.ts';

/** What was ended lately, in the order in which it was, for who wants to hear of it soon. */
export type RecentEnds = {
  /** @param id places it among the others, as that of a line of the log does; absent: after all of them */
  add(ended: Ended, id?: string): void;
  /** Forgets all: they will be published again. */
  clear(): void;
  /**
   * What was ended after another, the oldest first, so many at most. All that is kept where there is no other.
   *
   * @returns `id`: after which to ask next; that of another memory is not repeated, or nothing new would come after it
   */
  after(id: string | undefined, most: number): { readonly ends: readonly Ended[]; readonly id?: string };
  /** Has somebody hear when there is more, as long as this task lives. */
  onAdd(listener: () => void): void;
};

/** Where one stands: the milliseconds of when it was written, and how many had been before in the same one. */
type Place = readonly [ms: number, count: number];
type Recent = { readonly place: Place; readonly ended: Ended };

// Some thousand sessions of a company end in the grace period: who starts anew hears of them all. About 300 bytes each.
const keptEnds = 5_000;

/** Makes the memory of what was ended lately. */
export function createRecentEnds({ now }: Pick<Clock, 'now'>, kept = keptEnds): RecentEnds {
  let recent: Recent[] = [];
  const listeners: (() => void)[] = [];

  function placeBehindAll(): Place {
    const [ms, count] = recent.at(-1)?.place ?? [-Infinity, 0];
    const here = Math.floor(now());
    return here > ms ? [here, 0] : [ms, count + 1];
  }

  return {
    add(ended, id) {
      recent.push({ place: placeIn(id) ?? placeBehindAll(), ended });
      // Not with each: to leave the first out moves all others.
      if (recent.length >= 2 * kept) recent = recent.slice(-kept);
      for (const listener of listeners) listener();
    },
    clear: () => void (recent = []),
    after(id, most) {
      const shown = placeIn(id);
      const newer = recent.findLastIndex(({ place }) => shown !== undefined && !isAfter(place, shown)) + 1;
      const ends = recent.slice(newer, newer + most);
      const { place } = ends.at(-1) ?? recent.at(-1) ?? {};
      const isAhead = shown !== undefined && place !== undefined && isAfter(shown, place);
      return {
        ends: ends.map(({ ended }) => ended),
        ...(place !== undefined && !isAhead && { id: place.join('-') }),
      };
    },
    onAdd: (listener) => void listeners.push(listener),
  };
}

function placeIn(id = ''): Place | undefined {
  const { ms, count } = /^(?<ms>\d{1,15})-(?<count>\d{1,15})$/.exec(id)?.groups ?? {};
  return ms === undefined || count === undefined ? undefined : [Number(ms), Number(count)];
}

function isAfter([ms, count]: Place, [otherMs, otherCount]: Place): boolean {
  return ms > otherMs || (ms === otherMs && count > otherCount);
}
