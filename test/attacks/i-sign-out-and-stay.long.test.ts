import { describe, expect, test } from '@jest/globals';
import { startProxy } from '@latchkey/proxy';
import { Browser } from '@latchkey/testing/browser';
import { signedIn, signOut } from '../fixtures/sign-in.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';

// Somebody who has signed out keeps a copy of their cookie, waits until auth cannot be asked, and shows the copy to a task of
// the proxy that has never seen it: from its own first sight on it gives three hours of grace, and the next task gives them
// again.
const hourMs = 3_600_000;
type Answer = { readonly status: number; readonly body: string; readonly setCookie: string | undefined };
type Scene = {
  readonly stack: Stack;
  readonly clock: { ms: number };
  /** what a host answers to anyone who shows a cookie */
  readonly ask: (cookie: string, host?: string) => Promise<Answer>;
  /** ends auth and the proxy, and starts another task of the proxy in its place */
  readonly replaceProxy: () => Promise<void>;
};

async function during(scene: (the: Scene) => Promise<void>): Promise<void> {
  const clock = { ms: 0 };
  const now = () => Date.now() + clock.ms;
  const stack = await startStack({ now });
  const client = new Browser();
  let cold: { stop(): Promise<void> } | undefined;
  try {
    await scene({
      stack,
      clock,
      async ask(cookie, host = 'hello') {
        const { status, body, headers } = await client.fetch(stack.url(host), { headers: { cookie } });
        const [setCookie] = [headers['set-cookie'] ?? []].flat();
        return { status, body, setCookie: setCookie?.split(';')[0] };
      },
      async replaceProxy() {
        const { proxySettings: settings, table, signer, proxyLog: log } = stack;
        await Promise.all([stack.auth.stop(), stack.proxy.stop()]);
        cold = await startProxy({ settings, table, signer, log, now });
      },
    });
  } finally {
    await client.close();
    await cold?.stop();
    await stack.close();
  }
}

async function signedInCookie(stack: Stack): Promise<{ browser: Browser; cookie: string }> {
  const browser = await signedIn(stack);
  return { browser, cookie: await browser.jar.getCookieString(stack.url('hello')) };
}

describe('while auth is away', () => {
  test('a copy of a signed-out cookie is good on a new task only until auth last vouched for it three hours ago', () =>
    during(async ({ stack, clock, ask, replaceProxy }) => {
      const { browser, cookie } = await signedInCookie(stack);
      expect((await signOut(browser, stack)).status).toBe(200);
      await browser.close();
      await replaceProxy();

      clock.ms = 2 * hourMs;
      expect((await ask(cookie)).status).toBe(200);
      expect((await ask(cookie, 'wiki')).status).toBe(503);
      clock.ms = 4 * hourMs;
      const late = await ask(cookie);
      expect(late.status).toBe(503);
      expect(JSON.parse(late.body)).toMatchObject({ error: 'session_unverified' });
    }));

  test('a task that heard of the end honours no other cookie of the session', () =>
    during(async ({ stack, clock, ask }) => {
      const { browser, cookie } = await signedInCookie(stack);
      clock.ms = 2 * hourMs;
      const { setCookie: renewed = '' } = await ask(cookie);
      expect((await ask(renewed)).status).toBe(200);
      await signOut(browser, stack);
      await browser.close();
      clock.ms += 120_000;
      expect((await ask(cookie)).status).toBe(401);
      await stack.auth.stop();

      expect(JSON.parse((await ask(renewed)).body)).toMatchObject({ reason: 'session_ended' });
      clock.ms += 3 * hourMs;
      expect((await ask(renewed)).status).toBe(401);
    }));
});

describe('the time that auth vouched, in the cookie', () => {
  test('is renewed after a third of the grace period, so that a new task knows who was there lately', () =>
    during(async ({ stack, clock, ask, replaceProxy }) => {
      const { browser, cookie } = await signedInCookie(stack);
      await browser.close();
      clock.ms = hourMs - 60_000;
      expect((await ask(cookie)).setCookie).toBeUndefined();
      clock.ms = 2 * hourMs;
      const { setCookie: renewed = '' } = await ask(cookie);
      expect(renewed).toMatch(/^_sso_proxy=Fe26/);

      clock.ms = 4 * hourMs;
      await replaceProxy();
      expect((await ask(renewed)).status).toBe(200);
      expect((await ask(cookie)).status).toBe(503);
    }));

  test('is not sealed again and again for a client that never takes the new cookie', () =>
    during(async ({ stack, clock, ask }) => {
      const { browser, cookie } = await signedInCookie(stack);
      await browser.close();
      clock.ms = 2 * hourMs;
      const offered = new Set<string | undefined>();
      for (let minute = 0; minute < 50; minute++) {
        offered.add((await ask(cookie)).setCookie);
        clock.ms += 60_000;
      }

      expect(offered.size).toBe(1);
      expect(stack.log.filter(({ path }) => path === '/oauth2/introspect')).toHaveLength(51);
    }));
});
