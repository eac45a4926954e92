import { expect, test } from '@jest/globals';
import { aRoute } from '@latchkey/testing';
import { hello } from '@latchkey/testing/servers';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createDialer } from '../dial/dialer.ts';
import { createPools } from './pools.ts';
import type { Pools } from './pools.ts';
import { createWayOf } from './way.ts';
import type { Way } from './way.ts';

const dialer = createDialer({
  allowLocalTargets: true,
  proxyFor: () => undefined,
  dialThrough: () => undefined,
});
const clientIdentity = {
  lifetimeMs: 300_000,
  person: { subject: [{ type: 'CN', value: [{ of: 'email' }] }] },
  written: { subject: 'CN={email}' },
} as const;

function ask(pools: Pools, way: Way): Promise<void> {
  const outgoing = { method: 'GET', path: '/', headers: [], body: null, headersTimeout: 0, bodyTimeout: 0 };
  return new Promise((resolve, reject) =>
    pools.shared(way)('kept', outgoing, {
      onRequestStart: () => undefined,
      onResponseStart: () => undefined,
      onResponseData: () => undefined,
      onResponseEnd: () => resolve(),
      onResponseError: (_, error) => reject(error),
    }),
  );
}

test('connections that name somebody end when they are retired, and those of others stay', async () => {
  const sockets: Socket[] = [];
  const app = createServer(hello).on('connection', (socket) => sockets.push(socket));
  await once(app.listen(0, '127.0.0.1'), 'listening');
  const { port } = app.address() as AddressInfo;
  const target = { origin: `http://127.0.0.1:${port}`, basePath: '', query: '' };
  const wayOf = createWayOf(() => undefined);
  const options = { keepAliveMs: 60_000, resetDeadlineMs: 60_000 };
  const goal = { target, host: 'wiki', holder: undefined };
  const others = wayOf({ ...goal, route: aRoute(options) });
  const ofAnn = wayOf({ ...goal, route: aRoute({ ...options, clientIdentity }), host: 'ann' });
  const pools = createPools({ dialer, elapsed: () => 0 });

  await ask(pools, others);
  await ask(pools, ofAnn);
  const [shared, named] = sockets;
  if (shared === undefined || named === undefined) throw new Error('no connections');
  pools.retire((destination) => destination === ofAnn.destination);
  await once(named, 'close');
  await ask(pools, others);
  expect([sockets.length, shared.destroyed]).toEqual([2, false]);
  await pools.close();
  app.close();
});
