import { clockSkewMs } from '@latchkey/session';
import { z } from 'zod';
import type { OpenStore } from '../store/open.ts';
import { placeOf } from '../store/place.ts';
import { StoreAway } from '../store/store.ts';

/** What a directory has told the other tasks. Neither verb fails: a task that learns nothing here asks the directory. */
export type SharedAnswers = {
  /** @returns what was said of the person, asked about the group, last, and how many milliseconds ago */
  lookUp(group: string, person: string): Promise<{ groups: readonly string[]; ageMs: number } | undefined>;
  tell(group: string, person: string, groups: readonly string[]): Promise<void>;
};

const schema = z.object({ groups: z.array(z.string()), at: z.number() });

/**
 * Shares the answers of a directory in the store.
 *
 * @param options.provider the slug
 * @param options.keptMs after which an answer is of no use to anybody
 */
export function shareAnswers(
  { store, vault }: OpenStore,
  { provider, keptMs, now }: { provider: string; keptMs: number; now: () => number },
): SharedAnswers {
  const place = (group: string, person: string) => placeOf('membership', provider, group, person);
  return {
    async lookUp(group, person) {
      const where = place(group, person);
      const kept = await store.get(where).catch(undefinedIfAway);
      const told = kept && schema.safeParse(vault.open(where, kept.text)).data;
      if (told === undefined || told.at > now() + clockSkewMs) return undefined;
      return { groups: told.groups, ageMs: Math.max(0, now() - told.at) };
    },
    async tell(group, person, groups) {
      const where = place(group, person);
      const text = vault.close(where, { groups, at: now() });
      await store.put(where, text, { ttlMs: keptMs }).catch(undefinedIfAway);
    },
  };
}

function undefinedIfAway(error: unknown): undefined {
  if (!(error instanceof StoreAway)) throw error;
}
