import { clockSkewMs } from '@latchkey/session';
import { upTo } from '@latchkey/http';
import type { Clock } from '@latchkey/http';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { createLeased } from '../store/lease.ts';
import type { Result } from '../store/lease.ts';
import type { OpenStore } from '../store/open.ts';
import { placeOf } from '../store/place.ts';
import type { Place } from '../store/place.ts';
import { placeOfRecord } from './records.ts';
import type { Account, GrantState, StoredSession } from './stored-session.ts';

/** What came of asking about a session: what to tell, and what is true of it from now on where that is new. */
export type AskedInTurn<T> = { readonly outcome: T; readonly grantState?: GrantState };

/** The newest standings of sessions. */
export type GrantStates = {
  get(sid: string): Promise<GrantState | undefined>;
  /** The person has signed in: this replaces all there is. */
  set(session: StoredSession, grantState: GrantState, until: number): Promise<void>;
  /** A cookie has brought this along: it counts where nothing newer is known. */
  offer(session: StoredSession, grantState: GrantState, until: number): Promise<void>;
  /** Asks when no other task does. @returns undefined where the turn did not come in time */
  inTurn<T>(
    session: StoredSession,
    until: number,
    ask: () => Promise<AskedInTurn<T>>,
  ): Promise<T | undefined>;
  delete(session: StoredSession): Promise<void>;
  /** The sessions of an account of which there is one, the newest last. */
  sidsOf(account: Account): Promise<readonly string[]>;
  /** The store has lost what it knew: what this task has heard lately is written again. */
  writeAgain(): void;
  close(): void;
};

const schema: z.ZodType<GrantState> = z.object({
  grant: z.object({
    refresh_token: z.string().exactOptional(),
    groups: z.array(z.string()).exactOptional(),
    access_expires_at: z.number(),
    checked_at: z.number(),
  }),
  groups: z
    .object({ names: z.array(z.string()), at: z.number() })
    .optional()
    .transform((groups) => groups),
  freshUntil: z.number().exactOptional(),
  confirmedAt: z.number().exactOptional(),
  accessToken: z.string().optional(),
  idToken: z.string().exactOptional(),
});

// One account that signs in over and over forgets its own sessions, and nobody else's.
const keptOfAccount = 20;
const keptUnkept = 10_000;
const keptHeard = 1_000;
const againMs = 250;
const heardMs = 60_000;

/** Remembers standings, each sealed where it leaves the process. Past the bound the oldest of the account goes. */
export function createGrantStates({ store, vault }: OpenStore, { now, elapsed }: Clock): GrantStates {
  const leased = createLeased(store);
  // What a provider has answered and the store did not take. A provider that replaces refresh tokens takes the next use of
  // the old one for theft, so the new one must not get lost while the store is away.
  const unkept = new LRUCache<string, Result>(upTo(keptUnkept));
  // What it did take may be lost again before the browser has it in its cookie.
  const heard = new LRUCache<string, Result>({ ...upTo(keptHeard), ttl: heardMs, perf: { now: elapsed } });
  const again = setInterval(writeUnkept, againMs).unref();

  function writeUnkept(): void {
    for (const [sid, result] of unkept.entries()) {
      const { text, ...keeping } = result;
      store.put(placeOfGrant(sid), text, keeping).then(
        // A newer one may have come meanwhile.
        () => unkept.peek(sid) === result && unkept.delete(sid),
        () => undefined,
      );
    }
  }

  function written(sid: string, { freshUntil, ...grantState }: GrantState): string {
    // What our own clock of intervals says means nothing to another task.
    const own = store.log === undefined && freshUntil !== undefined && { freshUntil };
    return vault.close(placeOfGrant(sid), { ...grantState, ...own });
  }

  async function put(
    session: StoredSession,
    grantState: GrantState,
    until: number,
    version?: number,
  ): Promise<void> {
    const ttlMs = until - now();
    if (ttlMs <= 0) return;
    const { sid } = session;
    const keeping = { ttlMs, ...(version !== undefined && { version }) };
    const [, evicted] = await Promise.all([
      store.put(placeOfGrant(sid), written(sid, grantState), keeping),
      store.add(placeOfAccount(session), sid, { most: keptOfAccount, ttlMs }),
    ]);
    await Promise.all(evicted.map(drop));
  }

  function forget(sid: string): void {
    unkept.delete(sid);
    heard.delete(sid);
  }

  async function drop(sid: string): Promise<void> {
    await Promise.all([store.drop(placeOfGrant(sid)), store.drop(placeOfRecord(sid))]);
  }

  return {
    async get(sid) {
      const text = unkept.get(sid)?.text ?? (await store.get(placeOfGrant(sid)))?.text;
      return text === undefined ? undefined : schema.safeParse(vault.open(placeOfGrant(sid), text)).data;
    },
    async set(session, grantState, until) {
      forget(session.sid);
      await put(session, grantState, until);
    },
    offer: (session, grantState, until) =>
      // By our own clock, which may be ahead of the store's: what a provider has answered since is newer in any case.
      put(session, grantState, until, grantState.grant.checked_at * 1_000_000 - clockSkewMs * 1_000),
    inTurn: ({ sid }, until, ask) =>
      leased.run(
        placeOfGrant(sid),
        async () => {
          const { outcome, grantState } = await ask();
          const ttlMs = until - now();
          return { outcome, ...(grantState && { keep: { text: written(sid, grantState), ttlMs } }) };
        },
        (result, isKept) => {
          heard.set(sid, result);
          if (!isKept) unkept.set(sid, result);
        },
      ),
    async delete(session) {
      forget(session.sid);
      await Promise.all([drop(session.sid), store.remove(placeOfAccount(session), session.sid)]);
    },
    sidsOf: (account) => store.members(placeOfAccount(account)),
    writeAgain() {
      for (const [sid, result] of heard.entries()) unkept.set(sid, result);
      writeUnkept();
    },
    close: () => clearInterval(again),
  };
}

function placeOfGrant(sid: string): Place {
  return placeOf('grant', sid);
}

function placeOfAccount({ idp, sub }: Account): Place {
  return placeOf('account', idp, sub);
}
