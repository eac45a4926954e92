import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect, performServerHandshake } from 'node:http2';
import { duplexPair } from 'node:stream';
import { createConnectorPool } from './pool.ts';

/** A connector over which something goes, and which has just said that it leaves. */
async function leavingConnector() {
  const [here, there] = duplexPair();
  const far = performServerHandshake(there);
  far.on('error', () => undefined);
  const session = connect('http://connector', { createConnection: () => here });
  session.on('error', () => undefined);
  const left: string[] = [];
  const pool = createConnectorPool({ changed: () => undefined, leaving: (name) => void left.push(name) });
  let isGood = true;
  pool.add('beside', { session, counts: () => isGood });
  const stream = session.request({ ':method': 'CONNECT', ':authority': 'x' }, { endStream: false });
  stream.on('error', () => undefined);
  await once(far, 'stream');
  far.close();
  await once(session, 'goaway');
  return { pool, session, left, revoke: () => (isGood = false) };
}

test('one that leaves is asked for nothing, and what goes over it goes on', async () => {
  const { pool, session, left } = await leavingConnector();
  expect([left, pool.names(), pool.least('beside', new Set())]).toEqual([['beside'], [], undefined]);
  pool.recheck();
  expect(session.destroyed).toBe(false);
  pool.close();
});

test('one that leaves ends all the same when its token counts no more', async () => {
  const { pool, session, revoke } = await leavingConnector();
  revoke();
  pool.recheck();
  expect(session.destroyed).toBe(true);
});

test('one that leaves is closed with the others', async () => {
  const { pool, session } = await leavingConnector();
  pool.close();
  expect(session.destroyed).toBe(true);
});

test('one whose other side takes no more streams is passed over', async () => {
  const [here, there] = duplexPair();
  const far = performServerHandshake(there, { settings: { maxConcurrentStreams: 1 } });
  const session = connect('http://connector', { createConnection: () => here });
  await once(session, 'remoteSettings');
  const pool = createConnectorPool({ changed: () => undefined, leaving: () => undefined });
  pool.add('beside', { session, counts: () => true });
  const line = pool.least('beside', new Set());
  if (line === undefined) throw new Error('there is none');
  const stream = session.request({ ':method': 'CONNECT', ':authority': 'x' }, { endStream: false });
  stream.on('error', () => undefined);
  pool.begin(line, stream);
  expect(pool.least('beside', new Set())).toBeUndefined();
  stream.destroy();
  await once(stream, 'close');
  expect(pool.least('beside', new Set())).toBe(line);
  pool.close();
  far.destroy();
});
