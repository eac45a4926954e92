// Somebody has signed out, kept a copy of the cookie, and floods the sign-in pages of auth from many addresses. A question of
// the proxy that is not answered in time counts as "auth is away", and then the copy would stand for the grace period.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { sendRaw } from '../fixtures/raw-request.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';
import { signedIn } from '../fixtures/sign-in.ts';

const strangers = 700;
// The proxy waits for five seconds.
const wellInTimeMs = 4_000;

const startPage = ({ ports }: Stack, client: string, cookie: string) =>
  `GET /google/start HTTP/1.1\nHost: sso.latchkey.localhost:${ports.auth}\nX-Forwarded-For: ${client}\nAccept: text/html\nCookie: ${cookie}\nConnection: close\n\n`;

/** Cookies that auth opens one by one, each with a key derivation: one of its own, under ten names. */
async function dearCookies(stack: Stack): Promise<string> {
  const { head } = await sendRaw(stack.ports.auth, startPage(stack, '198.51.100.1', ''));
  const [, name = '', value = ''] = /^set-cookie: ([^=]+)=([^;]+)/im.exec(head) ?? [];
  return Array.from({ length: 10 }, (_, at) => `${name.slice(0, -1)}${at}=${value}`).join('; ');
}

/** As many connections as there are strangers, each from an address of its own, with a request on all of them at one moment. */
async function flood(stack: Stack, cookie: string): Promise<Socket[]> {
  const sockets = Array.from({ length: strangers }, () => connect(stack.ports.auth, '127.0.0.1'));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  sockets.forEach((socket, at) => {
    socket.on('error', () => undefined);
    socket.write(startPage(stack, `203.0.${at >> 8}.${at & 255}`, cookie).replaceAll('\n', '\r\n'));
  });
  return sockets;
}

let stack: Stack;
let clock = 0;
const sockets: Socket[] = [];
beforeAll(async () => {
  stack = await startStack({ https: true, now: () => Date.now() + clock });
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await stack.close();
});

test('a flood within the limits leaves the proxy answered, and who has signed out stays out', async () => {
  const browser = await signedIn(stack);
  const cookie = await browser.jar.getCookieString(stack.url('hello'));
  const headers = { 'sec-fetch-site': 'same-origin' };
  const left = await browser.fetch(stack.authUrl('/google/sign_out'), { method: 'POST', headers });
  expect(left.status).toBe(200);
  const dear = await dearCookies(stack);

  clock = 5 * 60_000;
  sockets.push(...(await flood(stack, dear)));
  const firstAnswer = stack.nextLine(({ path, error }) => path === '/google/start' && error === undefined);
  const startedAt = performance.now();
  const answer = await browser.fetch(stack.url('hello'), { headers: { cookie } });
  const waited = performance.now() - startedAt;

  expect(JSON.parse(answer.body)).toMatchObject({ error: 'not_signed_in', reason: 'session_ended' });
  expect(waited).toBeLessThan(wellInTimeMs);
  expect(stack.log.filter(({ alarm }) => alarm === 'grace')).toEqual([]);
  expect(await firstAnswer).toMatchObject({ status: 302 });
  // More than can be worked on or wait: those get 503.
  expect(stack.log.some(({ error, status }) => error === 'overloaded' && status === 503)).toBe(true);
  await browser.close();
});
