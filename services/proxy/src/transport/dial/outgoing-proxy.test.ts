import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { connectThrough, OutgoingProxyError } from './outgoing-proxy.ts';

const pem = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../../../../test/fixtures/tls', name), 'utf8');
const known = getCACertificates('default');
const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  setDefaultCACertificates(known);
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function proxyThat(answers: (head: string, socket: Socket) => void, isSecure = false): Promise<URL> {
  const take = (socket: Socket) => {
    sockets.push(socket);
    socket.once('data', (head: Buffer) => answers(head.toString(), socket));
  };
  const server = isSecure
    ? createTlsServer({ key: pem('localhost.key'), cert: pem('localhost.crt') }, take)
    : createServer(take);
  servers.push(server);
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return new URL(`${isSecure ? 'https' : 'http'}://localhost:${port}`);
}

function connected(proxy: URL, host = 'app.test', withinMs = 2_000): Promise<Error | Socket> {
  return new Promise((resolve) => {
    connectThrough(proxy, { host, port: 443 }, withinMs, (...[error, socket]) => {
      if (socket !== null) sockets.push(socket);
      resolve(error ?? socket);
    });
  });
}

test('asks for the host and nothing else, an address in brackets', async () => {
  const heads: string[] = [];
  const proxy = await proxyThat((head, socket) => {
    heads.push(head);
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
  });
  await connected(proxy);
  await connected(proxy, '2001:db8::5');
  expect(heads).toEqual([
    'CONNECT app.test:443 HTTP/1.1\r\nHost: app.test:443\r\n\r\n',
    'CONNECT [2001:db8::5]:443 HTTP/1.1\r\nHost: [2001:db8::5]:443\r\n\r\n',
  ]);
});

test('gives what came right behind the answer', async () => {
  const proxy = await proxyThat((_, socket) => socket.write('HTTP/1.1 204 So Be It\r\n\r\nat once'));
  const socket = await connected(proxy);
  const [first] = (await once(socket as Socket, 'data')) as [Buffer];
  expect(first.toString()).toBe('at once');
});

test('verifies a proxy that is asked over TLS by its own name', async () => {
  const proxy = await proxyThat((_, socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n'), true);
  expect(await connected(proxy)).toBeInstanceOf(OutgoingProxyError);
  setDefaultCACertificates([...known, pem('localhost.crt')]);
  expect(await connected(proxy)).not.toBeInstanceOf(Error);
});

test.each<[string, (socket: Socket) => void, string]>([
  ['says nothing', () => undefined, 'did not lead to app.test:443 within 0.1 s'],
  [
    'begins and stops',
    (socket) => void socket.write('HTTP/1.1 200'),
    'did not lead to app.test:443 within 0.1 s',
  ],
  ['closes', (socket) => void socket.end(), 'cannot be asked: socket hang up'],
  ['speaks no HTTP', (socket) => void socket.write('SSH-2.0\r\n'), 'cannot be asked: Parse Error'],
  [
    'has another address',
    (socket) => void socket.write('HTTP/1.1 302 Go\r\nLocation: /\r\n\r\n'),
    'answered 302',
  ],
  [
    'wants to upgrade',
    (socket) => void socket.write('HTTP/1.1 101 Up\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    '',
  ],
])('fails, and once, where the proxy %s', async (_, answers, why) => {
  const proxy = await proxyThat((...[, socket]) => answers(socket));
  proxy.username = 'name';
  proxy.password = 'hunter2';
  const error = await connected(proxy, 'app.test', 100);
  expect(error).toBeInstanceOf(OutgoingProxyError);
  const { message } = error as Error;
  expect(message).toContain(`the outgoing proxy ${proxy.origin} ${why}`);
  expect(message).not.toContain('hunter2');
});
