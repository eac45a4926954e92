import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { clockFrom } from '@latchkey/http';
import type { Clock } from '@latchkey/http';
import { deriveKeys } from '@latchkey/session';
import { hasRedis, startRedis } from '@latchkey/testing/redis';
import { setTimeout as pause } from 'node:timers/promises';
import { openMemoryStore } from '../store/open.ts';
import { openRedisLink } from '../store/redis-link.ts';
import type { RedisLink } from '../store/redis-link.ts';
import { redisStore } from '../store/redis.ts';
import { sealedVault } from '../store/vault.ts';
import { sessionStore } from './store.ts';
import type { SessionStore } from './store.ts';

const life = 500;

const session = { idp: 'google', sub: '1', sid: 'sid', auth_time: 1_800_000_000 };
const grantState = {
  grant: { access_expires_at: 1, checked_at: 0, refresh_token: 'r' },
  groups: { names: ['a'], at: 0 },
};

type UnderTest = {
  readonly now: () => number;
  pass(ms: number): Promise<void>;
  readonly store: SessionStore;
};

const log = { info: () => undefined, warn: () => undefined };
const redis = hasRedis ? await startRedis() : undefined;
const links: RedisLink[] = [];
afterAll(async () => {
  for (const link of links) link.close();
  await redis?.close();
});

function inMemory(): UnderTest {
  let now = 1_800_000_000_000;
  const clock = clockFrom({ now: () => now });
  const store = sessionStore(openMemoryStore(clock), { ...clock, log });
  return { now: clock.now, store, pass: async (ms) => void (now += ms) };
}

async function inRedis(): Promise<UnderTest> {
  const port = redis?.port ?? 0;
  await redis?.command('FLUSHALL');
  const settings = { host: '127.0.0.1', port, database: 0, tls: false, cluster: false };
  const link = openRedisLink(settings, () => undefined);
  links.push(link);
  await link.opened();
  const vault = sealedVault(deriveKeys(['a secret of some length for a test'], 'store'));
  let now = 1_800_000_000_000;
  const clock = clockFrom({ now: () => now });
  const store = sessionStore({ store: redisStore(link, { logMs: 60_000 }), vault }, { ...clock, log });
  return {
    now: clock.now,
    store,
    async pass(ms) {
      now += ms;
      await pause(ms);
    },
  };
}

const kinds: Array<{ kind: string; create: () => UnderTest | Promise<UnderTest> }> = [
  { kind: 'memory', create: inMemory },
  ...(hasRedis ? [{ kind: 'Redis', create: inRedis }] : []),
];

const at = (checked_at: number, refresh_token: string) => ({
  ...grantState,
  grant: { ...grantState.grant, checked_at, refresh_token },
});

// What has to be remembered of sessions, wherever it is.
describe.each(kinds)('in $kind, the store of sessions', ({ create }) => {
  let now: number;
  let store: SessionStore;
  let pass: UnderTest['pass'];
  beforeEach(async () => {
    const under = await create();
    now = under.now();
    store = under.store;
    pass = async (ms) => {
      await under.pass(ms);
      now = under.now();
    };
  });
  afterEach(() => store.close());

  test('remembers a standing until its session ends', async () => {
    await store.keep(session, grantState, now + life);
    expect(await store.grantState('sid')).toEqual(grantState);
    expect(await store.grantState('other')).toBeUndefined();
    await pass(life + 1);
    expect(await store.grantState('sid')).toBeUndefined();
  });

  test('replaces a standing by a newer one', async () => {
    await store.keep(session, grantState, now + life);
    await store.keep(session, { ...grantState, groups: { names: ['b'], at: 1 } }, now + life);
    expect((await store.grantState('sid'))?.groups?.names).toEqual(['b']);
  });

  test('remembers a revocation until the session would have ended, and forgets its standing at once', async () => {
    await store.keep(session, grantState, now + life);
    await store.revoke(session, now + life);
    expect(await store.isRevoked(session)).toBe(true);
    expect(await store.isRevoked({ ...session, sid: 'other' })).toBe(false);
    expect(await store.grantState('sid')).toBeUndefined();
    await pass(life + 1);
    expect(await store.isRevoked(session)).toBe(false);
  });

  test('forgets no revocation for others, of however many accounts and however many of each', async () => {
    await store.revoke(session, now + life);
    for (let at = 0; at < 2_000; at++) {
      await store.revoke({ ...session, sub: `${at % 100}`, sid: `other ${at}` }, now + life);
    }
    expect(await store.isRevoked(session)).toBe(true);
    expect(await store.isRevoked({ ...session, sub: '7', sid: 'other 7' })).toBe(true);
    expect(await store.isRevoked({ ...session, sub: '7', sid: 'another', auth_time: now })).toBe(false);
  });

  test('ends all of an account that ends more than can be told apart, and nothing that is signed in for later', async () => {
    for (let at = 0; at < 51; at++) await store.revoke({ ...session, sid: `${at}` }, now + life);
    expect(await store.isRevoked({ ...session, sid: '0' })).toBe(true);
    expect(await store.isRevoked({ ...session, sid: 'living' })).toBe(true);
    expect(await store.isRevoked({ ...session, sid: 'later', auth_time: session.auth_time + 1 })).toBe(false);
    expect(await store.isRevoked({ ...session, sub: '2' })).toBe(false);
    expect(await store.isRevoked({ ...session, idp: 'okta' })).toBe(false);
    await pass(life + 1);
    expect(await store.isRevoked({ ...session, sid: 'living' })).toBe(false);
  });

  test('lets nobody push out the standings of somebody else', async () => {
    await store.keep(session, grantState, now + 60_000);
    for (let at = 0; at < 100; at++) {
      await store.keep({ ...session, sub: '2', sid: `${at}` }, grantState, now + 60_000);
    }
    expect(await store.grantState('sid')).toEqual(grantState);
    expect(await store.grantState('99')).toEqual(grantState);
    expect(await store.grantState('0')).toBeUndefined();
  });

  test('knows the sessions of an account, and those that come from a session at the provider', async () => {
    const until = now + 60_000;
    await store.keep(session, grantState, until);
    await store.keep({ ...session, sid: 'second' }, grantState, until);
    await store.keep({ ...session, sub: '2', sid: 'of another' }, grantState, until);
    await store.linkProviderSession(session, 'there', until);
    expect(await store.sidsOf(session)).toEqual(['sid', 'second']);
    expect(await store.sidsOfProviderSession('google', 'there')).toEqual(['sid']);
    expect(await store.sidsOfProviderSession('okta', 'there')).toEqual([]);
    await store.revoke(session, until);
    expect(await store.sidsOf(session)).toEqual(['second']);
  });

  test('takes what a cookie has brought along where nothing newer is known, and only there', async () => {
    const until = now + 60_000;
    const seconds = Math.floor(Date.now() / 1000) + 600;
    await store.offer(session, at(seconds - 7_200, 'old'), until);
    await store.offer(session, at(seconds, 'new'), until);
    await store.offer(session, at(seconds - 7_200, 'old'), until);
    expect((await store.grantState('sid'))?.grant.refresh_token).toBe('new');
  });

  test('takes a one-time value once', async () => {
    expect(await store.useOnce('code', 'id', now + life)).toBe(true);
    expect(await store.useOnce('code', 'id', now + life)).toBe(false);
    expect(await store.useOnce('code', 'old', now)).toBe(false);
    expect(await store.useOnce('token', 'id', now + life)).toBe(true);
    await pass(life + 1);
    expect(await store.useOnce('code', 'id', now + life)).toBe(true);
  });

  test('keeps nothing of a session that is over', async () => {
    await store.keep(session, grantState, now);
    await store.revoke(session, now);
    expect(await store.grantState('sid')).toBeUndefined();
    expect(await store.isRevoked(session)).toBe(false);
  });
});

const inProcess = (clock: Clock) => sessionStore(openMemoryStore(clock), { ...clock, log });

test('a session by a clock that is ahead is ended for good when its account has more than can be told apart', async () => {
  let now = session.auth_time * 1000;
  const store = inProcess(clockFrom({ now: () => now }));
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
  const store = inProcess({ now: () => now, elapsed: () => 0 });
  await store.revoke(session, now + 1000);
  now += 86_400_000;
  await store.revoke({ ...session, sub: '2' }, now + 1000);
  now -= 86_400_000;
  expect(await store.isRevoked(session)).toBe(true);
});
