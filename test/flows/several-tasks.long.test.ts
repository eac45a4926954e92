// Two tasks of each service, one Redis, and a provider that replaces refresh tokens and takes the second use of one for theft.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startAuth } from '@latchkey/auth';
import type { RunningServer } from '@latchkey/http';
import { startProxy } from '@latchkey/proxy';
import { Browser } from '@latchkey/testing/browser';
import { hasRedis, startRedis } from '@latchkey/testing/redis';
import type { RunningRedis } from '@latchkey/testing/redis';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '@latchkey/testing/ports';
import { signedIn } from '../fixtures/sign-in.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';

(hasRedis ? describe : describe.skip)('two tasks of each service', () => {
  let redis: RunningRedis;
  let stack: Stack;
  let auth: RunningServer;
  let proxy: RunningServer;
  let otherPort: number;
  let clock = 0;
  const now = () => Date.now() + clock;
  beforeAll(async () => {
    redis = await startRedis();
    otherPort = await freePort();
    stack = await startStack({
      providerType: 'okta',
      publicPorts: [otherPort],
      authEnv: { REDIS_URL: redis.url },
      now,
    });
    const { authSettings, proxySettings, table, signer, proxyLog: log } = stack;
    const authPort = await freePort();
    auth = await startAuth({
      settings: { ...authSettings, server: { ...authSettings.server, port: authPort } },
      log,
      now,
    });
    const provider = { ...proxySettings.provider, internalUrl: new URL(`http://127.0.0.1:${authPort}`) };
    const server = { ...proxySettings.server, port: otherPort };
    proxy = await startProxy({ settings: { ...proxySettings, provider, server }, table, signer, log, now });
  });
  afterAll(async () => {
    await Promise.all([proxy.stop(), auth.stop()]);
    await stack.close();
    await redis.close();
  });

  const atOther = (host: string) => `http://${host}.latchkey.localhost:${otherPort}/`;
  async function askBoth(cookie: string, times: number): Promise<number[]> {
    const browser = new Browser();
    const urls = [stack.url('wiki'), atOther('wiki')];
    const answers = await Promise.all(
      Array.from({ length: times }, (_, at) => browser.fetch(urls[at % 2] ?? '', { headers: { cookie } })),
    );
    await browser.close();
    return answers.map(({ status }) => status);
  }
  const cookieOf = async (browser: Browser) => browser.jar.getCookieString(stack.url('wiki'));
  const allGood = Array.from({ length: 20 }, () => 200);

  test('refresh once for twenty requests at once, each time that it is due, and sign nobody out', async () => {
    const browser = await signedIn(stack, 'engineer@example.com', stack.url('wiki'));
    const cookie = await cookieOf(browser);
    expect(await askBoth(cookie, 20)).toEqual(allGood);
    for (const round of [1, 2, 3]) {
      stack.idp.requests.token = 0;
      clock += 3_601_000;
      // The cookie that the browser had from the first is of no less use than the newest.
      expect([round, await askBoth(cookie, 20)]).toEqual([round, allGood]);
      expect(stack.idp.requests.token).toBe(1);
    }
    await browser.close();
  });

  test('keep who is signed in while Redis is away, begin no sign-in, and take people again when it is back', async () => {
    const browser = await signedIn(stack, 'engineer@example.com', stack.url('wiki'));
    const cookie = await cookieOf(browser);
    expect(await askBoth(cookie, 20)).toEqual(allGood);
    await redis.kill();
    for (const minutes of [2, 60, 100]) {
      clock += minutes * 60_000;
      expect([minutes, await askBoth(cookie, 20)]).toEqual([minutes, allGood]);
    }
    const stranger = new Browser();
    const refused = await stranger.visit(stack.url('wiki'));
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '2']);
    expect(refused.body).toContain('Try again in a moment');

    await redis.startAgain();
    await pause(3_500);
    clock += 61_000;
    expect(await askBoth(cookie, 20)).toEqual(allGood);
    const person = await signedIn(stack, 'engineer@example.com', stack.url('wiki'));
    expect((await person.visit(stack.url('wiki'))).status).toBe(200);
    await Promise.all([browser.close(), stranger.close(), person.close()]);
  });
});
