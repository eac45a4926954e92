import { expect, test } from '@jest/globals';
import { clockFrom } from '@latchkey/http';
import { startRedis } from '@latchkey/testing/redis';
import type { RunningRedis } from '@latchkey/testing/redis';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { describeWithRedis } from '../../test/two-tasks.ts';
import { storeContract } from '../../test/store.contract.ts';
import { memoryStore } from './memory.ts';
import { placeOf } from './place.ts';
import { openRedisLink } from './redis-link.ts';
import type { RedisLink } from './redis-link.ts';
import { redisStore } from './redis.ts';

storeContract('memory', async () => {
  let now = 1_800_000_000_000;
  return {
    store: memoryStore(clockFrom({ now: () => now })),
    pass: async (ms) => void (now += ms),
    close: async () => undefined,
  };
});

// What operators are told to allow has to be enough.
function rights(): string {
  const text = readFileSync(new URL('../../../../docs/operating.md', import.meta.url), 'utf8');
  return /\*\*Rights\*\* \(ACL\): `(?<rights>[^`]+)`/.exec(text)?.groups?.['rights'] ?? '';
}

async function redisWithRights(): Promise<{ redis: RunningRedis; link: RedisLink }> {
  const redis = await startRedis();
  await redis.command(`ACL SETUSER auth on ">a password: of @uth" ${rights()}`);
  const link = openRedisLink({ ...there, host: '127.0.0.1', port: redis.port }, () => undefined);
  await link.opened();
  return { redis, link };
}

const there = { username: 'auth', password: 'a password: of @uth', database: 3, tls: false, cluster: false };

describeWithRedis('in Redis', () => {
  storeContract('Redis', async () => {
    const { redis, link } = await redisWithRights();
    return {
      store: redisStore(link, { logMs: 10_000 }),
      pass: (ms) => pause(ms),
      async close() {
        link.close();
        await redis.close();
      },
    };
  });
});

describeWithRedis('the log in Redis', () => {
  test('gives its lines in order, a page at a time, from one that was read', async () => {
    const { redis, link } = await redisWithRights();
    const { log } = redisStore(link, { logMs: 10_000 });
    const ids = [];
    for (const text of ['one', 'two', 'three']) ids.push(await log?.append(text));
    expect((await log?.read())?.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    expect(await log?.read(ids[1])).toEqual([
      { id: ids[1], text: 'two' },
      { id: ids[2], text: 'three' },
    ]);
    await log?.remove([ids[1] ?? '']);
    expect((await log?.read(ids[1]))?.map(({ text }) => text)).toEqual(['three']);
    link.close();
    await redis.close();
  });
});

test('the memory store refuses a one-time value for which there is no room, and forgets none', async () => {
  let now = 1_800_000_000_000;
  const store = memoryStore(clockFrom({ now: () => now }));
  for (let at = 0; at < 100_000; at++) await store.useOnce(placeOf('code', `${at}`), 1_000);
  expect(await store.useOnce(placeOf('code', 'one more'), 1_000)).toBe(false);
  expect(await store.useOnce(placeOf('code', '0'), 1_000)).toBe(false);
  now += 1_001;
  expect(await store.useOnce(placeOf('code', 'one more'), 1_000)).toBe(true);
});

test('a place is named by all of its names, and by nothing that can be read in it', () => {
  expect(placeOf('membership', 'ab', 'c')).not.toEqual(placeOf('membership', 'a', 'bc'));
  expect(JSON.stringify(placeOf('membership', 'google', 'staff@example.com'))).not.toContain('example');
});
