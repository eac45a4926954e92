// Posts were 502 whenever the application was just closing the kept connection that they went on. And nothing may reach
// an application twice that may have been processed once.
import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { request } from 'undici';
import { useStack } from '../fixtures/use-stack.ts';

const route = (name: string, options = '') =>
  `- {service: ${name}, default: {from: ${name}.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com], skip_auth_regex: ['^/']${options}}}}\n`;
const the = useStack({
  upstreams:
    route('plain') +
    route('signed') +
    route('renewed', ', reset_deadline: 1ms') +
    route('brief', ', keep_alive: 20ms'),
  proxyEnv: { SSO_CONFIG_SIGNED_SIGNING_KEY: 'sha256:the secret of signed' },
});

type Options = { method?: string; body?: string; headers?: Record<string, string>; host?: string };

async function ask({ method = 'GET', body, headers, host = 'plain' }: Options = {}): Promise<number> {
  const answer = await request(`http://127.0.0.1:${the.stack.ports.proxy}/`, {
    method,
    headers: { ...headers, host: `${host}.latchkey.localhost` },
    ...(body !== undefined && { body }),
  });
  await answer.body.dump();
  return answer.statusCode;
}

// Connections of the application, in the order in which they were opened, and how many requests came on each.
let asked = new Map<Socket, number>();
afterEach(() => void (asked = new Map()));

/** Answers the first request of each connection, and at the second closes it as a server does that was just closing. */
function closeWhenUsedAgain(req: IncomingMessage, res: ServerResponse): void {
  const times = (asked.get(req.socket) ?? 0) + 1;
  asked.set(req.socket, times);
  if (times > 1) req.socket.resetAndDestroy();
  else req.once('end', () => res.end('done'));
}

const timesAsked = () => [...asked.values()].reduce((sum, times) => sum + times, 0);

test('a post never goes on a connection that was kept for longer than a moment', async () => {
  the.stack.app.answer = closeWhenUsedAgain;
  expect(await ask()).toBe(200);
  expect(await ask({ method: 'POST', body: 'a=1' })).toBe(200);
  const [, recent] = asked.keys();
  if (recent === undefined) throw new Error('the post had no connection of its own');
  if (!recent.destroyed) await once(recent, 'close');
  expect(await ask({ method: 'POST', body: 'a=2' })).toBe(200);
  expect([...asked.values()]).toEqual([1, 1, 1]);
});

test.each<[what: string, options: Options]>([
  ['a GET', {}],
  ['an OPTIONS', { method: 'OPTIONS' }],
  ['a DELETE', { method: 'DELETE' }],
  ['a PUT with a short body', { method: 'PUT', body: 'x=1' }],
  ['a signed PUT', { method: 'PUT', body: 'x=1', host: 'signed' }],
  ['a POST with an Idempotency-Key', { method: 'POST', body: 'x=1', headers: { 'idempotency-key': 'k1' } }],
])('%s is sent once more, on a new connection', async (_what, options) => {
  the.stack.app.answer = closeWhenUsedAgain;
  expect(await ask({ method: 'PUT', host: options.host ?? 'plain' })).toBe(200);
  const before = timesAsked();
  expect(await ask(options)).toBe(200);
  expect(timesAsked() - before).toBe(2);
  const bodies = the.stack.app.received.map(({ body }) => body);
  expect(bodies.at(-1)).toBe(options.body ?? '');
});

test.each<[what: string, options: Options]>([
  ['a POST', { method: 'POST', body: 'x=1' }],
  ['a bare POST', { method: 'POST' }],
  ['a signed POST', { method: 'POST', body: 'x=1', host: 'signed' }],
  ['a PUT with a body too long to be kept', { method: 'PUT', body: 'x'.repeat(100_000) }],
])('%s whose connection breaks is never sent twice', async (_what, options) => {
  let times = 0;
  the.stack.app.answer = (req) => {
    times += 1;
    req.once('end', () => req.socket.resetAndDestroy());
  };
  expect(await ask(options)).toBe(502);
  expect(times).toBe(1);
});

test('a post of which nothing was sent yet goes on a new connection', async () => {
  the.stack.app.answer = closeWhenUsedAgain;
  expect(await ask({ method: 'POST', body: 'a=1' })).toBe(200);
  const [kept] = asked.keys();
  const socket = connect(the.stack.ports.proxy, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nHost: plain.latchkey.localhost\r\nContent-Length: 3\r\n\r\n');
  // By the time that this one is answered, the head has been read.
  expect(await ask({ host: 'signed' })).toBe(200);
  kept?.resetAndDestroy();
  expect(await ask({ host: 'signed' })).toBe(200);
  socket.write('a=2');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /);
  socket.destroy();
});

test('a request that is repeated finds its way although the connections were renewed meanwhile', async () => {
  the.stack.app.answer = closeWhenUsedAgain;
  const statuses = await Promise.all(Array.from({ length: 20 }, () => ask({ host: 'renewed' })));
  expect(new Set(statuses)).toEqual(new Set([200]));
});

test('an operator says for how long idle connections are kept', async () => {
  const sockets: Socket[] = [];
  the.stack.app.answer = (req, res) => {
    sockets.push(req.socket);
    res.end('done');
  };
  expect(await ask({ host: 'brief' })).toBe(200);
  const [socket] = sockets;
  if (socket?.destroyed === false) await once(socket, 'close');
});
