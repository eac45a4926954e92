// One caller writes thousands of requests onto one connection without waiting for an answer, or opens a connection for
// each. Every one of them would open a connection to the application, until the process has no descriptor left for others.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { startLoneProxy } from '../fixtures/lone-proxy.ts';
import type { LoneProxy } from '../fixtures/lone-proxy.ts';
import { sendRaw } from '../fixtures/raw-request.ts';

// It never answers `/held` and no handshake, until `hangUp` resolves.
let hangUp = Promise.withResolvers<void>();
let most = 0;
let connections = 0;
const app = createServer((req, res) => {
  if (req.url === '/held') void hangUp.promise.then(() => res.destroy());
  else res.end('served');
});
app.on('upgrade', (_, socket) => void hangUp.promise.then(() => socket.destroy()));
app.on('connection', (socket: Socket) => {
  most = Math.max(most, ++connections);
  socket.once('close', () => connections--);
});

let proxy: LoneProxy;
const opened: Socket[] = [];

beforeAll(async () => {
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  const { port } = app.address() as AddressInfo;
  proxy = await startLoneProxy({
    upstreamPort: port,
    openFiles: 256,
    env: { UPSTREAM_MAX_CONNECTIONS: '40' },
  });
});

afterAll(async () => {
  for (const socket of opened) socket.destroy();
  await proxy.stop();
  app.closeAllConnections();
  app.close();
});

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: open.latchkey.localhost\r\n\r\n`;

const upgrade =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';

function open(): Socket {
  const socket = connect(proxy.port, '127.0.0.1');
  socket.on('error', () => undefined);
  opened.push(socket);
  return socket;
}

function askOnce(): ReturnType<typeof sendRaw> {
  return sendRaw(proxy.port, 'GET / HTTP/1.1\nHost: open.latchkey.localhost\nConnection: close\n\n');
}

test('four thousand requests on one connection leave others served', async () => {
  const socket = open().resume();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(get('/held').repeat(4_000));
  await expect(askOnce()).resolves.toMatchObject({ status: 200, body: 'served' });
  await closed;
  expect(most).toBeLessThan(5);
});

test('a few requests at once are all answered, in their order', async () => {
  const socket = open();
  let answers = '';
  socket.on('data', (chunk: Buffer) => (answers += chunk.toString('latin1')));
  socket.write(
    get('/ping') + get('/a').repeat(20) + get('/b').replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'),
  );
  await once(socket, 'close');
  expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(Array.from({ length: 22 }, () => 'HTTP/1.1 200'));
});

test.each([
  ['requests', get('/held')],
  ['WebSockets', get('/held').replace('\r\n\r\n', `\r\n${upgrade}\r\n\r\n`)],
])('%s that need more connections than an application may have wait, or get 503', async (_, bytes) => {
  hangUp = Promise.withResolvers<void>();
  const refused = Promise.withResolvers<string>();
  for (let asked = 0; asked < 81; asked++) {
    const socket = open().once('data', (chunk: Buffer) => refused.resolve(chunk.toString('latin1')));
    socket.write(bytes);
  }
  expect(await refused.promise).toMatch(/^HTTP\/1\.1 503 [^]*Retry-After: 10[^]*upstream_busy/);
  // And the one of the tests before, idle until it is closed.
  expect(most).toBeLessThanOrEqual(41);
  const health = await sendRaw(proxy.port, 'GET /ping HTTP/1.1\nHost: a\nConnection: close\n\n');
  expect(health.status).toBe(200);

  hangUp.resolve();
  let answer = await askOnce();
  while (answer.status === 503) answer = await askOnce();
  expect(answer.body).toBe('served');
});
