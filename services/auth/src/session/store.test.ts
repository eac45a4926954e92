import { beforeEach, describe, expect, test } from '@jest/globals';
import { clockFrom } from '@latchkey/http';
import { memoryStore } from './store.ts';
import type { Store } from './store.ts';

const session = { idp: 'google', sub: '1', sid: 'sid', auth_time: 1_800_000_000 };
const grantState = {
  grant: { access_expires_at: 1, checked_at: 0, refresh_token: 'r' },
  groups: { names: ['a'], at: 0 },
};

// What every store has to do, whatever it is made of.
describe.each([{ kind: 'memory', create: memoryStore }])('the $kind store', ({ create }) => {
  let now: number;
  let store: Store;
  beforeEach(() => {
    now = 1_800_000_000_000;
    store = create(clockFrom({ now: () => now }));
  });

  test('remembers a standing until its session ends', async () => {
    await store.keep(session, grantState, now + 1000);
    expect(await store.grantState('sid')).toEqual(grantState);
    expect(await store.grantState('other')).toBeUndefined();
    now += 1001;
    expect(await store.grantState('sid')).toBeUndefined();
  });

  test('replaces a standing by a newer one', async () => {
    await store.keep(session, grantState, now + 1000);
    await store.keep(session, { ...grantState, groups: { names: ['b'], at: 1 } }, now + 1000);
    expect((await store.grantState('sid'))?.groups?.names).toEqual(['b']);
  });

  test('remembers a revocation until the session would have ended, and forgets its standing at once', async () => {
    await store.keep(session, grantState, now + 1000);
    await store.revoke(session, now + 1000);
    expect(await store.isRevoked(session)).toBe(true);
    expect(await store.isRevoked({ ...session, sid: 'other' })).toBe(false);
    expect(await store.grantState('sid')).toBeUndefined();
    now += 1001;
    expect(await store.isRevoked(session)).toBe(false);
  });

  test('forgets no revocation for others, of however many accounts and however many of each', async () => {
    await store.revoke(session, now + 1000);
    for (let at = 0; at < 2_000; at++) {
      await store.revoke({ ...session, sub: `${at % 100}`, sid: `other ${at}` }, now + 1000);
    }
    expect(await store.isRevoked(session)).toBe(true);
    expect(await store.isRevoked({ ...session, sub: '7', sid: 'other 7' })).toBe(true);
    expect(await store.isRevoked({ ...session, sub: '7', sid: 'another', auth_time: now })).toBe(false);
  });

  test('ends all of an account that ends more than can be told apart, and nothing that is signed in for later', async () => {
    for (let at = 0; at < 51; at++) await store.revoke({ ...session, sid: `${at}` }, now + 1000);
    expect(await store.isRevoked({ ...session, sid: '0' })).toBe(true);
    expect(await store.isRevoked({ ...session, sid: 'living' })).toBe(true);
    expect(await store.isRevoked({ ...session, sid: 'later', auth_time: session.auth_time + 1 })).toBe(false);
    expect(await store.isRevoked({ ...session, sub: '2' })).toBe(false);
    expect(await store.isRevoked({ ...session, idp: 'okta' })).toBe(false);
    now += 1001;
    expect(await store.isRevoked({ ...session, sid: 'living' })).toBe(false);
  });

  test('lets nobody push out the standings of somebody else', async () => {
    await store.keep(session, grantState, now + 1000);
    for (let at = 0; at < 100; at++) {
      await store.keep({ ...session, sub: '2', sid: `${at}` }, grantState, now + 1000);
    }
    expect(await store.grantState('sid')).toEqual(grantState);
    expect(await store.grantState('99')).toEqual(grantState);
    expect(await store.grantState('0')).toBeUndefined();
  });

  test('takes a one-time value once, and none for which there is no room to remember it', async () => {
    expect(await store.useOnce('id', now + 1000)).toBe(true);
    expect(await store.useOnce('id', now + 1000)).toBe(false);
    expect(await store.useOnce('old', now)).toBe(false);
    for (let at = 1; at < 100_000; at++) await store.useOnce(`${at}`, now + 1000);
    expect(await store.useOnce('one more', now + 1000)).toBe(false);
    expect(await store.useOnce('id', now + 1000)).toBe(false);
    now += 1001;
    expect(await store.useOnce('one more', now + 1000)).toBe(true);
  });

  test('keeps nothing of a session that is over', async () => {
    await store.keep(session, grantState, now);
    await store.revoke(session, now);
    expect(await store.grantState('sid')).toBeUndefined();
    expect(await store.isRevoked(session)).toBe(false);
  });
});

test('a session by a clock that is ahead is ended for good when its account has more than can be told apart', async () => {
  let now = session.auth_time * 1000;
  const store = memoryStore(clockFrom({ now: () => now }));
  const ahead = { ...session, sid: 'ahead', auth_time: session.auth_time + 3 };
  for (let at = 0; at < 50; at++) await store.revoke({ ...session, sid: `${at}` }, now + 1000);
  await store.revoke(ahead, now + 1000);
  expect(await store.isRevoked(ahead)).toBe(true);
  now -= 500;
  await store.revoke({ ...session, sid: 'one more' }, now + 1000);
  now += 1_400;
  expect(await store.isRevoked(ahead)).toBe(true);
});

test('a clock that is set forward and back makes the memory store forget no revocation', async () => {
  let now = 1_800_000_000_000;
  const store = memoryStore({ now: () => now, elapsed: () => 0 });
  await store.revoke(session, now + 1000);
  now += 86_400_000;
  await store.revoke({ ...session, sub: '2' }, now + 1000);
  now -= 86_400_000;
  expect(await store.isRevoked(session)).toBe(true);
});
