// An application let its certificate expire. The page said that it does not answer, and the log named an error of OpenSSL:
// the team looked for a broken network, because nothing said which certificate it was and when it had ended.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { sendRaw } from '../fixtures/raw-request.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';

const pem = (name: string) => readFileSync(join(import.meta.dirname, '../fixtures/tls', name), 'utf8');
let asked = 0;
const app = createServer({ key: pem('app.key'), cert: pem('expired.crt') }, function answer(_, res) {
  asked += 1;
  res.end('never');
});
let stack: Stack;

beforeAll(async () => {
  app.listen(0, '127.0.0.1');
  await once(app, 'listening');
  const { port } = app.address() as AddressInfo;
  stack = await startStack({
    upstreams: `- {service: old, default: {from: old.latchkey.localhost, to: 'https://127.0.0.1:${port}', options: {allowed_email_domains: [example.com], skip_auth_regex: ['^/']}}}\n`,
  });
});
afterAll(async () => {
  await stack.close();
  app.close();
});

const ask = () =>
  sendRaw(
    stack.ports.proxy,
    'GET / HTTP/1.1\nHost: old.latchkey.localhost\nAccept: application/json\nConnection: close\n\n',
  );

test('the answer says that it is the certificate, and the log says which one', async () => {
  const line = stack.nextLine(({ detail }) => detail !== undefined);
  const answer = await ask();
  expect(answer.status).toBe(502);
  expect(JSON.parse(answer.body)).toMatchObject({ error: 'upstream_certificate' });
  expect(await line).toMatchObject({
    error: 'upstream_certificate',
    detail: expect.stringMatching(
      /the application showed "CN=app\.internal", issued by "CN=Example Internal Authority", valid from Jan {2}1 00:00:00 2020 GMT to Jan {2}1 00:00:00 2021 GMT$/,
    ),
  });
  expect(asked).toBe(0);
});

test('for the name of it the application is connected to once, however many people run into it', async () => {
  let connections = 0;
  app.on('connection', () => (connections += 1));
  await Promise.all([ask(), ask(), ask(), ask()]);
  expect(connections).toBeLessThanOrEqual(5);
});

test('a WebSocket likewise', async () => {
  const line = stack.nextLine(({ error }) => error !== undefined);
  const socket = new WebSocket(`ws://127.0.0.1:${stack.ports.proxy}/`, {
    headers: { host: `old.latchkey.localhost:${stack.ports.proxy}` },
  });
  socket.on('error', () => undefined);
  const [, answer] = await once(socket, 'unexpected-response');
  expect(answer.statusCode).toBe(502);
  expect(await line).toMatchObject({ error: 'upstream_certificate' });
});
