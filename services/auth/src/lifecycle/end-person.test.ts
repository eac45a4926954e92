import { beforeEach, describe, expect, test } from '@jest/globals';
import { openMemoryStore } from '../store/open.ts';
import { endPerson } from './end-person.ts';
import type { EndingPeople, WhoseSessions } from './end-person.ts';
import { sessionRecords } from '../session/records.ts';
import type { SessionRecords } from '../session/records.ts';
import { sessionStore } from './store.ts';

const began = 1_800_000_000_000;
const clock = { now: () => began, elapsed: () => began };
const log = { info: () => undefined, warn: () => undefined };

let store: ReturnType<typeof sessionStore>;
let parts: EndingPeople & { readonly records: SessionRecords };
let answerOfProvider: Promise<void>;
let givenBack: string[];
beforeEach(() => {
  const opened = openMemoryStore(clock);
  store = sessionStore(opened, { ...clock, log });
  givenBack = [];
  answerOfProvider = Promise.resolve();
  const revoke = async (token: string) => {
    givenBack.push(token);
    await answerOfProvider;
  };
  const providers = new Map([['okta', { revoke }]]);
  const sessionLifetimeMs = 86_400_000;
  parts = { ...clock, store, records: sessionRecords(opened, clock), providers, log, sessionLifetimeMs };
});

const ann = { idp: 'okta', sub: 'ann', email: 'ann@example.com', exp: began / 1000 + 3600 };

/** A session that has begun so many seconds after now, by the clock of another task. */
async function session(sid: string, { after = 0, isRecorded = true, of = ann } = {}) {
  const one = { ...of, sid, auth_time: began / 1000 + after };
  const grant = { refresh_token: `of ${sid}`, access_expires_at: 0, checked_at: 0 };
  await store.keep(one, { grant, groups: undefined }, one.exp * 1000);
  if (isRecorded) await parts.records.write(one, {});
  return one;
}

const doors: [string, WhoseSessions][] = [
  ['an account', { account: ann }],
  ['an e-mail address', { email: ann.email }],
];

describe.each(doors)('all sessions of %s', (_, whose) => {
  test('end, also one that began by a clock that is ahead, and their grants go back', async () => {
    const sessions = [await session('one'), await session('ahead', { after: 30 })];
    const bob = await session('of another', { of: { ...ann, sub: 'bob', email: 'bob@example.com' } });
    const ended = await endPerson(whose, parts);
    await ended.givenBack;
    expect([ended.sessions.length, ended.isPublished]).toEqual([2, true]);
    for (const one of sessions) expect(await store.isRevoked(one)).toBe(true);
    expect(await store.sidsOf(ann)).toEqual([]);
    expect(await store.isRevoked(bob)).toBe(false);
    expect(givenBack.toSorted()).toEqual(['of ahead', 'of one']);
  });

  test('end, also one that begins meanwhile by a clock that is ahead', async () => {
    const meanwhile: Awaited<ReturnType<typeof session>>[] = [];
    const signIn = async () => void meanwhile.push(await session('meanwhile', { after: 30 }));
    const slow: typeof store = {
      ...store,
      revokeAccount: (account, until) => signIn().then(() => store.revokeAccount(account, until)),
      revokeEmail: (email, until) => signIn().then(() => store.revokeEmail(email, until)),
    };
    await endPerson(whose, { ...parts, store: slow });
    expect(await Promise.all(meanwhile.map((one) => store.isRevoked(one)))).toEqual([true]);
  });

  test('have ended before a provider has its grants', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    answerOfProvider = promise;
    const one = await session('one');
    const ended = await endPerson(whose, parts);
    expect(await store.isRevoked(one)).toBe(true);
    resolve();
    await ended.givenBack;
  });
});

test('a session of an account of which there is no record ends as well, by its name, and its grant goes back', async () => {
  const one = await session('unrecorded', { after: 30, isRecorded: false });
  const ended = await endPerson({ account: ann }, parts);
  await ended.givenBack;
  expect(ended.sessions).toMatchObject([{ stands: true }]);
  expect(await store.isRevoked(one)).toBe(true);
  expect(givenBack).toEqual(['of unrecorded']);
});

test('what has ended before is not counted', async () => {
  await session('one');
  await store.revokeAll(began + 86_400_000);
  expect((await endPerson({ email: ann.email }, parts)).sessions).toMatchObject([{ stands: false }]);
});
