// The endpoints between the services read, inflated and parsed a stranger's body before they looked at the credentials: a
// kilobyte of gzip became a megabyte of parameters, and nobody else was answered for seconds.
import { describe, expect, test } from '@jest/globals';
import { performance } from 'node:perf_hooks';
import { gzipSync } from 'node:zlib';
import { request } from 'undici';
import { sendRaw } from '../fixtures/raw-request.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack();
const betweenServices = ['/oauth2/introspect', '/oauth2/token', '/oauth2/handshake'];
const atOnceMs = 500;
const manyPairs = 'a&'.repeat(500_000);

const host = () => `sso.latchkey.localhost:${the.stack.ports.auth}`;
const asProxy = () => `Basic ${Buffer.from(`proxy:${the.stack.serviceSecret}`).toString('base64')}`;

async function post(path: string, body: string | Buffer, headers: Record<string, string>): Promise<number> {
  const answer = await request(`http://127.0.0.1:${the.stack.ports.auth}${path}`, {
    method: 'POST',
    headers: { host: host(), 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body,
  });
  await answer.body.dump();
  return answer.statusCode;
}

const ask = () => the.browser().fetch(the.stack.authUrl('/ping'));

/** How long somebody else waits for an answer while requests are sent, milliseconds. */
async function waitBeside(attack: () => Promise<unknown>): Promise<number> {
  // The first answer of all takes longest, with nobody beside it.
  await ask();
  const under = attack();
  const startedAt = performance.now();
  const answer = await ask();
  expect(answer.status).toBe(200);
  const waited = performance.now() - startedAt;
  await under;
  return waited;
}

describe.each(betweenServices)('%s without credentials', (path) => {
  test('is refused before one byte of the body has come, and the connection ends', async () => {
    const answer = await sendRaw(
      the.stack.ports.auth,
      `POST ${path} HTTP/1.1\nHost: ${host()}\nContent-Type: application/x-www-form-urlencoded\nContent-Length: 1000000\n\n`,
    );
    expect(answer.status).toBe(401);
    expect(answer.head).toMatch(/^connection: close\r?$/im);
  });

  test('does not make anybody wait, whatever the body inflates to', async () => {
    const bomb = gzipSync(manyPairs);
    expect(bomb.length).toBeLessThan(2_000);
    const send = () => post(path, bomb, { 'content-encoding': 'gzip' });
    const waited = await waitBeside(async () =>
      expect(await Promise.all(Array.from({ length: 20 }, send))).toEqual(Array(20).fill(401)),
    );
    expect(waited).toBeLessThan(atOnceMs);
  });

  test('is not let in by credentials in the form', async () => {
    const form = new URLSearchParams({ client_id: 'proxy', client_secret: the.stack.serviceSecret });
    expect(await post(path, form.toString(), {})).toBe(401);
  });
});

describe.each(betweenServices)('%s with credentials', (path) => {
  test('takes no body that would have to be inflated', async () => {
    const headers = { authorization: asProxy(), 'content-encoding': 'gzip' };
    expect(await post(path, gzipSync('token=x'), headers)).toBe(400);
  });

  test('takes no million of parameters, and nobody waits for the refusal', async () => {
    const waited = await waitBeside(async () =>
      expect([400, 413]).toContain(await post(path, manyPairs, { authorization: asProxy() })),
    );
    expect(waited).toBeLessThan(atOnceMs);
  });
});

describe('signing out', () => {
  const signOut = '/google/sign_out';

  test('from another site is refused before one byte of the body has come', async () => {
    const answer = await sendRaw(
      the.stack.ports.auth,
      `POST ${signOut} HTTP/1.1\nHost: ${host()}\nSec-Fetch-Site: cross-site\nContent-Type: application/x-www-form-urlencoded\nContent-Length: 60000\n\n`,
    );
    expect(answer.status).toBe(403);
  });

  test.each([
    ['inflated', { 'content-encoding': 'gzip' }, gzipSync('hint=x')],
    ['of many parameters', {}, 'a&'.repeat(1_000)],
    ['of many bytes', {}, `hint=${'x'.repeat(60_000)}`],
  ])('takes no form that is %s', async (_, headers, body) => {
    const status = await post(signOut, body, { 'sec-fetch-site': 'same-origin', ...headers });
    expect([400, 413]).toContain(status);
  });
});
