import { describe, expect, test } from '@jest/globals';
import { clockFrom } from '@latchkey/http';
import { hasRedis, startRedis } from '@latchkey/testing/redis';
import { setTimeout as pause } from 'node:timers/promises';
import { storeContract } from '../../test/store.contract.ts';
import { memoryStore } from './memory.ts';
import { placeOf } from './place.ts';
import { openRedisLink } from './redis-link.ts';
import { redisStore } from './redis.ts';

storeContract('memory', async () => {
  let now = 1_800_000_000_000;
  return {
    store: memoryStore(clockFrom({ now: () => now })),
    pass: async (ms) => void (now += ms),
    close: async () => undefined,
  };
});

const there = { username: 'auth', password: 'a password: of @uth', database: 3, tls: false, cluster: false };
const clock = { elapsed: () => performance.now(), onChange: () => undefined };

(hasRedis ? describe : describe.skip)('in Redis', () => {
  storeContract('Redis', async () => {
    const redis = await startRedis();
    await redis.command(
      'ACL SETUSER auth on ">a password: of @uth" ~latchkey:1:* +@all -@dangerous +info -keys -scan',
    );
    const link = openRedisLink({ ...there, host: '127.0.0.1', port: redis.port }, clock);
    await link.opened();
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
