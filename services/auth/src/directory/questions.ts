import { LRUCache } from 'lru-cache';
import { newer, piecesOf, remembered } from './answer.ts';
import type { DatedAnswer } from './answer.ts';
import type { DatedAnswers } from './dated-answers.ts';
import type { Waiting } from '../queue.ts';
import type { DirectoryAnswer } from './directory.ts';
import type { Rosters } from './rosters.ts';
import type { SharedAnswers } from './shared-answers.ts';

/** Asks the directory, and remembers what it answered. */
export type Questions = {
  /** The last answer, as long as it may be used at all. */
  known(group: string, person: string): DatedAnswer | undefined;
  /** Joins the question that is under way, where there is one that was asked late enough. */
  ask(group: string, person: string, need: Need): Promise<DatedAnswer>;
  /** Asks in the background: worth a try, and nobody waits for it. */
  renew(group: string, person: string): void;
};

/** Since when somebody waits for an answer, and the time that it must have been asked for after. */
export type Need = { readonly wantedSince?: number | undefined; readonly since?: number | undefined };

// People times the groups that routes name, or the groups that people have.
const keptPieces = 50_000;

// A roster may not know a person by the address that we know. So what it agrees with is asked for all the same, after so many
// intervals.
const agreedIntervals = 6;

// A name that no group has: what a question is about that brings all of them.
const everyGroup = '*';

/**
 * Makes it. There is one question at a time about a person and a group.
 *
 * @param options.provider the slug; part of the key like person and group, so that no answer is ever about another one
 * @param options.answersAreAbout the group that was asked about, or all groups of the person
 * @param options.shared what other tasks were answered; absent where there are none
 */
export function createQuestions(options: {
  provider: string;
  answersAreAbout: 'one group' | 'all groups';
  ask: (group: string, person: string, wanted: Waiting) => Promise<DirectoryAnswer>;
  dated: DatedAnswers;
  shared: SharedAnswers | undefined;
  rosters: Rosters | undefined;
  clocks: { readonly freshMs: number; readonly graceMs: number };
  now: () => number;
}): Questions {
  const { provider, answersAreAbout, ask, dated, shared, rosters, clocks, now } = options;
  const answers = new LRUCache<string, DatedAnswer>({ maxSize: keptPieces, sizeCalculation: piecesOf });
  const underWay = new Map<string, { readonly answer: Promise<DatedAnswer>; readonly wanted: Waiting }>();

  return {
    known: (group, person) => usable(keyOf(aboutOf(group), person)),
    async ask(group, person, need) {
      const { since = -Infinity } = need;
      const joined = underWay.has(keyOf(aboutOf(group), person))
        ? await question(group, person, need)
        : undefined;
      // What is asked already may have been asked too early; then there is a second question.
      return joined !== undefined && joined.saidAt >= since ? joined : question(group, person, need);
    },
    renew(group, person) {
      question(group, person, {}).catch(() => undefined);
    },
  };

  function question(group: string, person: string, { wantedSince, since }: Need): Promise<DatedAnswer> {
    const about = aboutOf(group);
    const key = keyOf(about, person);
    const running = underWay.get(key);
    if (running !== undefined) {
      running.wanted.since ??= wantedSince;
      return running.answer;
    }
    const wanted: Waiting = { since: wantedSince };
    const answer = findOut(about, person, wanted, since).finally(() => underWay.delete(key));
    underWay.set(key, { answer, wanted });
    return answer;
  }

  // What another task was answered lately is as good as an answer of our own, and so is what a roster agrees with.
  async function findOut(
    about: string,
    person: string,
    wanted: Waiting,
    since = -Infinity,
  ): Promise<DatedAnswer> {
    const key = keyOf(about, person);
    const other = await shared?.lookUp(about, person);
    const known = newer(usable(key), other && dated.said(other.groups, now() - other.ageMs));
    if (known !== undefined && known.saidAt >= since) {
      const standing = await stillGood(about, person, known);
      if (standing !== undefined) return keep(key, standing);
    }
    const askedAt = now();
    const said = await ask(about, person, wanted);
    if (said === 'withheld') return keep(key, dated.unconfirmed(usable(key)));
    const answer = keep(key, dated.said(said, askedAt));
    await shared?.put(about, person, said, now() - askedAt);
    return answer;
  }

  async function stillGood(
    about: string,
    person: string,
    known: DatedAnswer,
  ): Promise<DatedAnswer | undefined> {
    if (now() < known.renewAt) return known;
    // A roster is about one group.
    if (about === everyGroup || now() - known.saidAt >= agreedIntervals * clocks.freshMs) return undefined;
    const verdict = await rosters?.weigh(about, person, remembered(about, known));
    if (verdict?.verdict !== 'stands' || verdict.knownAt <= known.saidAt) return undefined;
    return dated.confirmed(known, verdict.knownAt);
  }

  function keep(key: string, answer: DatedAnswer): DatedAnswer {
    answers.set(key, answer);
    return answer;
  }

  function usable(key: string): DatedAnswer | undefined {
    const known = answers.get(key);
    return known !== undefined && now() - known.saidAt < clocks.freshMs + clocks.graceMs ? known : undefined;
  }

  function aboutOf(group: string): string {
    return answersAreAbout === 'one group' ? group : everyGroup;
  }

  function keyOf(about: string, person: string): string {
    // GHSA-v574-6498-x57v: parts that are only put behind each other can be cut in two ways.
    return JSON.stringify([provider, about, person]);
  }
}
