import type { Judged, Otherwise } from './judge.ts';

type Asking = Pick<Judged, 'who' | 'where'>;

/** Requests of one principal to one route that a rule would have decided otherwise. */
export type Difference = Asking &
  Otherwise & {
    readonly requests: number;
    /** on how many days that would have been, of those on which they asked for it at all */
    readonly days: number;
    readonly ofDays: number;
  };

/** Counts differences, and the days on which there were some. */
export type Tally = {
  /** Takes note that somebody asked for something on a day, whatever was decided. */
  asked(asking: Asking, day: string): void;
  differs(asking: Asking, otherwise: Otherwise, day: string): void;
  /** the most requests first */
  differences(): readonly Difference[];
};

type Count = Asking & Otherwise & { requests: number; readonly days: Set<string> };

/** Begins to count. */
export function createTally(): Tally {
  const counts = new Map<string, Count>();
  const askedOn = new Map<string, Set<string>>();

  return {
    asked({ who, where }, day) {
      const key = keyOf(who, where);
      askedOn.set(key, (askedOn.get(key) ?? new Set()).add(day));
    },
    differs({ who, where }, otherwise, day) {
      const key = keyOf(who, where, otherwise.kind, otherwise.rule, otherwise.was);
      const count = counts.get(key) ?? { who, where, ...otherwise, requests: 0, days: new Set() };
      count.requests++;
      count.days.add(day);
      counts.set(key, count);
    },
    differences: () =>
      [...counts.values()]
        .map((count) => ({
          ...count,
          days: count.days.size,
          ofDays: askedOn.get(keyOf(count.who, count.where))?.size ?? 0,
        }))
        .toSorted((a, b) => b.requests - a.requests),
  };
}

function keyOf(...names: readonly (string | undefined)[]): string {
  return JSON.stringify(names);
}
