import type { PrincipalLine } from '@latchkey/contract';
import type { RouteTable } from '@latchkey/upstreams';
import type { Unknown } from './facts.ts';
import { judge } from './judge.ts';
import type { LoggedLine } from './read-line.ts';
import { createTally } from './tally.ts';
import type { Difference } from './tally.ts';

/** What a file would have decided about the requests of a log. */
export type Replayed = {
  readonly requests: number;
  readonly compared: number;
  /** the days of the log, as `2026-11-26`, in UTC */
  readonly days: readonly string[];
  /** the most requests first */
  readonly differences: readonly Difference[];
  /** how many were not compared, and why not */
  readonly unknown: ReadonlyMap<Unknown, number>;
};

/** Decides about the requests of a log again, one line after the other. */
export type Replay = { readonly look: (logged: LoggedLine) => void; readonly end: () => Replayed };

/**
 * Begins a replay. What the log does not say is counted, and not guessed.
 *
 * @param table the routes to decide by
 * @param named the groups that routes named when the log was written; undefined where nobody says, and then they are those
 *   that somebody was in
 */
export function createReplay(table: RouteTable, named: readonly string[] | undefined): Replay {
  const principals = new Map<string, PrincipalLine>();
  const seenGroups = new Set(named);
  const days = new Set<string>();
  const unknown = new Map<Unknown, number>();
  const tally = createTally();
  let [requests, compared] = [0, 0];
  let groups: readonly string[] = [...seenGroups];

  function learn(line: PrincipalLine): void {
    principals.set(keyOf(line), line);
    if (named !== undefined) return;
    for (const group of line.groups ?? []) seenGroups.add(group);
    if (seenGroups.size !== groups.length) groups = [...seenGroups];
  }

  // Why it was not compared, if so.
  function compare(
    { line, time }: Extract<LoggedLine, { kind: 'request' }>,
    day: string,
  ): Unknown | undefined {
    const about = line.user === undefined ? undefined : principals.get(keyOf(line));
    const judged = judge(line, time, table, { about, groups });
    if (typeof judged === 'string') return judged;
    tally.asked(judged, day);
    if (typeof judged.outcome === 'object') tally.differs(judged, judged.outcome, day);
    return typeof judged.outcome === 'string' ? judged.outcome : undefined;
  }

  return {
    look(logged) {
      if (logged.kind === 'principal') return learn(logged.line);
      requests++;
      const day = logged.time.slice(0, 10);
      days.add(day);
      const why = compare(logged, day);
      if (why === undefined) compared++;
      else unknown.set(why, (unknown.get(why) ?? 0) + 1);
    },
    end: () => ({
      requests,
      compared,
      days: [...days].toSorted(),
      differences: tally.differences(),
      unknown,
    }),
  };
}

function keyOf({ user, client_id }: { user?: string | undefined; client_id?: string | undefined }): string {
  return JSON.stringify([user, client_id]);
}
