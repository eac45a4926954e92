import { afterEach, describe, expect, test } from '@jest/globals';
import { startRedis } from '@latchkey/testing/redis';
import type { RunningRedis } from '@latchkey/testing/redis';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describeWithRedis } from '../../test/two-tasks.ts';
import { storeContract } from '../../test/store.contract.ts';
import type { CircuitChange } from './circuit.ts';
import { placeOf } from './place.ts';
import { openRedisLink } from './redis-link.ts';
import type { RedisLink, RedisTimes } from './redis-link.ts';
import { redisStore } from './redis.ts';
import { StoreAway } from './store.ts';
import type { Store } from './store.ts';

// What operators are asked to allow has to be enough.
function rights(): string {
  const text = readFileSync(new URL('../../../../docs/operating.md', import.meta.url), 'utf8');
  return /\*\*Rights\*\* \(ACL\): `(?<rights>[^`]+)`/.exec(text)?.groups?.['rights'] ?? '';
}

async function redisWithRights(times?: RedisTimes): Promise<{ redis: RunningRedis; link: RedisLink }> {
  const redis = await startRedis();
  await redis.command(`ACL SETUSER auth on ">a password: of @uth" ${rights()}`);
  const link = openRedisLink({ ...there, host: '127.0.0.1', port: redis.port }, () => undefined, times);
  await link.opened();
  return { redis, link };
}

const there = { username: 'auth', password: 'a password: of @uth', database: 3, tls: false, cluster: false };

const ends: Array<() => unknown> = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

// What a store does has nothing to do with how busy the machine is that tests it; how long it waits has tests of its own.
const patient = { commandMs: 10_000, openingMs: 10_000 };

function storeAt(
  port: number,
  more: { password?: string; cluster?: boolean; database?: number } = {},
  times?: RedisTimes,
) {
  const changes: CircuitChange[] = [];
  const settings = { host: '127.0.0.1', port, database: 0, tls: false, cluster: false, ...more };
  const link = openRedisLink(settings, (change) => void changes.push(change), times);
  ends.push(() => link.close());
  return { link, store: redisStore(link, { logMs: 60_000 }), changes };
}

const place = placeOf('grant', 'sid');
const ask = (store: Store) => store.get(place);
const takes = async (work: () => Promise<unknown>) => {
  const begun = performance.now();
  const outcome = await work().catch((error: unknown) => error);
  return { ms: performance.now() - begun, outcome };
};

async function comesBack(link: RedisLink, store: Store): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (!((await takes(() => ask(store))).outcome instanceof StoreAway) && !link.isAway()) return;
    await pause(50);
  }
  throw new Error('the store did not come back');
}

async function storeInFrontOf(): Promise<ReturnType<typeof storeAt> & { redis: RunningRedis }> {
  const redis = await startRedis();
  ends.push(() => redis.close());
  const opened = storeAt(redis.port);
  await opened.link.opened();
  return { redis, ...opened };
}

async function anything(answer: (socket: Socket, request: string) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
    socket.on('data', (data) => answer(socket, data.toString()));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return storeAt((server.address() as AddressInfo).port);
}

// What a client asks before its first command.
const ready = (then: (socket: Socket, request: string) => void) => (socket: Socket, request: string) => {
  if (/info/i.test(request)) socket.write('$9\r\nloading:0\r\n');
  else then(socket, request);
};

describeWithRedis('a Redis that', () => {
  test('stands still is waited for half a second, then not at all, fills nothing up, and comes back by itself', async () => {
    const { redis, link, store, changes } = await storeInFrontOf();
    await store.put(place, 'text', { ttlMs: 60_000 });
    redis.freeze();
    const first = await Promise.all(Array.from({ length: 50 }, () => takes(() => ask(store))));
    for (const { ms, outcome } of first) {
      expect(outcome).toBeInstanceOf(StoreAway);
      expect(ms).toBeLessThan(900);
    }
    const begun = process.cpuUsage();
    const later = await Promise.all(Array.from({ length: 20_000 }, () => takes(() => ask(store))));
    expect(later.every(({ outcome }) => outcome instanceof StoreAway)).toBe(true);
    // Not by the clock: other tests have the processors, too.
    expect(process.cpuUsage(begun).user).toBeLessThan(3_000_000);
    expect(changes).toEqual([{ open: true, why: expect.stringMatching(/no (?:answer|connection)/) }]);

    redis.thaw();
    await comesBack(link, store);
    expect((await ask(store))?.text).toBe('text');
    expect(changes.at(-1)).toEqual({ open: false });
  });

  test.each([
    ['does not have the database', 'CONFIG GET databases', 99, 'it answers ERR'],
    ['does not let us into it', 'ACL SETUSER default -select', 3, 'it answers NOPERM'],
  ])('%s is not used in its place with another one', async (_, command, database, why) => {
    const redis = await startRedis();
    ends.push(() => redis.close());
    await redis.command(command);
    const { link, store } = storeAt(redis.port, { database });
    await link.opened();
    const { outcome } = await takes(() => store.put(place, 'text', { ttlMs: 60_000 }));
    expect(outcome).toMatchObject({ code: 'store_unavailable', detail: `the store: ${why}` });
    expect(await redis.command('DBSIZE')).toBe(':0');
  });

  test('was killed is noticed at once, and comes back empty', async () => {
    const { redis, link, store, changes } = await storeInFrontOf();
    await store.put(place, 'text', { ttlMs: 60_000 });
    await redis.kill();
    for (let tries = 0; tries < 4; tries++) {
      const { ms, outcome } = await takes(() => ask(store));
      expect(outcome).toBeInstanceOf(StoreAway);
      expect(ms).toBeLessThan(600);
    }
    expect(changes[0]).toEqual({ open: true, why: expect.stringMatching(/^no connection/) });
    await redis.startAgain();
    await comesBack(link, store);
    expect(await ask(store)).toBeUndefined();
  });

  test('was away until a moment ago leases nothing: first others tell what came of their leases', async () => {
    const { link, store } = await storeInFrontOf();
    const settling = redisStore({ ...link, isSettling: () => true }, { logMs: 60_000 });
    expect(await settling.lease(place, 'one', 3_000)).toBeUndefined();
    expect(await store.lease(place, 'one', 3_000)).toBeGreaterThan(0);
  });

  test('gives a part of a fencing value is not believed', async () => {
    const { link, store } = await anything(ready((socket) => void socket.write(':176419294\r\n')));
    await link.opened();
    expect((await takes(() => store.lease(place, 'one', 3_000))).outcome).toBeInstanceOf(StoreAway);
  });

  test('is full, or a replica, or wants a password says no in an error of ours, without what was to be kept', async () => {
    const { redis, store } = await storeInFrontOf();
    const secret = 'what nobody should see';
    await redis.command('CONFIG SET maxmemory 1');
    const full = await takes(() => store.put(place, secret, { ttlMs: 60_000 }));
    expect(full.outcome).toMatchObject({ code: 'store_unavailable', detail: 'the store: it answers OOM' });
    await redis.command('CONFIG SET maxmemory 0');
    await redis.command('REPLICAOF 127.0.0.1 1');
    const readOnly = await takes(() => store.useOnce(place, 60_000));
    expect(readOnly.outcome).toMatchObject({
      detail: expect.stringMatching(/READONLY|MASTERDOWN|no connection/),
    });
    await redis.command('CONFIG SET requirepass nobody-knows-this');
    const wrong = storeAt(redis.port, { password: secret });
    await wrong.link.opened();
    const { outcome } = await takes(() => ask(wrong.store));
    expect(outcome).toMatchObject({ detail: 'the store: it answers WRONGPASS' });
    for (const error of [full, readOnly, { outcome }]) {
      const { detail, message } = error.outcome as StoreAway;
      expect(detail + message).not.toContain(secret);
    }
  });

  test('is not there when we start is waited for, no longer than two seconds, and found when it comes', async () => {
    const redis = await startRedis();
    ends.push(() => redis.close());
    await redis.kill();
    const { link, store } = storeAt(redis.port);
    expect((await takes(() => link.opened())).ms).toBeLessThan(2_500);
    expect((await takes(() => ask(store))).outcome).toBeInstanceOf(StoreAway);
    await redis.startAgain();
    await comesBack(link, store);
  });
});

describe('what is no Redis, and', () => {
  test.each([
    ['speaks HTTP', () => 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['answers with another type', () => ':7\r\n'],
    ['answers with a list that is too long', () => `*3\r\n$1\r\n1\r\n$1\r\na\r\n$1\r\nb\r\n`],
    ['answers with a version that is no number', () => '*2\r\n$1\r\nx\r\n$1\r\na\r\n'],
    ['answers twice', () => '*2\r\n$-1\r\n$-1\r\n:1\r\n'],
    ['answers half', () => '*2\r\n$1\r\n1\r\n$100\r\nab'],
    ['is loading', () => '-LOADING Redis is loading the dataset in memory\r\n'],
    ['has no cluster', () => '-CLUSTERDOWN The cluster is down\r\n'],
    ['sends bytes', () => '\u0000\u0001\u0002\u00ff\r\n'],
  ])('%s, ends no process, keeps nobody waiting, and brings nothing in', async (_, answer) => {
    const { link, store } = await anything(ready((socket) => socket.write(answer())));
    await link.opened();
    for (let tries = 0; tries < 5; tries++) {
      const { ms, outcome } = await takes(() => ask(store));
      expect(outcome === undefined || outcome instanceof StoreAway).toBe(true);
      expect(ms).toBeLessThan(900);
    }
  });
});

describeWithRedis('in Redis', () => {
  storeContract('Redis', test.concurrent, async () => {
    const { redis, link } = await redisWithRights(patient);
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

describeWithRedis('in a cluster of three', () => {
  storeContract('Redis', test.concurrent, async () => {
    const nodes = await Promise.all(
      [0, 1, 2].map(() => startRedis('--cluster-enabled', 'yes', '--cluster-node-timeout', '2000')),
    );
    const share = 16_384 / nodes.length;
    for (const [at, node] of nodes.entries()) {
      const [from, to] = [Math.floor(at * share), Math.floor((at + 1) * share) - 1];
      await node.command(`CLUSTER ADDSLOTSRANGE ${from} ${at === 2 ? 16_383 : to}`);
      await node.command(`CLUSTER SET-CONFIG-EPOCH ${at + 1}`);
      for (const { port } of nodes.slice(0, at)) await node.command(`CLUSTER MEET 127.0.0.1 ${port}`);
    }
    for (const node of nodes) {
      while (!(await node.command('CLUSTER INFO')).includes('cluster_state:ok')) await pause(50);
    }
    const { link, store } = storeAt(nodes[0]?.port ?? 0, { cluster: true }, patient);
    const [close] = ends.splice(0);
    await link.opened();
    return {
      store,
      pass: (ms) => pause(ms),
      async close() {
        close?.();
        await Promise.all(nodes.map((node) => node.close()));
      },
    };
  });
});
