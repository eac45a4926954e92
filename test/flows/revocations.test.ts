import { expect, test } from '@jest/globals';
import { revocationsPath } from '@latchkey/contract';
import { startProxy } from '@latchkey/proxy';
import type { Browser } from '@latchkey/testing/browser';
import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { cookieHeader, signedIn, signOut } from '../fixtures/sign-in.ts';
import { startStack } from '../fixtures/stack.ts';
import { useStack } from '../fixtures/use-stack.ts';

// A minute, as it is by default: what ends sooner does so because auth has announced it.
const the = useStack();

test('a sign-out ends open WebSockets and streams of that person at once, and nobody else’s', async () => {
  const [mine, yours] = [await the.signedIn(), await the.signedIn('admin@example.com')];
  const [socket, other] = [await openSocket(mine), await openSocket(yours)];
  the.stack.app.answer = (_, res) => void res.writeHead(200).write('first');
  const stream = request({
    port: the.stack.ports.proxy,
    headers: { host: hostOf('wiki'), cookie: await cookieHeader(mine, the.stack.url('wiki')) },
  }).end();
  const [answer] = await once(stream, 'response');
  const closed = once(socket, 'close');
  const broken = once(answer.resume(), 'error');
  await signOut(mine, the.stack);

  expect((await closed)[0]).toBe(1008);
  await broken;
  other.send('still here');
  expect(String((await once(other, 'message'))[0])).toBe('still here');
  other.terminate();
});

test('a WebSocket whose handshake was under way when its person signed out ends as soon as it is there', async () => {
  const browser = await the.signedIn();
  const known = await openSocket(browser);
  const asked = Promise.withResolvers<() => void>();
  const server = new WebSocketServer({ noServer: true });
  the.stack.app.answerUpgrade = (upstream, req) =>
    asked.resolve(() => server.handleUpgrade(req, upstream, Buffer.alloc(0), () => undefined));
  const late = new WebSocket(`ws://127.0.0.1:${the.stack.ports.proxy}/echo`, {
    headers: { host: hostOf('wiki'), cookie: await cookieHeader(browser, the.stack.url('wiki')) },
  });
  const accept = await asked.promise;
  const heard = once(known, 'close');
  await signOut(browser, the.stack);
  await heard;
  accept();

  expect((await once(late, 'close'))[0]).toBe(1008);
});

test('a copy of a cookie that was signed out is refused as soon as the proxy has heard of it', async () => {
  const browser = await the.signedIn();
  const cookie = await cookieHeader(browser, the.stack.url('hello'));
  const copy = the.browser();
  const withCopy = () => copy.fetch(the.stack.url('hello'), { headers: { cookie } });
  expect((await withCopy()).status).toBe(200);
  const socket = await openSocket(browser);
  const heard = once(socket, 'close');
  await signOut(browser, the.stack);
  await heard;

  expect((await withCopy()).status).toBe(401);
});

test('auth that goes away after it has announced a sign-out does not bring the session back, not on a new task either', async () => {
  const stack = await startStack();
  const browser = await signedIn(stack);
  const cookie = await cookieHeader(browser, stack.url('hello'));
  const cold = await startProxy({
    settings: { ...stack.proxySettings, server: { ...stack.proxySettings.server, port: 0 } },
    table: stack.table,
    signer: stack.signer,
    log: stack.proxyLog,
  });
  await signOut(browser, stack);
  while (stack.log.filter(({ path }) => path === revocationsPath).length < 2)
    await stack.nextLine(() => true);
  // Its host names the port that the first task listens on.
  const host = new URL(stack.url('hello')).host;
  const status = () =>
    new Promise<number>((resolve) => {
      request({ port: cold.port, headers: { host, cookie } }, (answer) =>
        resolve(answer.resume().statusCode ?? 0),
      ).end();
    });
  await stack.auth.stop();
  // Its answer is on the way for a moment still.
  for (let tries = 0; tries < 100 && (await status()) === 200; tries++) await pause(50);

  expect(await status()).toBe(401);
  await browser.close();
  await cold.stop();
  await stack.close();
});

function hostOf(name: string): string {
  return new URL(the.stack.url(name)).host;
}

async function openSocket(browser: Browser): Promise<WebSocket> {
  const cookie = await cookieHeader(browser, the.stack.url('wiki'));
  const socket = new WebSocket(`ws://127.0.0.1:${the.stack.ports.proxy}/echo`, {
    headers: { host: hostOf('wiki'), cookie },
  });
  await once(socket, 'open');
  return socket;
}
