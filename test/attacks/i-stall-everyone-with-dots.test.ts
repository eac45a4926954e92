// A stranger asks for a path that takes a service long to think about: tens of thousands of dots, or of accents that have to
// be put in order. A process has one thread, so everybody else waits for as long.
import { expect, test } from '@jest/globals';
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

/** How long a caller waits for a health check while the path is thought about, at the best of three times. */
async function waitBehind(path: string, port: number, host: string): Promise<number> {
  const waits: number[] = [];
  for (let time = 0; time < 3; time++) {
    const attack = sendRaw(port, `GET ${path} HTTP/1.1\nHost: ${host}\nConnection: close\n\n`);
    const startedAt = performance.now();
    const health = await sendRaw(port, 'GET /ping HTTP/1.1\nHost: health\nConnection: close\n\n');
    waits.push(performance.now() - startedAt);
    expect(health.status).toBe(200);
    expect((await attack).status).toBeGreaterThanOrEqual(200);
  }
  return Math.min(...waits);
}

test.each(slowPaths)('nobody at the proxy waits behind %s', async (_, path) => {
  expect(await waitBehind(path, the.stack.ports.proxy, 'hello.latchkey.localhost')).toBeLessThan(250);
});

test.each(slowPaths)('nobody at auth waits behind %s', async (_, path) => {
  const host = new URL(the.stack.authUrl()).host;
  expect(await waitBehind(path, the.stack.ports.auth, host)).toBeLessThan(250);
});

test('a path that is too long to be judged reaches the application of whoever is signed in', async () => {
  const browser = await the.signedIn();
  const path = `/${'.'.repeat(12_000)}x`;
  expect((await browser.fetch(the.stack.url('hello', path))).status).toBe(200);
  expect(the.stack.app.received.map(({ target }) => target)).toEqual([path]);
});
