import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket, WebSocketServer } from 'ws';
import { startHttp2App } from '../fixtures/http2-app.ts';
import type { Http2App } from '../fixtures/http2-app.ts';
import { cookieHeader, signedIn } from '../fixtures/sign-in.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';

const tlsFile = (name: string) => join(import.meta.dirname, '../fixtures/tls', name);
const pem = (name: string) => readFileSync(tlsFile(name), 'utf8');
const own = { key: pem('app.key'), cert: pem('app.crt') };
const directory = mkdtempSync(join(tmpdir(), 'latchkey-'));

// Speaks HTTP/1.1 over TLS alone, and WebSockets.
const older = createServer(own, (_req, res) => res.end('HTTP/1.1'));
new WebSocketServer({ server: older }).on('connection', (socket) => socket.send('open'));
let app: Http2App;
let atSocket: Http2App;
let stack: Stack;

function route(name: string, to: string, options: string): string {
  return `- {service: ${name}, default: {from: ${name}.latchkey.localhost, to: '${to}', options: {allowed_email_domains: [example.com], ${options}}}}\n`;
}

beforeAll(async () => {
  app = await startHttp2App({
    ...own,
    ca: pem('authority.crt'),
    requestCert: true,
    rejectUnauthorized: true,
  });
  atSocket = await startHttp2App(undefined, join(directory, 'app.sock'));
  older.listen(0, 'localhost');
  await once(older, 'listening');
  const client = `, client_cert_file: ${tlsFile('client.crt')}, client_key_file: ${tlsFile('client.key')}`;
  const authority = `server_name: app.internal, ca_file: ${tlsFile('authority.crt')}`;
  const { port } = older.address() as AddressInfo;
  stack = await startStack({
    upstreams:
      route('known', `https://localhost:${app.port}`, `protocol: h2, ${authority}${client}`) +
      route('stranger', `https://localhost:${app.port}`, `protocol: h2, ${authority}`) +
      route('unknown', `https://localhost:${app.port}`, `protocol: h2, server_name: app.internal${client}`) +
      route('older', `https://localhost:${port}`, `protocol: h2, ${authority}`) +
      route('socket', `unix:${join(directory, 'app.sock')}`, 'protocol: h2c') +
      `- {service: local, default: {type: rewrite, from: '^(local)host[.]latchkey[.]localhost$', to: 'http://$1host:${app.port}', options: {allowed_email_domains: [example.com], protocol: h2c}}}\n` +
      route('hello', `http://{{app}}`, 'timeout: 5s'),
  });
});
afterAll(async () => {
  await stack.close();
  await Promise.all([app.close(), atSocket.close()]);
  older.closeAllConnections();
  older.close();
  rmSync(directory, { recursive: true });
});

async function fetchFrom(host: string): Promise<[number, string | undefined]> {
  const browser = await signedIn(stack);
  const { status, body } = await browser.fetch(stack.url(host));
  await browser.close();
  return [status, status === 200 ? undefined : (JSON.parse(body) as { error: string }).error];
}

test('the route says how HTTP/2 is secured: authorities, name, and a certificate of ours', async () => {
  expect(await fetchFrom('known')).toEqual([200, undefined]);
  expect(await fetchFrom('unknown')).toEqual([502, 'upstream_certificate']);
  expect(await fetchFrom('stranger')).toEqual([502, 'upstream_certificate']);
});

test('a Unix socket takes HTTP/2, too', async () => {
  expect(await fetchFrom('socket')).toEqual([200, undefined]);
  expect(atSocket.heads[0]?.slice(0, 6)).toEqual([
    ':method',
    'GET',
    ':scheme',
    'http',
    ':authority',
    'localhost',
  ]);
});

test('an application that takes no HTTP/2 gets no request', async () => {
  expect(await fetchFrom('older')).toEqual([502, 'upstream_malformed']);
});

test('a host name leads to no address of this machine over HTTP/2 either', async () => {
  expect(await fetchFrom('localhost')).toEqual([502, 'upstream_unreachable']);
});

test('a WebSocket is opened over HTTP/1.1', async () => {
  const browser = await signedIn(stack);
  const socket = new WebSocket(`ws://127.0.0.1:${stack.ports.proxy}/`, {
    headers: {
      host: `older.latchkey.localhost:${stack.ports.proxy}`,
      cookie: await cookieHeader(browser, stack.url('older')),
    },
  });
  const [message] = (await once(socket, 'message')) as [Buffer];
  expect(message.toString()).toBe('open');
  socket.terminate();
  await browser.close();
});
