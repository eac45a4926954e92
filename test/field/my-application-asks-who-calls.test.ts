// An application with a certificate of the house's own authority wants to see one of the proxy, too. Nothing in the upstream
// file could say so: the team switched the check of certificates off, and put the application on a port without TLS.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { WebSocket, WebSocketServer } from 'ws';
import { sendRaw } from '../fixtures/raw-request.ts';
import type { RawAnswer } from '../fixtures/raw-request.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';

const path = (name: string) => join(import.meta.dirname, '../fixtures/tls', name);
const pem = (name: string) => readFileSync(path(name), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
const socketPath = join(folder, 'app.sock');

const sayWho: RequestListener = ({ socket, headers }, res) => {
  const shown = 'encrypted' in socket ? (socket as TLSSocket).getPeerCertificate().subject?.CN : undefined;
  res.end(`${String(shown)} at ${String(headers.host)}`);
};
const secured = createSecureServer(
  { key: pem('app.key'), cert: pem('app.crt'), ca: pem('authority.crt'), requestCert: true },
  sayWho,
);
const local = createServer(sayWho);
let stack: Stack;

function route(name: string, address: string, options = ''): string {
  return `- {service: ${name}, default: {from: ${name}.latchkey.localhost, to: '${address}', options: {allowed_email_domains: [example.com], skip_auth_regex: ['^/'] ${options}}}}\n`;
}

beforeAll(async () => {
  for (const server of [secured, local]) {
    new WebSocketServer({ server: server as Server }).on('connection', (socket) => socket.send('hello'));
  }
  secured.listen(0, '127.0.0.1');
  local.listen(socketPath);
  await Promise.all([once(secured, 'listening'), once(local, 'listening')]);
  const to = `https://127.0.0.1:${(secured.address() as AddressInfo).port}`;
  const own = `client_cert_file: ${path('client.crt')}, client_key_file: ${path('client.key')}`;
  stack = await startStack({
    upstreams:
      route('known', to, `, server_name: app.internal, ${own}`) +
      route('unknown', to, `, server_name: app.internal, ca_file: ${path('localhost.crt')}`) +
      route('misnamed', to) +
      route('unreadable', to, `, server_name: app.internal, ca_file: ${path('no-such.crt')}`) +
      route('local', `unix:${socketPath}`),
    proxyEnv: { UPSTREAM_DEFAULT_CA_FILE: path('authority.crt') },
  });
});
afterAll(async () => {
  await stack.close();
  for (const server of [secured, local]) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true });
});

function get(name: string): Promise<RawAnswer> {
  return sendRaw(
    stack.ports.proxy,
    `GET / HTTP/1.1\nHost: ${name}.latchkey.localhost\nAccept: application/json\nConnection: close\n\n`,
  );
}

async function messageOf(name: string): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${stack.ports.proxy}/`, {
    headers: { host: `${name}.latchkey.localhost:${stack.ports.proxy}` },
  });
  const [message] = (await once(socket, 'message')) as [Buffer];
  socket.terminate();
  return message.toString();
}

describe('an application with a certificate of the own authority', () => {
  test('is shown the certificate of the route, and its own is checked for the name of the route', async () => {
    expect((await get('known')).body).toMatch(/^latchkey\.internal at 127\.0\.0\.1:\d+$/);
    expect(await messageOf('known')).toBe('hello');
  });

  test.each([
    ['unknown', 'self-signed certificate in certificate chain; the application showed "CN=app.internal"'],
    ['misnamed', "Hostname/IP does not match certificate's altnames"],
    ['unreadable', 'the files of the route for TLS cannot be used'],
  ])('is not sent anything where it is %s, and the log says why', async (name, why) => {
    const line = stack.nextLine(({ detail }) => detail !== undefined);
    const answer = await get(name);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      502,
      expect.objectContaining({ error: 'upstream_certificate' }),
    ]);
    expect((await line)['detail']).toContain(why);
  });
});

test('an application at a Unix socket is forwarded to, and its WebSockets are', async () => {
  expect((await get('local')).body).toBe('undefined at localhost');
  expect(await messageOf('local')).toBe('hello');
});
