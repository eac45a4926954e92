import { datedAnswers } from './dated-answers.ts';
import type { Waiting } from '../queue.ts';
import type { Directory, DirectoryAnswer } from './directory.ts';
import { createMembership } from './membership.ts';
import type { LookUp } from './membership.ts';
import { createQuestions } from './questions.ts';
import type { Rosters } from './rosters.ts';
import type { SharedAnswers } from './shared-answers.ts';

/** How long answers count, in milliseconds. */
export type CacheClocks = {
  /** an answer counts this long without another question; that somebody is not in a group, half as long */
  readonly freshMs: number;
  /** and this much longer where the directory cannot be reached */
  readonly graceMs: number;
  /** a caller waits no longer than this */
  readonly waitMs: number;
};

/**
 * Makes a directory that remembers what it was answered.
 *
 * @param options.provider the slug
 * @param options.answersAreAbout the group that was asked about, or all groups of the person
 * @param options.shared what other tasks were answered; absent where there are none
 * @param options.rosters who is in the groups, to learn within a minute of who is taken out of one; absent: by the interval
 * @param options.random a number from 0 up to 1
 * @param options.onLookup hears of each question about a person and a group; a hit needs no waiting
 * @param options.onStale hears when what was true before has to do
 */
export function cachedDirectory(options: {
  provider: string;
  answersAreAbout: 'one group' | 'all groups';
  ask: (group: string, person: string, wanted: Waiting) => Promise<DirectoryAnswer>;
  shared?: SharedAnswers | undefined;
  rosters?: Rosters;
  clocks: CacheClocks;
  now: () => number;
  random: () => number;
  onLookup?: (isHit: boolean) => void;
  onStale: (about: { person: string; groups: number; detail: string | undefined }) => void;
}): Directory {
  const { answersAreAbout, shared, rosters, clocks, now, onLookup, onStale } = options;
  const dated = datedAnswers({ ...options, freshMs: clocks.freshMs });
  const questions = createQuestions({ ...options, dated, shared, rosters });
  const membership = createMembership({ questions, rosters, waitMs: clocks.waitMs, now, onLookup });

  return {
    async memberOf(email, groups, needed) {
      const person = email.toLowerCase();
      // A list of all comes with the first.
      const waits = answersAreAbout === 'all groups' && needed > 0 ? groups.length : needed;
      const waitedFor = new Set(groups.slice(0, waits));
      const asked = [...new Set(groups)].filter(isAskable);
      const results = await Promise.all(
        asked.map(async (group): Promise<LookUp> =>
          waitedFor.has(group) ? membership.wait(group, person) : { found: membership.glance(group, person) },
        ),
      );
      const troubled = results.filter(({ trouble }) => trouble !== undefined);
      const stale = troubled.filter(({ found }) => found !== undefined);
      if (stale[0] !== undefined) onStale({ person, groups: stale.length, detail: stale[0].trouble?.detail });
      const trouble = troubled.find(({ found }) => found === undefined)?.trouble;
      const knownAt = results.map(({ found }) => found?.knownAt ?? Infinity);
      return {
        memberOf: asked.filter((_, at) => results[at]?.found?.isIn === true),
        unknown: asked.filter((_, at) => results[at]?.found === undefined),
        ageMs: now() - Math.min(now(), ...knownAt),
        ...(trouble !== undefined && { trouble }),
      };
    },
  };
}

const longestName = 320;

// `*` is no group, and a dot segment, a slash or a `%` would make another address of the question.
function isAskable(group: string): boolean {
  return group !== '*' && /^(?!\.{1,2}$)[^\s/\\%?#]+$/.test(group) && group.length <= longestName;
}
