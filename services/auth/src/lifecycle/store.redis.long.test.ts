import { afterAll, beforeAll } from '@jest/globals';
import { clockFrom } from '@latchkey/http';
import { deriveKeys } from '@latchkey/session';
import { startRedis } from '@latchkey/testing/redis';
import type { RunningRedis } from '@latchkey/testing/redis';
import { setTimeout as pause } from 'node:timers/promises';
import { sessionStoreContract } from '../../test/session-store.contract.ts';
import { describeWithRedis } from '../../test/two-tasks.ts';
import { openRedisLink } from '../store/redis-link.ts';
import type { RedisLink } from '../store/redis-link.ts';
import { redisStore } from '../store/redis.ts';
import { sealedVault } from '../store/vault.ts';
import { sessionStore } from './store.ts';

const log = { info: () => undefined, warn: () => undefined };

describeWithRedis('with a real one', () => {
  let redis: RunningRedis;
  const links: RedisLink[] = [];
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    for (const link of links) link.close();
    await redis.close();
  });

  sessionStoreContract('Redis', async () => {
    await redis.command('FLUSHALL');
    const settings = { host: '127.0.0.1', port: redis.port, database: 0, tls: false, cluster: false };
    const link = openRedisLink(settings, () => undefined);
    links.push(link);
    await link.opened();
    const vault = sealedVault(deriveKeys(['a secret of some length for a test'], 'store'));
    let now = 1_800_000_000_000;
    const clock = clockFrom({ now: () => now });
    return {
      store: sessionStore({ store: redisStore(link, { logMs: 60_000 }), vault }, { ...clock, log }),
      now: clock.now,
      async pass(ms) {
        now += ms;
        await pause(ms);
      },
    };
  });
});
