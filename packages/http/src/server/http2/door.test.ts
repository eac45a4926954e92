import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { openHttp2Door } from './door.ts';

let server: Server;

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function listen({ readMs, idleMs }: { readMs: number; idleMs: number }): Promise<number> {
  server = createServer((req, res) => {
    req.resume();
    res.end(req.socket.remoteAddress);
  });
  openHttp2Door(server, { headerBytes: 65_536, readMs, idleMs });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('a connection without requests is closed after a while, whatever it says', async () => {
  const session = connectHttp2(`http://127.0.0.1:${await listen({ readMs: 5_000, idleMs: 200 })}`);
  const pings = setInterval(() => session.ping(() => undefined), 20);
  session.once('close', () => clearInterval(pings));
  await once(session, 'close');
});

test('one that has requests is kept, and tells who is at its other end', async () => {
  const session = connectHttp2(`http://127.0.0.1:${await listen({ readMs: 5_000, idleMs: 100 })}`);
  const stream = session.request({ ':authority': 'a.test', ':method': 'POST' });
  await new Promise((resolve) => setTimeout(resolve, 200));
  stream.end();
  const [piece] = (await once(stream, 'data')) as [Buffer];
  expect(piece.toString()).toBe('127.0.0.1');
  await once(session, 'close');
});

test.each(['', 'P', 'PRI * HTTP/2.0\r\n'])(
  'first bytes that do not come are not waited for: %j',
  async (bytes) => {
    const socket = connect(await listen({ readMs: 100, idleMs: 5_000 }), '127.0.0.1');
    socket.write(bytes);
    await once(socket.resume(), 'close');
  },
);

test.each([1, 3, 10])('HTTP/1.1 that comes in pieces of %i bytes is read whole', async (size) => {
  const socket = connect(await listen({ readMs: 5_000, idleMs: 5_000 }), '127.0.0.1').setNoDelay();
  const request = 'PROPFIND / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n';
  for (let at = 0; at < request.length; at += size) {
    socket.write(request.slice(at, at + size));
    await new Promise((resolve) => setImmediate(resolve));
  }
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  await once(socket, 'close');
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
});
