import { HttpError } from '@latchkey/http';
import { LRUCache } from 'lru-cache';
import { within } from '../within.ts';
import { isIn, newer, piecesOf } from './answer.ts';
import type { Answer, Found } from './answer.ts';
import { unavailable } from './directory.ts';
import type { Waiting } from '../queue.ts';
import type { Directory, DirectoryAnswer } from './directory.ts';
import type { Remembered, Rosters } from './rosters.ts';
import type { SharedAnswers } from './shared-answers.ts';
import type { Verdict } from './verdict.ts';

/** How long answers count, in milliseconds. */
export type CacheClocks = {
  /** an answer counts this long without another question; that somebody is not in a group, half as long */
  readonly freshMs: number;
  /** and this much longer where the directory cannot be reached */
  readonly graceMs: number;
  /** a caller waits no longer than this */
  readonly waitMs: number;
};

// People times the groups that routes name, or the groups that people have.
const keptPieces = 50_000;

// A roster may not know a person by the address that we know. So what it agrees with is asked for all the same, after so many
// intervals.
const agreedIntervals = 6;

// A name that no group has: what a question is about that tells of all of them.
const everyGroup = '*';

const byInterval: Verdict = { verdict: 'open' };

/**
 * Makes a directory that remembers what it was told, and asks one question at a time about a person and a group.
 *
 * @param options.provider the slug; part of the key like person and group, so that no answer is ever about another one
 * @param options.answersAreAbout the group that was asked about, or all groups of the person
 * @param options.shared what other tasks were told; absent where there are none
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
  const { provider, answersAreAbout, ask, shared, rosters, clocks, now, random, onLookup, onStale } = options;
  const answers = new LRUCache<string, Answer>({ maxSize: keptPieces, sizeCalculation: piecesOf });
  const underWay = new Map<string, { readonly answer: Promise<Answer>; readonly wanted: Waiting }>();

  return {
    async memberOf(email, groups, needed) {
      const person = email.toLowerCase();
      // A list of all comes with the first.
      const waits = answersAreAbout === 'all groups' && needed > 0 ? groups.length : needed;
      const waitedFor = new Set(groups.slice(0, waits));
      const asked = [...new Set(groups)].filter(isAskable);
      const stale: HttpError[] = [];
      const troubles: HttpError[] = [];
      const found = await Promise.all(
        asked.map(async (group) => {
          if (!waitedFor.has(group)) return knownAlready(group, person);
          return isMember(group, person, stale).catch((error: unknown) => void troubles.push(ours(error)));
        }),
      );
      if (stale[0] !== undefined) onStale({ person, groups: stale.length, detail: stale[0].detail });
      return {
        memberOf: asked.filter((_, at) => found[at]?.isIn === true),
        unknown: asked.filter((_, at) => found[at] === undefined),
        ageMs: now() - Math.min(now(), ...found.map((one) => one?.knownAt ?? Infinity)),
        ...(troubles[0] !== undefined && { trouble: troubles[0] }),
      };
    },
  };

  async function isMember(group: string, person: string, stale: HttpError[]): Promise<Found> {
    const known = lookUp(group, person);
    const found = known && atOnce(group, person, known);
    if (found !== undefined) return found;
    try {
      const looking = look(group, person, known, now());
      return await within(clocks.waitMs, looking, () => unavailable('no answer yet'));
    } catch (error) {
      if (known === undefined) throw error;
      stale.push(ours(error));
      return { isIn: isIn(group, known), knownAt: undefined };
    }
  }

  // What counts without waiting.
  function knownAlready(group: string, person: string): Found | undefined {
    const known = lookUp(group, person);
    const found = known && atOnce(group, person, known);
    if (found === undefined) look(group, person, known).catch(() => undefined);
    return found;
  }

  function atOnce(group: string, person: string, known: Answer): Found | undefined {
    const verdict = rosters?.glance(group, person, remembered(group, known)) ?? byInterval;
    return verdict === 'unread' ? undefined : settled(group, person, { known, verdict });
  }

  async function look(
    group: string,
    person: string,
    known: Answer | undefined,
    wantedSince?: number,
  ): Promise<Found> {
    const before = known ?? (await renewed(group, person, { wantedSince }));
    const verdict = (await rosters?.weigh(group, person, remembered(group, before))) ?? byInterval;
    const found = settled(group, person, { known: before, verdict });
    if (found !== undefined) return found;
    const since = verdict.verdict === 'doubtful' ? verdict.since : undefined;
    const anew = await renewed(group, person, { wantedSince, since });
    if (since === undefined) return { isIn: isIn(group, anew), knownAt: undefined };
    if (isIn(group, anew) === isIn(group, before)) rosters?.upheld(group, person, since);
    return { isIn: isIn(group, anew), knownAt: anew.saidAt >= since ? anew.saidAt : undefined };
  }

  // Undefined where it has to be asked anew.
  function settled(
    group: string,
    person: string,
    { known, verdict }: { known: Answer; verdict: Verdict },
  ): Found | undefined {
    const isGood = verdict.verdict === 'stands' || (verdict.verdict === 'open' && now() < known.dueAt);
    if (!isGood) return undefined;
    if (now() >= known.renewAt) renewBehind(group, person);
    return { isIn: isIn(group, known), knownAt: verdict.verdict === 'stands' ? verdict.knownAt : undefined };
  }

  function lookUp(group: string, person: string): Answer | undefined {
    const known = usable(keyOf(aboutOf(group), person));
    onLookup?.(known !== undefined && now() < known.dueAt);
    return known;
  }

  // It is worth a try, no more, behind every question that somebody waits for.
  function renewBehind(group: string, person: string): void {
    question(group, person, {}).catch(() => undefined);
  }

  function aboutOf(group: string): string {
    return answersAreAbout === 'one group' ? group : everyGroup;
  }

  function keyOf(about: string, person: string): string {
    // GHSA-v574-6498-x57v: parts that are only put behind each other can be cut in two ways.
    return JSON.stringify([provider, about, person]);
  }

  function usable(key: string): Answer | undefined {
    const known = answers.get(key);
    return known !== undefined && now() - known.saidAt < clocks.freshMs + clocks.graceMs ? known : undefined;
  }

  // What is asked already may have been asked too early; then there is a second question.
  async function renewed(group: string, person: string, need: Need): Promise<Answer> {
    const key = keyOf(aboutOf(group), person);
    const { since = -Infinity } = need;
    const joined = underWay.has(key) ? await question(group, person, need) : undefined;
    return joined !== undefined && joined.saidAt >= since ? joined : question(group, person, need);
  }

  function question(
    group: string,
    person: string,
    { wantedSince, since = -Infinity }: Need,
  ): Promise<Answer> {
    const about = aboutOf(group);
    const key = keyOf(about, person);
    const running = underWay.get(key);
    if (running !== undefined) {
      running.wanted.since ??= wantedSince;
      return running.answer;
    }
    const wanted: Waiting = { since: wantedSince };
    const answer = askAround(about, person, { wanted, since }).finally(() => underWay.delete(key));
    underWay.set(key, { answer, wanted });
    return answer;
  }

  // What another task was told lately is as good as an answer of our own, and so is what a roster agrees with.
  async function askAround(
    about: string,
    person: string,
    { wanted, since }: { wanted: Waiting; since: number },
  ): Promise<Answer> {
    const key = keyOf(about, person);
    const told = await shared?.lookUp(about, person);
    const known = newer(usable(key), told && answerAt(now() - told.ageMs, told.groups));
    const standing =
      known !== undefined && known.saidAt >= since ? await stillGood(about, person, known) : undefined;
    if (standing !== undefined) {
      answers.set(key, standing);
      return standing;
    }
    const askedAt = now();
    const said = await ask(about, person, wanted);
    const answer = said === 'withheld' ? unconfirmed(usable(key)) : answerAt(askedAt, said);
    answers.set(key, answer);
    if (said !== 'withheld') await shared?.tell(about, person, said, now() - askedAt);
    return answer;
  }

  async function stillGood(about: string, person: string, known: Answer): Promise<Answer | undefined> {
    if (now() < known.renewAt) return known;
    // A roster is about one group.
    if (about === everyGroup || now() - known.saidAt >= agreedIntervals * clocks.freshMs) return undefined;
    const verdict = await rosters?.weigh(about, person, remembered(about, known));
    if (verdict?.verdict !== 'stands' || verdict.knownAt <= known.saidAt) return undefined;
    return { ...known, ...countingFrom(verdict.knownAt, countedMs(known.groups)) };
  }

  function answerAt(saidAt: number, said: readonly string[]): Answer {
    const groups = new Set(said.map((group) => group.toLowerCase()));
    return { groups, saidAt, ...countingFrom(saidAt, countedMs(groups)) };
  }

  // That somebody is not in a group counts half as long, and a list of all says that about most.
  function countedMs(groups: ReadonlySet<string>): number {
    return answersAreAbout === 'one group' && groups.size > 0 ? clocks.freshMs : clocks.freshMs / 2;
  }

  // A refusal to say confirms nothing: what was said before grows old all the same.
  function unconfirmed({ groups, saidAt }: Answer = answerAt(now(), [])): Answer {
    return { groups, saidAt, ...countingFrom(now(), clocks.freshMs / 2) };
  }

  // Not all at once: what was first asked together would be asked together for ever.
  function countingFrom(from: number, ms: number): Pick<Answer, 'renewAt' | 'dueAt'> {
    return { renewAt: from + ms * (0.75 + 0.2 * random()), dueAt: from + ms };
  }
}

/** Who waits since when, and later than what the answer must have been asked for. */
type Need = { readonly wantedSince?: number | undefined; readonly since?: number | undefined };

function remembered(group: string, answer: Answer): Remembered {
  return { isIn: isIn(group, answer), saidAt: answer.saidAt, dueAt: answer.dueAt };
}

// Anything else is a mistake of ours, and not to be taken for an outage.
function ours(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  throw error;
}

const longestName = 320;

// `*` is no group, and a dot segment, a slash or a `%` would make another address of the question.
function isAskable(group: string): boolean {
  return group !== '*' && /^(?!\.{1,2}$)[^\s/\\%?#]+$/.test(group) && group.length <= longestName;
}
