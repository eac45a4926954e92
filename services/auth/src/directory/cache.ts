import { HttpError, upTo } from '@latchkey/http';
import { LRUCache } from 'lru-cache';
import { within } from '../within.ts';
import { unavailable } from './directory.ts';
import type { Directory, Membership, Waiting } from './directory.ts';
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

/** What the directory said of one person and one group. Times are milliseconds of a clock that never jumps. */
type Answer = {
  readonly isMember: boolean;
  readonly saidAt: number;
  /** from here on it is asked again, in the background */
  readonly renewAt: number;
  /** and from here on before they hear an answer */
  readonly dueAt: number;
};

// About 300 bytes each: people times the groups that routes name.
const keptAnswers = 50_000;

/**
 * Makes a directory that remembers what it was told, and asks one question at a time about a person and a group.
 *
 * @param options.provider the slug; part of the key like person and group, so that no answer is ever about another one
 * @param options.shared what other tasks were told; absent where there are none
 * @param options.random a number from 0 up to 1
 * @param options.onLookup hears of each question about a person and a group; a hit needs no waiting
 * @param options.onStale hears when what was true before has to do
 */
export function cachedDirectory(options: {
  provider: string;
  ask: (group: string, person: string, wanted: Waiting) => Promise<Membership>;
  shared?: SharedAnswers | undefined;
  clocks: CacheClocks;
  now: () => number;
  random: () => number;
  onLookup?: (isHit: boolean) => void;
  onStale: (about: { person: string; groups: number; detail: string | undefined }) => void;
}): Directory {
  const { provider, ask, shared, clocks, now, random, onLookup, onStale } = options;
  const answers = new LRUCache<string, Answer>(upTo(keptAnswers));
  const underWay = new Map<string, { readonly answer: Promise<boolean>; readonly wanted: Waiting }>();

  return {
    async memberOf(email, groups, needed) {
      const person = email.toLowerCase();
      const waitedFor = new Set(groups.slice(0, needed));
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
      return known.isMember;
    }
    try {
      return await within(clocks.waitMs, renewed(group, person, now()), () => unavailable('no answer yet'));
    } catch (error) {
      if (known === undefined) throw error;
      stale.push(ours(error));
      return known.isMember;
    }
  }

  // What counts without waiting.
  function knownAlready(group: string, person: string): boolean | undefined {
    const known = lookUp(group, person);
    if (known === undefined || now() >= known.renewAt) renewBehind(group, person);
    return known !== undefined && now() < known.dueAt ? known.isMember : undefined;
  }

  function lookUp(group: string, person: string): Answer | undefined {
    const known = usable(keyOf(group, person));
    onLookup?.(known !== undefined && now() < known.dueAt);
    return known;
  }

  // It is worth a try, no more, behind every question that somebody waits for.
  function renewBehind(group: string, person: string): void {
    renewed(group, person).catch(() => undefined);
  }

  function keyOf(group: string, person: string): string {
    // GHSA-v574-6498-x57v: parts that are only put behind each other can be cut in two ways.
    return JSON.stringify([provider, group, person]);
  }

  function usable(key: string): Answer | undefined {
    const known = answers.get(key);
    return known !== undefined && now() - known.saidAt < clocks.freshMs + clocks.graceMs ? known : undefined;
  }

  function renewed(group: string, person: string, wantedSince?: number): Promise<boolean> {
    const key = keyOf(group, person);
    const running = underWay.get(key);
    if (running !== undefined) {
      running.wanted.since ??= wantedSince;
      return running.answer;
    }
    const wanted: Waiting = { since: wantedSince };
    const answer = askAround(group, person, wanted).finally(() => underWay.delete(key));
    underWay.set(key, { answer, wanted });
    return answer;
  }

  // What another task was told lately is as good as an answer of our own.
  async function askAround(group: string, person: string, wanted: Waiting): Promise<boolean> {
    const key = keyOf(group, person);
    const told = await shared?.lookUp(group, person);
    if (told !== undefined) {
      const answer = answerAt(now() - told.ageMs, told.isMember);
      if (now() < answer.renewAt) {
        answers.set(key, answer);
        return answer.isMember;
      }
    }
    const said = await ask(group, person, wanted);
    const answer = said === 'untold' ? unconfirmed(usable(key)) : answerAt(now(), said === 'member');
    answers.set(key, answer);
    if (said !== 'untold') await shared?.tell(group, person, answer.isMember);
    return answer.isMember;
  }

  function answerAt(saidAt: number, isMember: boolean): Answer {
    return { isMember, saidAt, ...countingFrom(saidAt, isMember ? clocks.freshMs : clocks.freshMs / 2) };
  }

  // A refusal to say confirms nothing: what was said before grows old all the same.
  function unconfirmed({ isMember, saidAt }: Answer = answerAt(now(), false)): Answer {
    return { isMember, saidAt, ...countingFrom(now(), clocks.freshMs / 2) };
  }

  // Not all at once: what was first asked together would be asked together for ever.
  function countingFrom(from: number, ms: number): Pick<Answer, 'renewAt' | 'dueAt'> {
    return { renewAt: from + ms * (0.75 + 0.2 * random()), dueAt: from + ms };
  }
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
