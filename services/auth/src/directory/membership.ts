import { HttpError } from '@latchkey/http';
import { within } from '../within.ts';
import { isIn, remembered } from './answer.ts';
import type { DatedAnswer, Found } from './answer.ts';
import { unavailable } from './directory.ts';
import type { Questions } from './questions.ts';
import type { Rosters } from './rosters.ts';
import type { Verdict } from './verdict.ts';

/** What came of looking; with `trouble`, what was found is what was true before. */
export type LookUp = { readonly found?: Found | undefined; readonly trouble?: HttpError };

/** Whether a person is in a group: by what is remembered, what the roster of the group says of it, and the directory. */
export type Membership = {
  /** What counts without waiting; otherwise it is found out in the background. */
  glance(group: string, person: string): Found | undefined;
  /** Waits for it. Where the directory cannot be reached, what was true before counts, if anything was. */
  wait(group: string, person: string): Promise<LookUp>;
};

const byInterval: Verdict = { verdict: 'open' };

/**
 * Makes it.
 *
 * @param options.rosters absent: an answer goes by its interval alone
 * @param options.waitMs nobody waits longer than this
 * @param options.onLookup hears of each question about a person and a group; a hit needs no waiting
 */
export function createMembership(options: {
  questions: Questions;
  rosters: Rosters | undefined;
  waitMs: number;
  now: () => number;
  onLookup: ((isHit: boolean) => void) | undefined;
}): Membership {
  const { questions, rosters, waitMs, now, onLookup } = options;

  return {
    glance(group, person) {
      const known = lookUp(group, person);
      const found = known && atOnce(group, person, known);
      if (found === undefined) findOut(group, person, known).catch(() => undefined);
      return found;
    },
    async wait(group, person) {
      const known = lookUp(group, person);
      const found = known && atOnce(group, person, known);
      if (found !== undefined) return { found };
      try {
        const finding = findOut(group, person, known, now());
        return { found: await within(waitMs, finding, () => unavailable('no answer yet')) };
      } catch (error) {
        const trouble = ours(error);
        if (known === undefined) return { trouble };
        return { found: { isIn: isIn(group, known), knownAt: undefined }, trouble };
      }
    },
  };

  function lookUp(group: string, person: string): DatedAnswer | undefined {
    const known = questions.known(group, person);
    onLookup?.(known !== undefined && now() < known.dueAt);
    return known;
  }

  function atOnce(group: string, person: string, known: DatedAnswer): Found | undefined {
    const verdict = rosters?.glance(group, person, remembered(group, known)) ?? byInterval;
    return verdict === 'unread' ? undefined : settled(group, person, { known, verdict });
  }

  async function findOut(
    group: string,
    person: string,
    known: DatedAnswer | undefined,
    wantedSince?: number,
  ): Promise<Found> {
    const before = known ?? (await questions.ask(group, person, { wantedSince }));
    const verdict = (await rosters?.weigh(group, person, remembered(group, before))) ?? byInterval;
    const found = settled(group, person, { known: before, verdict });
    if (found !== undefined) return found;
    const since = verdict.verdict === 'doubtful' ? verdict.since : undefined;
    const anew = await questions.ask(group, person, { wantedSince, since });
    if (since === undefined) return { isIn: isIn(group, anew), knownAt: undefined };
    if (isIn(group, anew) === isIn(group, before)) rosters?.upheld(group, person, since);
    return { isIn: isIn(group, anew), knownAt: anew.saidAt >= since ? anew.saidAt : undefined };
  }

  // Undefined where it has to be asked anew.
  function settled(
    group: string,
    person: string,
    { known, verdict }: { known: DatedAnswer; verdict: Verdict },
  ): Found | undefined {
    const isGood = verdict.verdict === 'stands' || (verdict.verdict === 'open' && now() < known.dueAt);
    if (!isGood) return undefined;
    if (now() >= known.renewAt) questions.renew(group, person);
    return { isIn: isIn(group, known), knownAt: verdict.verdict === 'stands' ? verdict.knownAt : undefined };
  }
}

// Anything else is a mistake of ours, and not to be taken for an outage.
function ours(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  throw error;
}
