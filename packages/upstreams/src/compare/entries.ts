import type { Change } from './change.ts';

/** One thing that an entry of the root says. A new field of it is one more of these. */
export type Aspect<Entry> = {
  readonly meaning: string;
  /** in words; empty where the entry says nothing of it */
  readonly of: (entry: Entry) => readonly string[];
  /** whether somebody may get in by it who could not; absent: where it says something that it did not say */
  readonly widens?: (before: Entry, after: Entry) => boolean;
};

type Entries<Entry> = ReadonlyMap<string, Entry>;

/** How the entries of one kind are described. */
type Telling<Entry> = {
  readonly titleOf: (name: string) => string;
  readonly aspects: readonly Aspect<Entry>[];
  readonly added: (entry: Entry) => Pick<Change, 'kind' | 'text' | 'widens'>;
  readonly removed: (entry: Entry) => string;
  /** what follows from a change, beside it */
  readonly effects?: (before: Entry, after: Entry) => readonly Pick<Change, 'kind' | 'text' | 'widens'>[];
};

/** What changes among entries that have names. */
export function compareEntries<Entry>(
  before: Entries<Entry>,
  after: Entries<Entry>,
  { titleOf, aspects, added, removed, effects = () => [] }: Telling<Entry>,
): Change[] {
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((name) => {
    const host = titleOf(name);
    const [old, now] = [before.get(name), after.get(name)];
    if (old === undefined) return now === undefined ? [] : [{ host, ...added(now) }];
    if (now === undefined) return [{ host, kind: 'loss', text: removed(old), widens: false }];
    const changes = aspects.flatMap((aspect) => compareAspect(aspect, old, now));
    const followed = changes.length === 0 ? [] : effects(old, now);
    return [...changes, ...followed].map((change): Change => ({ host, ...change }));
  });
}

function compareAspect<Entry>(
  { meaning, of, widens }: Aspect<Entry>,
  before: Entry,
  after: Entry,
): Pick<Change, 'kind' | 'text' | 'widens'>[] {
  const [old, now] = [of(before), of(after)];
  if (isSame(old, now)) return [];
  const text = `${meaning}: ${now.join(', ') || 'none'}, before ${old.join(', ') || 'none'}`;
  const saysMore = now.some((each) => !old.includes(each));
  return [{ kind: 'other', text, widens: widens?.(before, after) ?? saysMore }];
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each));
}
