import { HttpError } from '@latchkey/http';
import { LRUCache } from 'lru-cache';
import { within } from '../within.ts';
import { unavailable } from './directory.ts';
import type { Directory, Told, Waiting } from './directory.ts';
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

/** What the directory said of one person. Times are milliseconds of a clock that never jumps. */
type Answer = {
  /** that they are in, in lower case, of those that the answer is about */
  readonly groups: ReadonlySet<string>;
  readonly saidAt: number;
  /** from here on it is asked again, in the background */
  readonly renewAt: number;
  /** and from here on before they hear an answer */
  readonly dueAt: number;
};

// Pieces of about 300 bytes: people times the groups that routes name, or the groups that people have.
const keptPieces = 50_000;
const pieceLength = 300;

// A name that no group has: what a question is about that tells of all of them.
const everyGroup = '*';

/**
 * Makes a directory that remembers what it was told, and asks one question at a time about a person and a group.
 *
 * @param options.provider the slug; part of the key like person and group, so that no answer is ever about another one
 * @param options.answersAreAbout the group that was asked about, or all groups of the person
 * @param options.shared what other tasks were told; absent where there are none
 * @param options.random a number from 0 up to 1
 * @param options.onLookup hears of each question about a person and a group; a hit needs no waiting
 * @param options.onStale hears when what was true before has to do
 */
export function cachedDirectory(options: {
  provider: string;
  answersAreAbout: 'one group' | 'all groups';
  ask: (group: string, person: string, wanted: Waiting) => Promise<Told>;
  shared?: SharedAnswers | undefined;
  clocks: CacheClocks;
  now: () => number;
  random: () => number;
  onLookup?: (isHit: boolean) => void;
  onStale: (about: { person: string; groups: number; detail: string | undefined }) => void;
}): Directory {
  const { provider, answersAreAbout, ask, shared, clocks, now, random, onLookup, onStale } = options;
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
        memberOf: asked.filter((_, at) => found[at] === true),
        unknown: asked.filter((_, at) => found[at] === undefined),
        ...(troubles[0] !== undefined && { trouble: troubles[0] }),
      };
    },
  };

  async function isMember(group: string, person: string, stale: HttpError[]): Promise<boolean> {
    const known = lookUp(group, person);
    if (known !== undefined && now() < known.dueAt) {
      if (now() >= known.renewAt) renewBehind(group, person);
      return isIn(group, known);
    }
    try {
      const renewing = renewed(group, person, now());
      return isIn(group, await within(clocks.waitMs, renewing, () => unavailable('no answer yet')));
    } catch (error) {
      if (known === undefined) throw error;
      stale.push(ours(error));
      return isIn(group, known);
    }
  }

  // What counts without waiting.
  function knownAlready(group: string, person: string): boolean | undefined {
    const known = lookUp(group, person);
    if (known === undefined || now() >= known.renewAt) renewBehind(group, person);
    return known !== undefined && now() < known.dueAt ? isIn(group, known) : undefined;
  }

  function lookUp(group: string, person: string): Answer | undefined {
    const known = usable(keyOf(aboutOf(group), person));
    onLookup?.(known !== undefined && now() < known.dueAt);
    return known;
  }

  // It is worth a try, no more, behind every question that somebody waits for.
  function renewBehind(group: string, person: string): void {
    renewed(group, person).catch(() => undefined);
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

  function renewed(group: string, person: string, wantedSince?: number): Promise<Answer> {
    const about = aboutOf(group);
    const key = keyOf(about, person);
    const running = underWay.get(key);
    if (running !== undefined) {
      running.wanted.since ??= wantedSince;
      return running.answer;
    }
    const wanted: Waiting = { since: wantedSince };
    const answer = askAround(about, person, wanted).finally(() => underWay.delete(key));
    underWay.set(key, { answer, wanted });
    return answer;
  }

  // What another task was told lately is as good as an answer of our own.
  async function askAround(about: string, person: string, wanted: Waiting): Promise<Answer> {
    const key = keyOf(about, person);
    const told = await shared?.lookUp(about, person);
    const others = told && answerAt(now() - told.ageMs, told.groups);
    if (others !== undefined && now() < others.renewAt) {
      answers.set(key, others);
      return others;
    }
    const said = await ask(about, person, wanted);
    const answer = said === 'untold' ? unconfirmed(usable(key)) : answerAt(now(), said);
    answers.set(key, answer);
    if (said !== 'untold') await shared?.tell(about, person, said);
    return answer;
  }

  // That somebody is not in a group counts half as long, and a list of all says that about most.
  function answerAt(saidAt: number, said: readonly string[]): Answer {
    const groups = new Set(said.map((group) => group.toLowerCase()));
    const isYes = answersAreAbout === 'one group' && groups.size > 0;
    return { groups, saidAt, ...countingFrom(saidAt, isYes ? clocks.freshMs : clocks.freshMs / 2) };
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

function isIn(group: string, { groups }: Answer): boolean {
  return groups.has(group.toLowerCase());
}

function piecesOf({ groups }: Answer): number {
  const length = [...groups].reduce((sum, group) => sum + group.length, 0);
  return 1 + Math.floor(length / pieceLength);
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
