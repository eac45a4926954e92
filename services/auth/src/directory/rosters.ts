import { HttpError } from '@latchkey/http';
import { LRUCache } from 'lru-cache';
import type { Waiting } from '../queue.ts';
import type { NoRoster, Roster, RosterOutcome } from './roster.ts';
import type { SharedRosters } from './shared-answers.ts';
import { weighed } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** What is remembered of a person and a group. */
export type Remembered = { readonly isIn: boolean; readonly saidAt: number; readonly dueAt: number };

/** The rosters of the groups that people are asked about. */
export type Rosters = {
  /** Weighs what is remembered, if it is old enough to need that. `unread`: a roster has to be read first, and is from now on. */
  glance(group: string, person: string, answer: Remembered): Verdict | 'unread';
  /** Weighs it, and waits for the roster. */
  weigh(group: string, person: string, answer: Remembered): Promise<Verdict>;
  /** What was doubtful since then has been asked for anew, and is as it was. */
  upheld(group: string, person: string, since: number): void;
};

type Entry = {
  readonly roster?: Roster | undefined;
  readonly readAt: number;
  readonly renewAt: number;
  /** in a row */
  readonly failures: number;
};

// Routes name groups, not those who ask.
const mostGroups = 2_000;
// In all groups together: thirty groups of a thousand people, 18 000 calls an hour at the usual SESSION_TTL_VALID.
const mostPages = 150;
const keptDoubts = 50_000;

/**
 * Keeps rosters, reads each again when half of the time is over for which it counts, and never twice at once.
 *
 * @param options.clocks.validMs so long a roster counts
 * @param options.clocks.retryMs after which it is tried again where there was none
 * @param options.shared what other tasks have read; absent where there are none
 * @param options.onRead hears what came of each
 */
export function createRosters(options: {
  read: (group: string, wanted: Waiting) => Promise<Roster | NoRoster>;
  shared?: SharedRosters | undefined;
  clocks: { validMs: number; retryMs: number };
  now: () => number;
  onRead: (group: string, outcome: RosterOutcome) => void;
}): Rosters {
  const { read, shared, clocks, now, onRead } = options;
  const renewMs = clocks.validMs / 2;
  const entries = new LRUCache<string, Entry>({ max: mostGroups });
  const underWay = new Map<string, { readonly done: Promise<void>; readonly wanted: Waiting }>();
  const doubts = new LRUCache<string, { readonly times: number; readonly since: number }>({
    max: keptDoubts,
  });

  return {
    glance,
    async weigh(group, person, answer) {
      const verdict = glance(group, person, answer);
      if (verdict !== 'unread') return verdict;
      await reading(group, now());
      const then = glance(group, person, answer);
      return then === 'unread' ? { verdict: 'open' } : then;
    },
    upheld(group, person, since) {
      const key = keyOf(group, person);
      const before = doubts.get(key);
      // Several may have asked for the sake of one roster.
      if (before?.since !== since) doubts.set(key, { times: (before?.times ?? 0) + 1, since });
    },
  };

  function glance(group: string, person: string, answer: Remembered): Verdict | 'unread' {
    const { isIn, saidAt, dueAt } = answer;
    if (now() < dueAt && now() - saidAt < renewMs) return { verdict: 'stands', knownAt: saidAt };
    const { roster, readAt = 0, renewAt = 0 } = entries.get(group) ?? {};
    const isGood = roster !== undefined && now() - readAt < clocks.validMs;
    // Near the end of its time it is read in the background, so that the next one need not wait.
    if (now() >= renewAt) reading(group).catch(() => undefined);
    if (!isGood) return underWay.has(group) ? 'unread' : { verdict: 'open' };
    const isNamed = roster.people.has(person);
    if (doubts.size > 0 && isNamed === isIn) doubts.delete(keyOf(group, person));
    const doubted = isNamed === isIn ? 0 : (doubts.get(keyOf(group, person))?.times ?? 0);
    return weighed({ isIn, saidAt, doubts: doubted }, { isNamed, readAt });
  }

  function reading(group: string, wantedSince?: number): Promise<void> {
    const running = underWay.get(group);
    if (running !== undefined) {
      running.wanted.since ??= wantedSince;
      return running.done;
    }
    const wanted: Waiting = { since: wantedSince };
    const done = readAnew(group, wanted).finally(() => underWay.delete(group));
    underWay.set(group, { done, wanted });
    return done;
  }

  async function readAnew(group: string, wanted: Waiting): Promise<void> {
    const other = await shared?.lookUp(group);
    if (other !== undefined && other.ageMs < renewMs) return keep(group, other.roster, now() - other.ageMs);
    // A person who is taken out while it is read may be in it: it counts from its beginning.
    const readAt = now();
    const before = entries.get(group) ?? { readAt, failures: 0 };
    const answer = await read(group, wanted).catch(failedIfAway);
    const outcome = typeof answer === 'string' ? answer : isOneTooMany(group, answer) ? 'too_many' : 'read';
    onRead(group, outcome);
    if (outcome === 'failed') {
      const failures = before.failures + 1;
      entries.set(group, {
        ...before,
        failures,
        renewAt: now() + Math.min(renewMs * 2 ** failures, clocks.retryMs),
      });
    } else if (typeof answer === 'string' || outcome === 'too_many') {
      entries.set(group, { readAt, failures: 0, renewAt: now() + clocks.retryMs });
    } else {
      keep(group, answer, readAt);
      await shared?.put(group, answer, now() - readAt);
    }
  }

  function keep(group: string, roster: Roster, readAt: number): void {
    entries.set(group, { roster, readAt, failures: 0, renewAt: readAt + renewMs });
  }

  // Those that nobody asks about any more cost nothing.
  function isOneTooMany(group: string, { pages }: Roster): boolean {
    const others = [...entries].filter(
      ([name, { readAt }]) => name !== group && now() - readAt < clocks.retryMs,
    );
    return others.reduce((sum, [, { roster }]) => sum + (roster?.pages ?? 0), pages) > mostPages;
  }
}

// Anything else is a mistake of ours, and not to be taken for an outage.
function failedIfAway(error: unknown): 'failed' {
  if (error instanceof HttpError) return 'failed';
  throw error;
}

function keyOf(group: string, person: string): string {
  return JSON.stringify([group, person]);
}
