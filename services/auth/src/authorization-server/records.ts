import type { Clock } from '@latchkey/http';
import type { Delegation } from '@latchkey/session';
import { z } from 'zod';
import type { OpenStore } from '../store/open.ts';
import { placeOf } from '../store/place.ts';
import type { Account } from '../session/stored-session.ts';
import { unlessAway } from '../store/store.ts';

const text = z.string();
const schema = z.object({
  session: z.object({
    sid: text,
    idp: text,
    sub: text,
    email: text,
    auth_time: z.number(),
    exp: z.number(),
  }),
  client: text,
  resource: text,
  scopes: z.array(text),
  family: text,
  /** when the person approved, and when the program last got tokens; milliseconds since the epoch */
  since: z.number(),
  seenAt: z.number(),
});

/** A program that acts for a person, as far as there is something to tell of it. */
export type ProgramRecord = Readonly<z.infer<typeof schema>>;

/** What is remembered of programs for people to look at. Nothing is decided by it. */
export type ProgramRecords = {
  /** A program has just got tokens. Where it cannot be written down, nobody hears of it. */
  seen(delegation: Delegation): Promise<void>;
  /**
   * The newest programs of an account, in no order.
   *
   * @throws StoreAway
   */
  ofAccount(account: Account): Promise<readonly ProgramRecord[]>;
};

// One person approves now and then; what does not fit is still theirs, and ends with their session.
const mostOfAccount = 50;

/** Remembers them in a store, each sealed where it leaves the process. */
export function programRecords({ store, vault }: OpenStore, { now }: Pick<Clock, 'now'>): ProgramRecords {
  async function get(family: string): Promise<ProgramRecord | undefined> {
    const place = placeOf('program', family);
    const kept = await store.get(place);
    return kept && schema.safeParse(vault.open(place, kept.text)).data;
  }

  async function write({ session, ...delegation }: Delegation): Promise<void> {
    const { sid, idp, sub, email, auth_time, exp } = session;
    const seenAt = now();
    const ttlMs = exp * 1000 - seenAt;
    const place = placeOf('program', delegation.family);
    const since = (await get(delegation.family))?.since ?? seenAt;
    const record = { ...delegation, session: { sid, idp, sub, email, auth_time, exp }, since, seenAt };
    await store.put(place, vault.close(place, record), { ttlMs });
    await store.add(placeOf('programs', idp, sub), delegation.family, { most: mostOfAccount, ttlMs });
  }

  return {
    async seen(delegation) {
      if (!store.isAway()) await unlessAway(write(delegation));
    },
    async ofAccount({ idp, sub }) {
      const records = await Promise.all((await store.members(placeOf('programs', idp, sub))).map(get));
      return records.filter((record) => record !== undefined);
    },
  };
}
