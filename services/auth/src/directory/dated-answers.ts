import type { DatedAnswer } from './answer.ts';

/** Makes answers that know until when they count. */
export type DatedAnswers = {
  /** What the directory said then. */
  said(groups: readonly string[], saidAt: number): DatedAnswer;
  /** What it said before, which a refusal to say confirms not at all: it grows old all the same. */
  unconfirmed(before: DatedAnswer | undefined): DatedAnswer;
  /** An answer that was found to hold at a later time. */
  confirmed(answer: DatedAnswer, at: number): DatedAnswer;
};

/**
 * Makes it.
 *
 * @param options.answersAreAbout the group that was asked about, or all groups of the person
 * @param options.freshMs so long an answer counts
 * @param options.random a number from 0 up to 1
 */
export function datedAnswers(options: {
  answersAreAbout: 'one group' | 'all groups';
  freshMs: number;
  now: () => number;
  random: () => number;
}): DatedAnswers {
  const { answersAreAbout, freshMs, now, random } = options;
  return {
    said,
    unconfirmed({ groups, saidAt } = said([], now())) {
      return { groups, saidAt, ...countingFrom(now(), freshMs / 2) };
    },
    confirmed: (answer, at) => ({ ...answer, ...countingFrom(at, countedMs(answer.groups)) }),
  };

  function said(names: readonly string[], saidAt: number): DatedAnswer {
    const groups = new Set(names.map((name) => name.toLowerCase()));
    return { groups, saidAt, ...countingFrom(saidAt, countedMs(groups)) };
  }

  // That somebody is not in a group counts half as long, and a list of all says that about most.
  function countedMs(groups: ReadonlySet<string>): number {
    return answersAreAbout === 'one group' && groups.size > 0 ? freshMs : freshMs / 2;
  }

  // Not all at once: what was first asked together would be asked together for ever.
  function countingFrom(from: number, ms: number): Pick<DatedAnswer, 'renewAt' | 'dueAt'> {
    return { renewAt: from + ms * (0.75 + 0.2 * random()), dueAt: from + ms };
  }
}
