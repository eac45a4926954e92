import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect as connectHttp2, constants } from 'node:http2';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { openHttp2Door } from './door.ts';
import type { Http2Door } from './door.ts';

let server: Server;
let door: Http2Door;

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function listen({ readMs, idleMs }: { readMs: number; idleMs: number }): Promise<number> {
  server = createServer((req, res) => {
    req.resume();
    res.end(req.socket.remoteAddress);
  });
  door = openHttp2Door(server, {
    headerBytes: 65_536,
    readMs,
    writeMs: 200,
    idleMs,
    isBalancer: () => false,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('a connection without requests is closed after a while, whatever it says', async () => {
  const session = connectHttp2(`http://127.0.0.1:${await listen({ readMs: 5_000, idleMs: 200 })}`);
  // It is destroyed a moment before it says that it is closed.
  const pings = setInterval(() => session.destroyed || session.ping(() => undefined), 20);
  await once(session, 'close');
  clearInterval(pings);
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

// What a client says first: the preface, settings without any, and then what follows.
function open(port: number, ...following: Buffer[]): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  socket.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), settings, ...following]));
  return socket.on('error', () => undefined).resume();
}
const goodbye = Buffer.from([0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
const halfOfAHead = Buffer.from([0, 0, 1, 1, 0, 0, 0, 0, 1, 0x82]);

test.each([
  ['says nothing more', Buffer.alloc(0)],
  ['says goodbye', goodbye],
  ['says half of a head', halfOfAHead],
])('a client that %s and never closes is not kept', async (_, bytes) => {
  const port = await listen({ readMs: 100, idleMs: 100 });
  const [socket] = await Promise.all([
    once(server, 'connection').then(([taken]) => taken as Socket),
    Promise.resolve(open(port, bytes)),
  ]);
  await once(socket, 'close');
});

test.each([
  ['says nothing', undefined],
  ['has said goodbye', goodbye],
  ['has said half of a head', halfOfAHead],
])('a client that %s and never closes holds up no stop', async (_, bytes) => {
  const port = await listen({ readMs: 60_000, idleMs: 60_000 });
  if (bytes === undefined) connect(port, '127.0.0.1').on('error', () => undefined);
  else await once(open(port, bytes), 'data');
  if (bytes === undefined) await once(server, 'connection');
  const closed = new Promise((resolve) => server.close(resolve));
  door.close();
  door.destroy();
  await closed;
});

test('a client that takes nothing of an answer is cut off, however short that is, and its connection is not', async () => {
  const port = await listen({ readMs: 5_000, idleMs: 5_000 });
  const session = connectHttp2(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: 0 } });
  await once(session, 'remoteSettings');
  const stream = session.request({ ':authority': 'a.test' });
  stream.on('error', () => undefined);
  await new Promise((resolve) => stream.once('close', resolve));
  expect([stream.rstCode, session.closed]).toEqual([constants.NGHTTP2_INTERNAL_ERROR, false]);
  session.destroy();
});
