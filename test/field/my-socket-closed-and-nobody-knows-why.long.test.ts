// An open WebSocket that its person may not have any more closed with 1006 and without a line in the log, as did all of
// them at a deployment; and one whose handshake was under way while the upstream file was read again opened by the old rules.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { loadUpstreams } from '@latchkey/upstreams';
import type { RouteTable } from '@latchkey/upstreams';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { WebSocket, WebSocketServer } from 'ws';
import type { Browser } from '@latchkey/testing/browser';
import { cookieHeader, signOut } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({ proxyEnv: { SESSION_TTL_VALID: '200ms' } });

let initial: RouteTable;
beforeEach(() => void (initial = the.stack.table.current()));
afterEach(() => the.stack.table.replace(initial));

/** Puts a file in force in which the wiki is for security alone. */
function shutOut(): void {
  const { table } = loadUpstreams({
    ...the.stack.proxySettings.upstream,
    file: 'next.yml',
    text: `- {service: wiki, default: {from: wiki.latchkey.localhost, to: '127.0.0.1:${the.stack.app.port}', options: {allowed_groups: [security@example.com]}}}`,
  });
  if (table === undefined) throw new Error('the next file has errors');
  the.stack.table.replace(table);
}

type Connection = { socket: WebSocket; messages: number[]; closed: Promise<number> };

async function connect(as?: Browser): Promise<Connection> {
  const browser = as ?? (await the.signedIn('engineer@example.com'));
  const cookie = await cookieHeader(browser, the.stack.url('wiki'));
  const socket = new WebSocket(`ws://127.0.0.1:${the.stack.ports.proxy}/echo?token=1`, {
    headers: { host: `wiki.latchkey.localhost:${the.stack.ports.proxy}`, cookie },
  });
  const messages: number[] = [];
  socket.on('message', (message: Buffer) => messages.push(message.length));
  return { socket, messages, closed: once(socket, 'close').then(([code]) => Number(code)) };
}

type Handshake = { upstream: Duplex; readonly accept: () => void };

/** An application that has been asked for a WebSocket, and answers when the test says so. */
function nextHandshake(): Promise<Handshake> {
  const { promise, resolve } = Promise.withResolvers<Handshake>();
  the.stack.app.answerUpgrade = (upstream, { headers }) => {
    const proof = createHash('sha1').update(`${headers['sec-websocket-key']}${guid}`).digest('base64');
    const lines = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket'];
    const head = [...lines, `Sec-WebSocket-Accept: ${proof}`, '', ''].join('\r\n');
    upstream.on('error', () => upstream.destroy());
    resolve({ upstream, accept: () => void upstream.write(head) });
  };
  return promise;
}
// RFC 6455, section 1.3.
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The code that the next WebSocket of the application closes with. */
function nextCode(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = new WebSocketServer({ noServer: true });
  the.stack.app.answerUpgrade = (upstream, request) =>
    server.handleUpgrade(request, upstream, Buffer.alloc(0), (socket) => socket.once('close', resolve));
  return promise;
}

/** A message as an application sends it. */
function message(length: number): Buffer {
  const head = Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(length, 6);
  return Buffer.concat([head, Buffer.alloc(length)]);
}

const cut = () => the.stack.nextLine(({ msg }) => msg === 'WebSocket cut');

test('a reload that takes access away closes with 1008, and a line says who, where and why', async () => {
  const { socket, closed } = await connect();
  await once(socket, 'open');
  const line = cut();
  shutOut();

  expect(await closed).toBe(1008);
  expect(await line).toMatchObject({
    id: expect.any(String),
    user: 'engineer@example.com',
    route: 'wiki',
    host: 'wiki.latchkey.localhost',
    path: '/echo',
    reason: 'no_rule_matches',
    seconds: expect.any(Number),
  });
  expect(the.stack.logText()).not.toContain('token=1');
});

test('a sign-out closes with 1008, and a line says so', async () => {
  const browser = await the.signedIn();
  const { socket, closed } = await connect(browser);
  await once(socket, 'open');
  const line = cut();
  await signOut(browser, the.stack);
  expect(await closed).toBe(1008);
  expect(await line).toMatchObject({ user: 'engineer@example.com', reason: 'session_ended' });
});

test('a handshake that a reload overtakes opens nothing', async () => {
  const handshake = nextHandshake();
  const { socket, messages, closed } = await connect();
  socket.once('open', () => socket.send('hello'));
  const { upstream, accept } = await handshake;
  const received = buffer(upstream);
  const line = cut();
  shutOut();
  accept();
  upstream.write(message(10));

  expect(await closed).toBe(1008);
  expect(await line).toMatchObject({ route: 'wiki', reason: 'no_rule_matches' });
  expect(messages).toEqual([]);
  // A close frame, and nothing of the browser's.
  expect([...(await received)]).toEqual([0x88, 0x82, ...Array.from({ length: 6 }, () => expect.any(Number))]);
});

test('a handshake that a reload overtakes opens where its person is still let in', async () => {
  const handshake = nextHandshake();
  const { messages, closed } = await connect(await the.signedIn('admin@example.com'));
  const { upstream, accept } = await handshake;
  shutOut();
  accept();
  upstream.end(Buffer.concat([message(10), Buffer.from([0x88, 2, 0x0f, 0xa0])]));

  expect(await closed).toBe(4_000);
  expect(messages).toEqual([10]);
});

test('an application that is in the middle of a message finishes it, and says nothing more', async () => {
  const handshake = nextHandshake();
  const { socket, messages, closed } = await connect();
  const { upstream, accept } = await handshake;
  const whole = message(1_000_000);
  accept();
  upstream.write(whole.subarray(0, 600_000));
  await once(socket, 'open');
  const line = cut();
  shutOut();
  await line;
  upstream.write(Buffer.concat([whole.subarray(600_000), message(10)]));

  expect(await closed).toBe(1008);
  expect(messages).toEqual([1_000_000]);
});

test('the application gets the same code', async () => {
  const atApplication = nextCode();
  const { socket, closed } = await connect();
  await once(socket, 'open');
  shutOut();
  expect([await closed, await atApplication]).toEqual([1008, 1008]);
});

test('a deployment closes with 1001', async () => {
  const atApplication = nextCode();
  const { socket, closed } = await connect();
  await once(socket, 'open');
  const stopped = the.stack.proxy.stop();
  expect([await closed, await atApplication]).toEqual([1001, 1001]);
  await stopped;
});
