import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { WebSocket, WebSocketServer } from 'ws';
import { cookieHeader, signedIn } from '../fixtures/sign-in.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';
import { once } from 'node:events';

const pem = (name: string) => readFileSync(join(import.meta.dirname, '../fixtures/tls', name), 'utf8');
const before = getCACertificates('default');
const hosts: (string | undefined)[] = [];
const upstream = createServer({ key: pem('localhost.key'), cert: pem('localhost.crt') }, (req, res) => {
  hosts.push(req.headers.host);
  res.end('over TLS');
});
new WebSocketServer({ server: upstream }).on('connection', (socket) => socket.send('over TLS'));
let stack: Stack;

beforeAll(async () => {
  setDefaultCACertificates([...before, pem('localhost.crt')]);
  upstream.listen(0, 'localhost');
  await once(upstream, 'listening');
  const { port } = upstream.address() as AddressInfo;
  const route = (name: string, host: string) =>
    `- {service: ${name}, default: {from: ${name}.latchkey.localhost, to: 'https://${host}:${port}', options: {preserve_host: true, allowed_email_domains: [example.com]}}}\n`;
  stack = await startStack({
    upstreams:
      route('one', 'localhost') +
      route('two', 'localhost') +
      route('wrong', '127.0.0.1') +
      '- {service: hello, default: {from: hello.latchkey.localhost, to: {{app}}, options: {allowed_email_domains: [example.com]}}}\n',
  });
});
afterAll(async () => {
  await stack.close();
  upstream.closeAllConnections();
  upstream.close();
  setDefaultCACertificates(before);
});

test('an upstream is checked by the name in `to`, also where it receives the public one', async () => {
  const browser = await signedIn(stack);
  expect((await browser.fetch(stack.url('one'))).body).toBe('over TLS');
  expect((await browser.fetch(stack.url('two'))).body).toBe('over TLS');
  expect(hosts).toEqual(['one', 'two'].map((name) => `${name}.latchkey.localhost:${stack.ports.proxy}`));
  expect((await browser.fetch(stack.url('wrong'))).status).toBe(502);
  await browser.close();
});

test('a WebSocket likewise', async () => {
  const browser = await signedIn(stack);
  const socket = new WebSocket(`ws://127.0.0.1:${stack.ports.proxy}/`, {
    headers: {
      host: `one.latchkey.localhost:${stack.ports.proxy}`,
      cookie: await cookieHeader(browser, stack.url('one')),
    },
  });
  const [message] = (await once(socket, 'message')) as [Buffer];
  expect(message.toString()).toBe('over TLS');
  socket.terminate();
  await browser.close();
});
