// Who runs it was asked how many people use it, and whether sign-ins fail since this morning: there was no number for either,
// nor for the WebSockets that a deployment would close.
import { afterAll, expect, test } from '@jest/globals';
import { createMetrics } from '@latchkey/telemetry';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { cookieHeader, signedIn, signOut } from '../fixtures/sign-in.ts';
import { startStatsdAgent } from '../fixtures/statsd-agent.ts';
import { useStack } from '../fixtures/use-stack.ts';

const agent = await startStatsdAgent();
afterAll(() => agent.close());
const statsd = { METRICS_STATSD_HOST: '127.0.0.1', METRICS_STATSD_PORT: String(agent.port) };
const registries = { proxy: createMetrics(), auth: createMetrics() };
let ahead = 0;
const the = useStack({ proxyEnv: statsd, authEnv: statsd, registries, now: () => Date.now() + ahead });

/** The values under a name, by their labels. */
async function read(of: keyof typeof registries, name: string): Promise<Record<string, number>> {
  const lines = (await registries[of].metrics()).split('\n').filter((line) => line.startsWith(name));
  return Object.fromEntries(
    lines.map((line) => [line.slice(name.length, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  );
}

const people = () => read('proxy', 'latchkey_people_active');
const webSockets = () => read('proxy', 'latchkey_websockets_open');

test('people are counted once, however many browsers they have, and not for ever', async () => {
  ahead += 600_000;
  expect(await people()).toEqual({ '': 0 });
  for (const email of ['engineer@example.com', 'engineer@example.com', 'finance@example.com']) {
    await the.signedIn(email);
  }
  await the.browser().fetch(the.stack.url('hello'));
  expect(await people()).toEqual({ '': 2 });
  ahead += 301_000;
  expect(await people()).toEqual({ '': 0 });
});

test('who is refused is there all the same', async () => {
  const browser = await the.signedIn('finance@example.com');
  ahead += 301_000;
  expect((await browser.fetch(the.stack.url('vault'))).status).toBe(403);
  expect(await people()).toEqual({ '': 1 });
});

const labels = (outcome: string) => `{provider="google",outcome="${outcome}"}`;

test('sign-ins are counted by how they ended, each once', async () => {
  const before = await read('auth', 'latchkey_sign_ins_total');
  const browser = await the.signedIn();
  await browser.fetch(the.stack.url('wiki'));
  await expect(signedIn(the.stack, 'guest@elsewhere.test')).rejects.toThrow('ended with 403');
  await the.browser().visit(the.stack.authUrl('/google/callback?code=x&state=y'));

  const after = await read('auth', 'latchkey_sign_ins_total');
  expect(after).toEqual({
    ...before,
    [labels('completed')]: (before[labels('completed')] ?? 0) + 1,
    [labels('account_refused')]: 1,
  });
  await agent.line('sso_auth.sign_in', { provider: 'google', outcome: 'account_refused' });
});

test('sign-outs are counted where somebody was signed in', async () => {
  expect(await read('auth', 'latchkey_sign_outs_total')).toEqual({ '': 0 });
  await signOut(await the.signedIn(), the.stack);
  await signOut(the.browser(), the.stack);
  expect(await read('auth', 'latchkey_sign_outs_total')).toEqual({ '': 1 });
  await agent.line('sso_auth.sign_out', {});
});

test('open WebSockets are counted while they are open', async () => {
  const cookie = await cookieHeader(await the.signedIn(), the.stack.url('wiki'));
  const headers = { host: `wiki.latchkey.localhost:${the.stack.ports.proxy}`, cookie };
  const address = `ws://127.0.0.1:${the.stack.ports.proxy}/echo`;
  const sockets = [new WebSocket(address, { headers }), new WebSocket(address, { headers })];
  await Promise.all(sockets.map((socket) => once(socket, 'open')));
  expect(await webSockets()).toEqual({ '': 2 });
  sockets[0]?.close();
  sockets[1]?.terminate();
  while ((await webSockets())[''] !== 0) await setImmediate();
});

test('no person is named by any of it', async () => {
  const text = (await registries.proxy.metrics()) + (await registries.auth.metrics());
  expect(text).not.toMatch(/engineer|finance@|guest|@example/);
});
