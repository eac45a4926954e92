// Somebody has the token of a connector, or another one, and comes to the proxy as what they are not, or sends what no connector does.
import { afterEach, expect, test } from '@jest/globals';
import { hashOfToken, makeServiceToken } from '@latchkey/access';
import { connectPath, nameHeader, subprotocol } from '@latchkey/contract';
import { streamOf } from '@latchkey/link';
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { performServerHandshake } from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
import { WebSocket } from 'ws';
import { connectorsHost } from '../fixtures/connector.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const token = makeServiceToken('connector');
const other = makeServiceToken('deploy-bot');
const hash = (of: string): string => `secret_hashes: [{hash: '${hashOfToken(of)}'}]`;

const the = useStack({
  proxyEnv: { CONNECTORS_HOST: connectorsHost },
  upstreams: `
service_accounts: [{name: connector, ${hash(token)}}, {name: deploy-bot, ${hash(other)}}]
connectors: [{name: beside, service_account: connector}]
services:
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
- service: intranet
  default: {from: intranet.latchkey.localhost, to: 'http://localhost:3000', options: {via: beside, timeout: 300ms, allowed_email_domains: [example.com]}}
`,
});

const open: WebSocket[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.terminate();
});

function come({ as = 'beside', shown = token, at = connectorsHost, speaking = subprotocol } = {}): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${the.stack.ports.proxy}${connectPath}`, [speaking], {
    headers: { host: at, authorization: `Bearer ${shown}`, [nameHeader]: as },
    perMessageDeflate: false,
  });
  socket.on('error', () => undefined);
  open.push(socket);
  return socket;
}

async function refusal(options: Parameters<typeof come>[0]): Promise<number> {
  const [, answer] = (await once(come(options), 'unexpected-response')) as [unknown, IncomingMessage];
  return answer.statusCode ?? 0;
}

const statusOfPage = async (): Promise<number> => {
  const browser = await the.signedIn();
  return (await browser.fetch(the.stack.url('intranet'))).status;
};

test.each<[string, Parameters<typeof come>[0], number]>([
  ['a token that nobody gave out', { shown: makeServiceToken('connector') }, 401],
  ['no token at all', { shown: 'x' }, 401],
  ['the token of another account', { shown: other }, 403],
  ['a name that there is not', { as: 'payroll' }, 403],
  ['a name that is none', { as: '../beside' }, 403],
  ['another protocol', { speaking: 'latchkey-connector.0' }, 400],
  ['the host of an application', { at: 'hello.latchkey.localhost' }, 401],
  ['a host that nobody knows', { at: 'elsewhere.latchkey.localhost' }, 421],
])('I come with %s, and am not let in', async (_, options, status) => {
  expect(await refusal(options)).toBe(status);
  expect(await statusOfPage()).toBe(503);
  expect(the.stack.logText()).not.toContain(token);
});

test('I send what is no HTTP/2: my connection ends, and the proxy goes on', async () => {
  const socket = come();
  await once(socket, 'open');
  socket.send(Buffer.alloc(64, 0xff));
  await once(socket, 'close');
  expect(await statusOfPage()).toBe(503);
});

test('I send a message without end', async () => {
  const socket = come();
  await once(socket, 'open');
  socket.send(Buffer.alloc(1024 * 1024));
  await once(socket, 'close');
});

// At once: what the proxy has sent already would be lost.
function serve(socket: WebSocket, answer: (stream: ServerHttp2Stream) => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.once('open', function opened() {
    const session = performServerHandshake(streamOf(socket));
    session.on('error', () => undefined);
    session.on('stream', (stream: ServerHttp2Stream) => {
      stream.on('error', () => undefined);
      answer(stream);
    });
    resolve();
  });
  return promise;
}

test('I take a request and never answer: it ends in its time', async () => {
  await serve(come(), (stream) => stream.respond({ ':status': 200 }));
  expect(await statusOfPage()).toBe(504);
});

test('I refuse with a reason that tries to write lines of its own', async () => {
  await serve(come(), (stream) =>
    stream.respond({ ':status': 500, 'latchkey-reason': 'x"},{"audit' }, { endStream: true }),
  );
  const line = the.stack.nextLine(({ error }) => error === 'connector_failed');
  expect(await statusOfPage()).toBe(502);
  expect((await line)['detail']).toContain('answered 500');
});

test('I speak before I am asked: nobody gets my answer', async () => {
  await serve(come(), (stream) => {
    stream.respond({ ':status': 200 });
    stream.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmine');
  });
  expect(await statusOfPage()).toBe(502);
});

test('I answer a request, and another one that nobody has made', async () => {
  await serve(come(), (stream) => {
    stream.respond({ ':status': 200 });
    stream.once('data', () =>
      stream.write(
        'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmineHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nyours',
      ),
    );
  });
  const browser = await the.signedIn();
  const bodies = [
    await browser.fetch(the.stack.url('intranet')),
    await browser.fetch(the.stack.url('intranet')),
  ];
  expect(bodies.map(({ body }) => body)).not.toContain('yours');
});

test('I send pings and settings without end: my connection ends, and the proxy goes on', async () => {
  const socket = come();
  await once(socket, 'open');
  // RFC 9113, sections 6.5 and 6.7: none of it is answered before the other side has said a word, so it would pile up.
  const settings = Buffer.from('000000040000000000', 'hex');
  const ping = Buffer.from(`000008060000000000${'00'.repeat(8)}`, 'hex');
  const flood = Buffer.concat(Array.from({ length: 5_000 }, (_, at) => (at % 2 === 0 ? settings : ping)));
  // What it answers is not read.
  socket.pause();
  const ended = once(socket, 'close');
  for (let sent = 0; sent < 100 && socket.readyState === WebSocket.OPEN; sent++) socket.send(flood);
  socket.resume();
  await ended;
  expect(await statusOfPage()).toBe(503);
});

test('I read nothing of an upload: it is held at the browser, and others are served by another connector', async () => {
  const taken = Promise.withResolvers<void>();
  await serve(come(), (stream) => {
    stream.respond({ ':status': 200 });
    stream.pause();
    taken.resolve();
  });
  const browser = await the.signedIn();
  const cookie = await cookieHeader(browser, the.stack.url('intranet'));
  const headers = { host: new URL(the.stack.url('intranet')).host, cookie, 'content-length': 50_000_000 };
  const upload = request({
    host: '127.0.0.1',
    port: the.stack.ports.proxy,
    method: 'POST',
    path: '/up',
    headers,
  });
  upload.on('error', () => undefined);
  upload.write(Buffer.alloc(50_000_000));
  await taken.promise;
  await serve(come(), (stream) => {
    stream.respond({ ':status': 200 });
    stream.on('data', () => stream.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine'));
  });
  for (const _ of [1, 2, 3]) expect(await statusOfPage()).toBe(200);
  expect(upload.writableNeedDrain).toBe(true);
  upload.destroy();
});
