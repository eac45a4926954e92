import { describe, expect, test } from '@jest/globals';
import { startProxy } from '@latchkey/proxy';
import { Browser } from '@latchkey/testing/browser';
import { startStack } from '../fixtures/stack.ts';
import { signedIn } from '../fixtures/sign-in.ts';

describe('while auth is away', () => {
  test('sessions already seen go on through the grace period, then get 503 and keep their cookie', async () => {
    let clock = 0;
    const stack = await startStack({ now: () => Date.now() + clock });
    const browser = await signedIn(stack);
    const second = await signedIn(stack, 'finance@example.com');
    expect((await browser.fetch(stack.url('wiki'))).status).toBe(200);
    await stack.auth.stop();

    clock = 2 * 3_600_000;
    const within = await browser.fetch(stack.url('wiki'));
    expect(within.status).toBe(200);
    expect(within.headers['set-cookie']).toBeUndefined();

    clock = 4 * 3_600_000;
    const after = await browser.visit(stack.url('wiki'));
    expect(after.status).toBe(503);
    expect(after.headers['set-cookie']).toBeUndefined();
    expect(after.headers['retry-after']).toBeDefined();
    await Promise.all([browser.close(), second.close()]);
    await stack.close();
  });

  test('a task that never saw the session honours it where no group is asked for, and says 503 where one is', async () => {
    const stack = await startStack();
    const browser = await signedIn(stack);
    const cookie = await browser.jar.getCookieString(stack.url('hello'));
    await browser.close();
    // Another task with the same secrets, started while auth is away.
    const { proxySettings, table, signer } = stack;
    await stack.auth.stop();
    await stack.proxy.stop();
    const cold = await startProxy({ settings: proxySettings, table, signer, log: stack.proxyLog });
    const other = new Browser();
    expect((await other.fetch(stack.url('hello'), { headers: { cookie } })).status).toBe(200);
    const grouped = await other.fetch(stack.url('wiki'), { headers: { cookie } });
    expect(grouped.status).toBe(503);
    expect(JSON.parse(grouped.body)).toMatchObject({ error: 'session_unverified', reason: 'groups_unknown' });
    await other.close();
    await cold.stop();
    await stack.close();
  });
});
