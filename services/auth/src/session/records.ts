import { upTo } from '@latchkey/http';
import type { Clock } from '@latchkey/http';
import type { Session } from '@latchkey/session';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { OpenStore } from '../store/open.ts';
import { placeOf } from '../store/place.ts';
import type { Place } from '../store/place.ts';
import type { Account } from './stored-session.ts';

/** From where a person signed in, as far as it is known. */
export type SignInFrom = {
  /** in a few words */
  readonly browser?: string | undefined;
  /** as the trusted servers in front tell it */
  readonly address?: string | undefined;
};

/** What there is to tell of a session: to its person, and to those who run this. */
export type SessionRecord = Pick<Session, 'sid' | 'idp' | 'sub' | 'email' | 'auth_time' | 'exp'> & {
  readonly from: SignInFrom;
  /** when it was last asked about, give or take `seenEveryMs`; milliseconds since the epoch */
  readonly seenAt: number;
};

/** A piece of a long list. */
export type RecordPage = { readonly records: readonly SessionRecord[]; readonly next?: string };

/**
 * What is remembered of sessions for people to look at. Nothing is decided by it: sessions are ended by the names of their
 * accounts, whether they are in here or not.
 *
 * @throws StoreAway
 */
export type SessionRecords = {
  /** Its person has just signed in. */
  write(session: Recorded, from: SignInFrom): Promise<void>;
  /** A session is in use. Nobody waits for that, and nobody hears where it is not written down. */
  seen(session: Recorded): void;
  get(sid: string): Promise<SessionRecord | undefined>;
  /** The newest sessions of an account, in no order. */
  ofAccount(account: Account): Promise<readonly SessionRecord[]>;
  /** Those of an e-mail address, of every provider. */
  ofEmail(email: string): Promise<readonly SessionRecord[]>;
  /** Those of the accounts that have signed in last, a piece at a time. @param after what the piece before has named as `next` */
  newest(after?: string): Promise<RecordPage>;
};

type Recorded = Pick<Session, 'sid' | 'idp' | 'sub' | 'email' | 'auth_time' | 'exp'>;

const text = z.string();
const schema = z.object({
  idp: text,
  sub: text,
  email: text,
  auth_time: z.number(),
  exp: z.number(),
  from: z.object({ browser: text.exactOptional(), address: text.exactOptional() }),
  seenAt: z.number(),
});

/** How exact it is when a session was last used. */
export const seenEveryMs = 5 * 60_000;
const keptSeen = 50_000;
// More at once are left for their next use.
const mostAtOnce = 20;

// An address has an account with each provider, and now and then a new one.
const keptAccounts = 20;
const keptNewest = 1_000;
const pageAccounts = 25;
const allAccounts = placeOf('accounts', 'all');

/** Remembers records, each sealed where it leaves the process, and accounts by names in which nobody can be read. */
export function sessionRecords({ store, vault }: OpenStore, { now, elapsed }: Clock): SessionRecords {
  const written = new LRUCache<string, true>({
    ...upTo(keptSeen),
    ttl: seenEveryMs,
    perf: { now: elapsed },
    ttlResolution: 0,
  });
  let underWay = 0;

  async function put({ sid, ...record }: SessionRecord, version?: number): Promise<void> {
    const place = placeOfRecord(sid);
    const ttlMs = record.exp * 1000 - now();
    await store.put(place, vault.close(place, record), { ttlMs, ...(version !== undefined && { version }) });
  }

  async function list(session: Recorded): Promise<void> {
    const ttlMs = session.exp * 1000 - now();
    const { id: account } = placeOf('account', session.idp, session.sub);
    await Promise.all([
      store.add(placeOf('email', session.email), account, { most: keptAccounts, ttlMs }),
      store.add(allAccounts, account, { most: keptNewest, ttlMs }),
    ]);
  }

  async function look(session: Recorded): Promise<void> {
    const kept = await store.get(placeOfRecord(session.sid));
    const known = kept && read(session.sid, kept.text);
    const seenAt = now();
    // What a sign-in has written meanwhile is newer.
    if (kept !== undefined && known !== undefined) return put({ ...known, seenAt }, kept.version + 1);
    // From before there were records, or before the store was emptied.
    const { sid, idp, sub, email, auth_time, exp } = session;
    await Promise.all([put({ sid, idp, sub, email, auth_time, exp, from: {}, seenAt }), list(session)]);
  }

  function read(sid: string, kept: string): SessionRecord | undefined {
    const record = schema.safeParse(vault.open(placeOfRecord(sid), kept)).data;
    return record && { sid, ...record };
  }

  async function get(sid: string): Promise<SessionRecord | undefined> {
    const kept = await store.get(placeOfRecord(sid));
    return kept && read(sid, kept.text);
  }

  async function ofAccounts(accounts: readonly string[]): Promise<readonly SessionRecord[]> {
    const sids = await Promise.all(accounts.map((id) => store.members({ kind: 'account', id })));
    const records = await Promise.all(sids.flat().map(get));
    return records.filter((record) => record !== undefined);
  }

  return {
    async write({ sid, idp, sub, email, auth_time, exp }, from) {
      const record = { sid, idp, sub, email, auth_time, exp, from, seenAt: now() };
      written.set(sid, true);
      await Promise.all([put(record), list(record)]);
    },
    seen(session) {
      if (underWay >= mostAtOnce || written.has(session.sid) || store.isAway()) return;
      written.set(session.sid, true);
      underWay += 1;
      look(session)
        .catch(() => written.delete(session.sid))
        .finally(() => (underWay -= 1));
    },
    get,
    ofAccount: ({ idp, sub }) => ofAccounts([placeOf('account', idp, sub).id]),
    async ofEmail(email) {
      const records = await ofAccounts(await store.members(placeOf('email', email)));
      // An account that once had this address may have another one by now, and the address another account.
      return records.filter((record) => record.email === email);
    },
    async newest(after) {
      const accounts = (await store.members(allAccounts)).toReversed();
      const from = after === undefined ? 0 : accounts.indexOf(after) + 1;
      const page = accounts.slice(from, from + pageAccounts);
      const next = from + pageAccounts < accounts.length ? page.at(-1) : undefined;
      return { records: await ofAccounts(page), ...(next !== undefined && { next }) };
    },
  };
}

/** Where the record of a session is kept: it goes with the session. */
export function placeOfRecord(sid: string): Place {
  return placeOf('session', sid);
}
