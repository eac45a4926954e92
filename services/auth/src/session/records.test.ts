import { beforeEach, describe, expect, test } from '@jest/globals';
import { openMemoryStore } from '../store/open.ts';
import type { OpenStore } from '../store/open.ts';
import { placeOf } from '../store/place.ts';
import { seenEveryMs, sessionRecords } from './records.ts';
import type { SessionRecords } from './records.ts';

const began = 1_800_000_000_000;
const hour = 3_600_000;
const clock = { at: began, now: () => clock.at, elapsed: () => clock.at };
const from = { browser: 'Firefox on Windows', address: '192.0.2.1' };

let opened: OpenStore;
let records: SessionRecords;
beforeEach(() => {
  clock.at = began;
  opened = openMemoryStore(clock);
  records = sessionRecords(opened, clock);
});

function sessionOf(sid: string, sub = 'ann', email = 'ann@example.com') {
  return { sid, idp: 'google', sub, email, auth_time: began / 1000, exp: began / 1000 + 24 * 3600 };
}

/** Signs in: what keeps a standing adds the session to its account. */
async function signIn(session: ReturnType<typeof sessionOf>): Promise<void> {
  const limits = { most: 20, ttlMs: 24 * hour };
  await opened.store.add(placeOf('account', session.idp, session.sub), session.sid, limits);
  await records.write(session, from);
}

const sidsOf = (found: ReadonlyArray<{ sid: string }>) => found.map(({ sid }) => sid);
const settled = () => new Promise((resolve) => void setImmediate(resolve));

describe('the sessions of an e-mail address', () => {
  test('are those of all its accounts, each with what there is to tell', async () => {
    await signIn(sessionOf('one'));
    await signIn({ ...sessionOf('two'), idp: 'okta' });
    await signIn(sessionOf('other', 'bob', 'bob@example.com'));
    const found = await records.ofEmail('ann@example.com');
    expect(found).toEqual([
      { ...sessionOf('one'), from, seenAt: began },
      { ...sessionOf('two'), idp: 'okta', from, seenAt: began },
    ]);
    expect(await records.ofEmail('nobody@example.com')).toEqual([]);
  });

  test('are not those of an account that had it once', async () => {
    await signIn(sessionOf('before'));
    await signIn(sessionOf('after', 'ann', 'ann.new@example.com'));
    expect(sidsOf(await records.ofEmail('ann.new@example.com'))).toEqual(['after']);
    expect(sidsOf(await records.ofEmail('ann@example.com'))).toEqual(['before']);
  });
});

describe('when a session was last used', () => {
  test('is written down every few minutes, and not at each use', async () => {
    await signIn(sessionOf('one'));
    const seenAfter = async (ms: number) => {
      clock.at = began + ms;
      records.seen(sessionOf('one'));
      await settled();
      return (await records.get('one'))?.seenAt;
    };
    expect(await seenAfter(60_000)).toBe(began);
    expect(await seenAfter(seenEveryMs + 1)).toBe(began + seenEveryMs + 1);
    expect(await records.get('one')).toMatchObject({ from });
  });

  test('teaches us of a session that was there before there were records', async () => {
    const limits = { most: 20, ttlMs: hour };
    await opened.store.add(placeOf('account', 'google', 'ann'), 'old', limits);
    records.seen(sessionOf('old'));
    await settled();
    expect(await records.ofEmail('ann@example.com')).toEqual([
      { ...sessionOf('old'), from: {}, seenAt: began },
    ]);
  });
});

test('the accounts that have signed in last come a piece at a time, each once', async () => {
  for (let at = 0; at < 60; at++) await signIn(sessionOf(`${at}`, `${at}`, `${at}@example.com`));
  const pages: string[][] = [];
  let after: string | undefined;
  do {
    const { records: found, next } = await records.newest(after);
    pages.push(sidsOf(found));
    after = next;
  } while (after !== undefined);
  expect(pages.map(({ length }) => length)).toEqual([25, 25, 10]);
  expect(pages.flat()).toEqual(Array.from({ length: 60 }, (_, at) => `${59 - at}`));
});
