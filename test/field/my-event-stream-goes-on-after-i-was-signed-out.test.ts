// An event stream, a long download and a request that its application held back went on for hours after their person had signed
// out or lost access: only WebSockets were looked at again.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Browser } from '@latchkey/testing/browser';
import { loadUpstreams } from '@latchkey/upstreams';
import type { RouteTable } from '@latchkey/upstreams';
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { cookieHeader, signOut } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({ proxyEnv: { SESSION_TTL_VALID: '200ms' } });

let initial: RouteTable;
beforeEach(() => void (initial = the.stack.table.current()));
afterEach(() => the.stack.table.replace(initial));

type Answering = {
  readonly res: ServerResponse;
  /** how the connection of the caller ended, once it has */
  readonly ended: Promise<'whole' | 'broken'>;
  /** what has come of the answer */
  readonly answer: () => IncomingMessage | undefined;
};

/** A request that the application has received and does not finish. */
async function held(browser: Browser, host = 'wiki', target = '/events', method = 'GET'): Promise<Answering> {
  const received = new Promise<ServerResponse>((resolve) => {
    the.stack.app.answer = (_, res) => resolve(res);
  });
  const headers = {
    host: `${host}.latchkey.localhost:${the.stack.ports.proxy}`,
    cookie: await cookieHeader(browser, the.stack.url(host)),
  };
  const asking = request({ port: the.stack.ports.proxy, path: target, method, headers, agent: false });
  let answer: IncomingMessage | undefined;
  const ended = new Promise<'whole' | 'broken'>((resolve) => {
    asking
      .on('error', () => resolve('broken'))
      .on('response', (res) => {
        answer = res.resume();
        res.on('end', () => resolve('whole')).on('error', () => resolve('broken'));
      });
  });
  asking.end();
  return { res: await received, ended, answer: () => answer };
}

async function streaming(...asked: Parameters<typeof held>): Promise<Answering> {
  const answering = await held(...asked);
  answering.res.writeHead(200, { 'content-type': 'text/event-stream' });
  answering.res.write('data: 1\n\n');
  return answering;
}

const cut = () => the.stack.nextLine(({ msg }) => msg === 'answer cut');

test('an event stream ends when its person signs out, its application learns of it, and a line says why', async () => {
  const browser = await the.signedIn();
  const { res, ended } = await streaming(browser);
  const [line, left] = [cut(), once(res, 'close')];
  await signOut(browser, the.stack);

  expect(await ended).toBe('broken');
  await left;
  expect(await line).toMatchObject({
    user: 'engineer@example.com',
    route: 'wiki',
    path: '/events',
    reason: 'session_ended',
    seconds: expect.any(Number),
  });
});

test('a request that the application has not answered ends, too', async () => {
  const browser = await the.signedIn();
  const { ended, answer } = await held(browser);
  await signOut(browser, the.stack);

  expect([await ended, answer()]).toEqual(['broken', undefined]);
});

test('a stream ends when its person is not let in any more after a reload, and one of who still is goes on', async () => {
  const [mine, yours] = [await the.signedIn(), await the.signedIn('admin@example.com')];
  const [stream, other] = [await streaming(mine, 'hello'), await streaming(yours, 'hello')];
  const line = cut();
  const { table } = loadUpstreams({
    ...the.stack.proxySettings.upstream,
    file: 'next.yml',
    text: `- {service: hello, default: {from: hello.latchkey.localhost, to: '127.0.0.1:${the.stack.app.port}', options: {allowed_groups: [security@example.com]}}}`,
  });
  if (table === undefined) throw new Error('the next file has errors');
  the.stack.table.replace(table);

  expect(await stream.ended).toBe('broken');
  expect(await line).toMatchObject({ user: 'engineer@example.com', reason: 'no_rule_matches' });
  other.res.end();
  expect(await other.ended).toBe('whole');
});

test('a public stream goes on, no matter who has signed out', async () => {
  const browser = await the.signedIn();
  const [stream, own] = [
    await streaming(browser, 'hello', '/public/events'),
    await streaming(browser, 'hello'),
  ];
  await signOut(browser, the.stack);
  expect(await own.ended).toBe('broken');
  stream.res.end();

  expect(await stream.ended).toBe('whole');
});

test('a deployment ends a stream of a page whole, which opens it again elsewhere, and waits for the answer to a question', async () => {
  const browser = await the.signedIn();
  const stream = await streaming(browser, 'hello');
  const question = await streaming(browser, 'hello', '/questions', 'POST');
  const [left, line] = [once(stream.res, 'close'), the.stack.nextLine(({ path }) => path === '/events')];
  const stopped = the.stack.proxy.stop();

  expect(await stream.ended).toBe('whole');
  await left;
  expect(await line).toMatchObject({ status: 200, detail: 'ended: the proxy stops' });
  question.res.end('data: 2\n\n');
  expect(await question.ended).toBe('whole');
  await stopped;
});
