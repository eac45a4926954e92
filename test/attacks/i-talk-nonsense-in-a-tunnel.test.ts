// Attack: from a page of another site, with a token that counts, or as the application, I send through a TCP connection what it is not made of.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hashOfToken, makeServiceToken } from '@latchkey/access';
import { freePort } from '@latchkey/testing/ports';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { sendRaw } from '../fixtures/raw-request.ts';
import { useStack } from '../fixtures/use-stack.ts';

const port = await freePort();
const token = makeServiceToken('backup');
const the = useStack({
  upstreams: `
service_accounts: [{name: backup, secret_hashes: [{hash: '${hashOfToken(token)}'}]}]
services:
  - service: db
    default: {from: db.latchkey.localhost, to: tcp://127.0.0.1:${port}, options: {allowed_clients: [backup], allowed_email_domains: [example.com]}}
  - service: wiki
    default: {from: wiki.latchkey.localhost, to: {{app}}, options: {allowed_email_domains: [example.com]}}
`,
});

const reached: Socket[] = [];
const database = createServer((socket) => {
  socket.on('error', () => undefined);
  reached.push(socket);
});
beforeAll(async () => {
  database.listen(port, '127.0.0.1');
  await once(database, 'listening');
});
afterAll(() => {
  for (const socket of reached) socket.destroy();
  database.close();
});

function open(headers: Record<string, string>, path = '/oauth2/tcp'): WebSocket {
  const ws = new WebSocket(`ws://127.0.0.1:${the.stack.ports.proxy}${path}`, {
    headers: { host: `db.latchkey.localhost:${the.stack.ports.proxy}`, ...headers },
    perMessageDeflate: false,
  });
  ws.on('error', () => undefined);
  return ws;
}
const asBackup = { authorization: `Bearer ${token}` };

async function statusOf(ws: WebSocket): Promise<number | undefined> {
  const [, answer] = await once(ws, 'unexpected-response');
  return answer.statusCode;
}

test.each([
  ['a text that is no end', (ws: WebSocket) => ws.send('rm -rf /')],
  ['bytes after the end', (ws: WebSocket) => [ws.send('end'), ws.send(Buffer.from('more'))]],
  ['a second end', (ws: WebSocket) => [ws.send('end'), ws.send('end')]],
  ['a message larger than any that a tunnel sends', (ws: WebSocket) => ws.send(Buffer.alloc(300_000))],
])('%s ends the connection on both sides, and the application gets none of it', async (_, send) => {
  const before = reached.length;
  const ws = open(asBackup);
  await once(ws, 'open');
  const application = reached[before];
  let received = 0;
  application?.on('data', ({ length }: Buffer) => (received += length));
  send(ws);
  const [code] = await once(ws, 'close');
  expect([1009, 1011, 1006]).toContain(code);
  if (application?.destroyed !== true) await once(application ?? ws, 'close');
  expect(received).toBe(0);
});

test('a page of another site opens none with the cookie of its visitor', async () => {
  const browser = await the.signedIn('engineer@example.com', the.stack.url('wiki'));
  const url = the.stack.url('db');
  const cookie = browser
    .cookieNames()
    .flatMap((name) => browser.cookie(url, name)?.replace(/^/, `${name}=`) ?? [])
    .join('; ');
  const before = reached.length;
  expect(await statusOf(open({ cookie, origin: 'https://evil.example' }))).toBe(403);
  expect(await statusOf(open({ cookie, origin: 'https://evil.example' }, '/'))).toBe(404);
  expect(reached).toHaveLength(before);
});

test.each(['/', '/oauth2/tcp/', '/oauth2/%74cp', '/anything'])(
  'no other address opens one (%s)',
  async (path) => {
    const before = reached.length;
    expect(await statusOf(open(asBackup, path))).not.toBe(101);
    expect(reached).toHaveLength(before);
  },
);

test('a handshake that is none is refused, and the connection to the application with it', async () => {
  const lines = [
    'GET /oauth2/tcp HTTP/1.1',
    `Host: db.latchkey.localhost:${the.stack.ports.proxy}`,
    `Authorization: Bearer ${token}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 7',
    'Sec-WebSocket-Key: short',
  ];
  const before = reached.length;
  const answer = await sendRaw(the.stack.ports.proxy, `${lines.join('\n')}\n\n`);
  expect(answer.status).toBe(400);
  for (const socket of reached.slice(before)) if (!socket.destroyed) await once(socket, 'close');
  expect(reached.slice(before).every(({ destroyed }) => destroyed)).toBe(true);
});

test('on the host of an application that speaks HTTP the address is its own, and opens nothing', async () => {
  const before = reached.length;
  const ws = open({ ...asBackup, host: `wiki.latchkey.localhost:${the.stack.ports.proxy}` });
  expect(await statusOf(ws)).toBe(401);
  expect(reached).toHaveLength(before);
});
