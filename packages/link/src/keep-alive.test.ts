import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect, performServerHandshake } from 'node:http2';
import { duplexPair } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepAlive } from './keep-alive.ts';

test('a session whose other side answers goes on', async () => {
  const [here, there] = duplexPair();
  const far = performServerHandshake(there);
  const near = connect('http://connector', { createConnection: () => here });
  keepAlive(near, { leavesWithinMs: 1_000, everyMs: 5, withinMs: 1_000 });
  await once(far, 'ping');
  await once(far, 'ping');
  await once(far, 'ping');
  expect(near.destroyed).toBe(false);
  near.destroy();
  far.destroy();
});

test('one whose other side is silent ends, and its streams with it', async () => {
  const [here, there] = duplexPair();
  there.resume();
  const near = connect('http://connector', { createConnection: () => here });
  const stream = near.request({ ':method': 'CONNECT', ':authority': 'x' }, { endStream: false });
  const broken = once(stream, 'error');
  keepAlive(near, { leavesWithinMs: 1_000, everyMs: 5, withinMs: 20 });
  await expect(once(near, 'close')).rejects.toThrow('no answer to a ping for 0.02 s');
  await broken;
  expect(stream.destroyed).toBe(true);
});

test.each(['near', 'far'])('what is under way when the %s side stops goes on to its end', async (which) => {
  const [here, there] = duplexPair();
  const far = performServerHandshake(there);
  far.on('stream', (stream) => void stream.pipe(stream));
  const near = connect('http://connector', { createConnection: () => here });
  const stream = near.request({ ':method': 'CONNECT', ':authority': 'x' }, { endStream: false });
  for (const session of [near, far])
    keepAlive(session, { leavesWithinMs: 1_000, everyMs: 5, withinMs: 1_000 });
  stream.write('before');
  await once(stream, 'data');
  (which === 'near' ? near : far).close();
  // Longer than several pings.
  await sleep(50);
  const ended = [near, far].map((session) => once(session, 'close'));
  stream.end('after');
  expect(String(((await once(stream, 'data')) as [Buffer])[0])).toBe('after');
  await Promise.all(ended);
});

test.each(['near', 'far'])('one whose %s side stops and that does not end is ended', async (which) => {
  const [here, there] = duplexPair();
  const far = performServerHandshake(there);
  far.on('error', () => undefined).on('stream', (stream) => void stream.on('error', () => undefined));
  const near = connect('http://connector', { createConnection: () => here });
  const stream = near.request({ ':method': 'CONNECT', ':authority': 'x' }, { endStream: false });
  const broken = once(stream, 'error');
  await once(far, 'stream');
  keepAlive(near, { leavesWithinMs: 20, everyMs: 5, withinMs: 1_000 });
  (which === 'near' ? near : far).close();
  await expect(once(near, 'close')).rejects.toThrow('it was to end, and has not within 0.02 s');
  await broken;
  far.destroy();
});
