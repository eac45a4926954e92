// A stranger asks for a path that takes a service long to think about: tens of thousands of dots, or of accents that have to
// be put in order. A process has one thread, so everybody else waits for as long.
import { describe, expect, test } from '@jest/globals';
import { performance } from 'node:perf_hooks';
import { sendRaw } from '../fixtures/raw-request.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack();

const slowPaths = [
  ['dots', `/${'.'.repeat(40_000)}x`],
  ['dots and spaces', `/${'.%20'.repeat(15_000)}x`],
  ['slashes and dots', `${'/.'.repeat(30_000)}x`],
  ['accents', `/${'%CC%81%CC%A3'.repeat(5_000)}`],
  ['segments of public paths', `/public${'/a'.repeat(30_000)}`],
] as const;

// As much as fits into a head of 64 KiB, for whatever parses these, be it ours or a library's.
const slowHeads = [
  'Cookie',
  'Accept',
  'Authorization',
  'Content-Type',
  'X-Forwarded-For',
  'Connection',
].flatMap((name) =>
  ['=', ' ;', ', ', '"\\', '(', 'a=b;'].map(
    (unit) => `${name}: x/x ${unit.repeat(60_000).slice(0, 60_000)}x`,
  ),
);

/** How long a caller waits for a health check behind a request, milliseconds; three times at most, until it is short. */
async function waitBehind(request: string, port: number): Promise<number> {
  let shortest = Infinity;
  for (let tries = 0; tries < 3 && shortest > 250; tries++) {
    const attack = sendRaw(port, request);
    const startedAt = performance.now();
    const health = await sendRaw(port, 'GET /ping HTTP/1.1\nHost: health\nConnection: close\n\n');
    shortest = Math.min(shortest, performance.now() - startedAt);
    expect(health.status).toBe(200);
    expect((await attack).status).toBeGreaterThanOrEqual(200);
  }
  return shortest;
}

describe.each(['proxy', 'auth'] as const)('nobody at %s waits behind', (service) => {
  const port = () => the.stack.ports[service];
  const host = () => new URL(service === 'auth' ? the.stack.authUrl() : the.stack.url('hello')).host;

  test.each(slowPaths)('%s', async (_, path) => {
    const request = `GET ${path} HTTP/1.1\nHost: ${host()}\nConnection: close\n\n`;
    expect(await waitBehind(request, port())).toBeLessThan(250);
  });

  test('a head that is full of one header', async () => {
    for (const header of slowHeads) {
      const request = `POST /google/sign_out HTTP/1.1\nHost: ${host()}\nConnection: close\n${header}\nContent-Length: 1\n\nx`;
      expect(await waitBehind(request, port())).toBeLessThan(250);
    }
  });
});

test('a link to sign in with thousands of parameters is refused', async () => {
  const host = new URL(the.stack.url('hello')).host;
  for (const path of ['/oauth2/sign_in', '/oauth2/callback']) {
    const head = `GET ${path}?${'a&'.repeat(20_000)} HTTP/1.1\nHost: ${host}\nSec-Fetch-Mode: navigate\nConnection: close\n\n`;
    expect((await sendRaw(the.stack.ports.proxy, head)).status).toBe(400);
  }
});

test('an address too long to come back to makes no link that nobody could follow', async () => {
  const host = new URL(the.stack.url('hello')).host;
  const head = `GET /${'"'.repeat(40_000)} HTTP/1.1\nHost: ${host}\nSec-Fetch-Mode: navigate\nConnection: close\n\n`;
  const answer = await sendRaw(the.stack.ports.proxy, head);
  expect([answer.status, answer.head.length < 2_000, answer.body.length < 10_000]).toEqual([401, true, true]);
  expect(answer.body).toContain('Sign in in a new tab');
});

test('a path that is too long to be judged reaches the application for a person who is signed in', async () => {
  const browser = await the.signedIn();
  const path = `/${'.'.repeat(12_000)}x`;
  expect((await browser.fetch(the.stack.url('hello', path))).status).toBe(200);
  expect(the.stack.app.received.map(({ target }) => target)).toEqual([path]);
});
