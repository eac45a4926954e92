import { clockSkewMs } from '@latchkey/session';
import { z } from 'zod';
import type { OpenStore } from '../store/open.ts';
import { placeOf } from '../store/place.ts';
import type { Place } from '../store/place.ts';
import { StoreAway } from '../store/store.ts';
import type { Roster } from './roster.ts';

/** What a directory has answered other tasks. Neither verb fails: a task that learns nothing here asks the directory. */
export type SharedAnswers = {
  /** @returns what was said of the person, asked about the group, last, and how many milliseconds ago */
  lookUp(group: string, person: string): Promise<{ groups: readonly string[]; ageMs: number } | undefined>;
  put(group: string, person: string, groups: readonly string[], ageMs: number): Promise<void>;
};

/** The rosters that other tasks have read, in the same way. */
export type SharedRosters = {
  lookUp(group: string): Promise<{ roster: Roster; ageMs: number } | undefined>;
  put(group: string, roster: Roster, ageMs: number): Promise<void>;
};

/** How things are shared. */
export type Sharing = {
  /** the slug */
  readonly provider: string;
  /** after which something is of no use to anybody */
  readonly keptMs: number;
  readonly now: () => number;
};

const answer = z.object({ groups: z.array(z.string()), at: z.number() });

/** Shares the answers of a directory in the store. */
export function shareAnswers(opened: OpenStore, sharing: Sharing): SharedAnswers {
  const things = shared(opened, answer, sharing);
  const place = (group: string, person: string) => placeOf('membership', sharing.provider, group, person);
  return {
    lookUp: (group, person) => things.lookUp(place(group, person)),
    put: (group, person, groups, ageMs) => things.put(place(group, person), { groups }, ageMs),
  };
}

const people = z.array(z.string()).transform((addresses) => new Set(addresses));
const roster = z.object({ people, pages: z.number(), at: z.number() });

/** Shares the rosters of groups in the store. */
export function shareRosters(opened: OpenStore, sharing: Sharing): SharedRosters {
  const things = shared(opened, roster, sharing);
  const place = (group: string) => placeOf('roster', sharing.provider, group);
  return {
    async lookUp(group) {
      const found = await things.lookUp(place(group));
      return found && { roster: found, ageMs: found.ageMs };
    },
    put: (group, { people: named, pages }, ageMs) =>
      things.put(place(group), { people: [...named], pages }, ageMs),
  };
}

function shared<T extends { at: number }>(
  { store, vault }: OpenStore,
  schema: z.ZodType<T>,
  { keptMs, now }: Sharing,
) {
  return {
    async lookUp(where: Place): Promise<(T & { ageMs: number }) | undefined> {
      const kept = await store.get(where).catch(undefinedIfAway);
      const found = kept && schema.safeParse(vault.open(where, kept.text)).data;
      if (found === undefined || found.at > now() + clockSkewMs) return undefined;
      return { ...found, ageMs: Math.max(0, now() - found.at) };
    },
    async put(where: Place, said: object, ageMs: number): Promise<void> {
      const text = vault.close(where, { ...said, at: now() - ageMs });
      await store.put(where, text, { ttlMs: keptMs }).catch(undefinedIfAway);
    },
  };
}

function undefinedIfAway(error: unknown): undefined {
  if (!(error instanceof StoreAway)) throw error;
}
