// A connector is connected to one of two tasks of the proxy: the other one serves its application, too, through the first.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Browser } from '@latchkey/testing/browser';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { WebSocket } from 'ws';
import { connectorAccess, connectorsHost, startConnectorOf, until } from '../fixtures/connector.ts';
import type { ConnectorInTest } from '../fixtures/connector.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { siblingPorts, siblingVariables, useSiblingOf } from '../fixtures/sibling-task.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const { token, lines, assertionKey } = connectorAccess();
const ports = await siblingPorts();
const { other } = ports;

const the = useStack({
  proxyEnv: { CONNECTORS_HOST: connectorsHost, ASSERTION_KEY: assertionKey, ...siblingVariables(ports) },
  authEnv: { ASSERTION_KEY: assertionKey },
  publicPorts: [other],
  upstreams: `${lines}
services:
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
- service: intranet
  default: {from: intranet.latchkey.localhost, to: 'http://{{app}}', options: {via: beside, allowed_email_domains: [example.com]}}
- service: elsewhere
  default: {from: elsewhere.latchkey.localhost, to: 'http://127.0.0.1:1', options: {via: beside, allowed_email_domains: [example.com]}}
`,
});

useSiblingOf(the, ports);

const running: ConnectorInTest[] = [];
let browser: Browser;
beforeEach(async () => {
  browser = await the.signedIn();
});
afterEach(() => {
  for (const one of running.splice(0)) one.kill();
});

// The assertion names the address that the browser sees, and each of the two tasks has its own port here.
const application = () => `http://intranet.latchkey.localhost:${other}`;
const page = (target = '/') => `${application()}${target}`;

// It knows of the first task alone, so that it is never connected to the second.
async function connector(env: Record<string, string> = {}): Promise<ConnectorInTest> {
  const started = startConnectorOf(the.stack, {
    CONNECTOR_TOKEN: token,
    CONNECTOR_TARGETS: [application(), new URL(the.stack.url('intranet')).origin]
      .map((origin) => `${origin}=127.0.0.1:${the.stack.app.port}`)
      .join(),
    ...env,
  });
  running.push(started);
  await until(() => started.connections() === 1, 'a connection to the proxy');
  await served();
  return started;
}

/** Waits until the second task has heard of it. */
async function served(): Promise<void> {
  const end = performance.now() + 5_000;
  while ((await browser.fetch(page('/served'))).status === 503) {
    if (performance.now() > end) throw new Error('the second task has not heard of the connector');
  }
  the.stack.app.received.length = 0;
}

test('a request at the other task reaches the application, byte for byte, and the connector checks who asks', async () => {
  const beside = await connector();
  expect((await browser.fetch(page('/a%2Fb?x=%20&x'))).status).toBe(200);
  const [entry = { target: '', rawHeaders: [] }] = the.stack.app.received;
  expect(entry.target).toBe('/a%2Fb?x=%20&x');
  expect(valuesOf(entry, 'X-Forwarded-Email')).toEqual(['engineer@example.com']);
  expect(beside.lines.at(-1)).toMatchObject({ audit: 'allowed', path: '/a%2Fb' });
});

test('ten megabytes go up and come down', async () => {
  await connector();
  the.stack.app.answer = (req, res) => void req.pipe(res);
  const body = randomBytes(5 * 1024 * 1024).toString('hex');
  const answer = await browser.fetch(page('/echo'), { method: 'POST', body });
  expect(answer.body === body).toBe(true);
});

test('an event stream arrives as it is written, and its end at the browser ends it at the application', async () => {
  await connector();
  const cookie = await cookieHeader(browser, page());
  const opened = Promise.withResolvers<ServerResponse>();
  the.stack.app.answer = (_, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    res.write('data: one\n\n');
    opened.resolve(res);
  };
  const headers = { host: new URL(page()).host, cookie };
  const asked = request({ host: '127.0.0.1', port: other, path: '/events', headers });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.setEncoding('utf8');
  expect(await once(answer, 'data')).toEqual(['data: one\n\n']);
  (await opened.promise).write('data: two\n\n');
  expect(await once(answer, 'data')).toEqual(['data: two\n\n']);
  asked.destroy();
  await once(await opened.promise, 'close');
});

test('a WebSocket echoes, and ends at one side when it ends at the other', async () => {
  await connector();
  const cookie = await cookieHeader(browser, page());
  const socket = new WebSocket(`ws://127.0.0.1:${other}/echo`, {
    headers: { host: new URL(page()).host, cookie },
  });
  await once(socket, 'open');
  socket.send('hello');
  expect(String(((await once(socket, 'message')) as [Buffer])[0])).toBe('hello');
  socket.close(1000);
  expect((await once(socket, 'close'))[0]).toBe(1000);
});

test('an answer that breaks off does not look complete', async () => {
  await connector();
  the.stack.app.answer = (_, res) => {
    res.writeHead(200, { 'Content-Type': 'text/plain' });
    res.write('half');
    setImmediate(() => res.destroy());
  };
  await expect(browser.fetch(page('/half'))).rejects.toThrow();
});

test('what the connector may not dial is refused with the same words', async () => {
  await connector();
  const line = the.stack.nextLine(({ error }) => error === 'connector_failed');
  const answer = await browser.fetch(`http://elsewhere.latchkey.localhost:${other}/`);
  expect([answer.status, JSON.parse(answer.body)]).toMatchObject([502, { error: 'connector_failed' }]);
  expect((await line)['detail']).toContain('not in CONNECTOR_TARGETS');
});

test('while it is connected to none of them there is the page that says so, and not for longer', async () => {
  const beside = await connector();
  expect((await browser.fetch(page())).status).toBe(200);
  beside.kill();
  await until(() => beside.connections() === 0, 'the end of the connection');
  const { status, body } = await browser.fetch(page(), { method: 'POST', body: 'x' });
  expect([status, JSON.parse(body)]).toMatchObject([503, { error: 'connector_away' }]);
  await connector();
  expect((await browser.fetch(page())).status).toBe(200);
});

test('a connector that hears of a task which it never reaches goes on looking, and does no harm', async () => {
  const before = arrivals();
  const beside = await connector();
  await until(() => arrivals() > before + 3, 'tries to reach the other task');
  expect(beside.connections()).toBe(1);
  expect((await browser.fetch(page())).status).toBe(200);
});

test('of two with different targets, the one that has the target is found', async () => {
  const none = await connector();
  const elsewhere = { CONNECTOR_TARGETS: `${application()}=127.0.0.1:1` };
  for (const _ of ['one', 'two'])
    running.push(startConnectorOf(the.stack, { CONNECTOR_TOKEN: token, ...elsewhere }));
  await until(() => running.every((one) => one.connections() === 1), 'three connectors');
  const asked = Array.from({ length: 6 }, (_, at) => browser.fetch(page(`/${at}`)));
  const here = Array.from({ length: 6 }, (_, at) => browser.fetch(the.stack.url('intranet', `/${at}`)));
  expect((await Promise.all([...asked, ...here])).map(({ status }) => status)).toEqual(
    Array.from({ length: 12 }, () => 200),
  );
  expect(none.lines.filter(({ audit }) => audit === 'allowed').length).toBeGreaterThanOrEqual(12);
});

function arrivals(): number {
  return the.stack.log.filter(({ msg }) => msg === 'a connector has connected').length;
}
