// Anyone who signs in again goes on with the session they had, and it stays one that can be asked about and ended.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { deriveKeys, openSession, sealSignOutHint } from '@latchkey/session';
import type { Session } from '@latchkey/session';
import type { Browser } from '@latchkey/testing/browser';
import { client, sessionCookieName, slugs, ssoOrigin, startRig } from '../../test/rig.ts';
import type { Rig } from '../../test/rig.ts';

const hour = 3_600_000;
const engineer = 'engineer@example.com';

let rig: Rig;
let browser: Browser;
beforeAll(async () => {
  rig = await startRig({ providerTimeoutMs: 2_000 });
});
afterAll(() => rig.close());
beforeEach(() => {
  rig.heal();
  browser = rig.browser();
});

const token = () => browser.cookie(ssoOrigin, sessionCookieName) ?? '';

async function opened(value: string): Promise<Session> {
  const session = await openSession(value, deriveKeys(rig.settings.session.cookie.secrets, 'session'));
  if (session === undefined) throw new Error('not a session');
  return session;
}

async function isActive(value: string): Promise<unknown> {
  return (await rig.introspect({ token: value })).body['active'];
}

async function signInAgain(slug: string, email = engineer): Promise<string> {
  const page = await browser.visit(`${ssoOrigin}/${slug}/start?prompt=select_account`);
  await rig.chooseAccount(browser, page, email);
  return token();
}

describe.each(slugs)('signing in again with %s', (slug) => {
  beforeEach(async () => {
    await rig.signIn(browser, engineer, { slug });
  });

  test('goes on with the session, and signed out by its older copy it stays signed out', async () => {
    const first = await opened(token());
    rig.clock.now += 10 * hour;
    const second = await signInAgain(slug);
    expect((await opened(second)).sid).toBe(first.sid);

    const hint = await sealSignOutHint(first, deriveKeys([client.secret], 'sign-out hint'));
    await rig.browser().visit(`${ssoOrigin}/${slug}/sign_out`, {
      form: { hint },
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    expect(await isActive(second)).toBe(false);
    expect(rig.idp.requests.revocation).toBe(1);
    rig.clock.now = first.exp * 1000 + 1000;
    expect(await isActive(second)).toBe(false);
  });

  test('keeps the refresh token where the provider gives no other, so that it is still asked', async () => {
    const first = token();
    rig.idp.behaviour.refreshTokens = false;
    rig.clock.now += 60_000;
    const second = await signInAgain(slug);
    rig.idp.behaviour.refreshTokens = true;
    rig.idp.behaviour.disabled.add(engineer);
    rig.clock.now += hour + 1000;
    expect([await isActive(first), await isActive(second)]).toEqual([false, false]);
  });

  test('under a new address begins a session of its own, and the former one ends', async () => {
    const first = token();
    const account = rig.idp.accounts.find(({ email }) => email === engineer);
    Object.assign(account ?? {}, { email: 'renamed@example.com' });
    rig.clock.now += 60_000;
    const second = await signInAgain(slug, 'renamed@example.com');
    expect((await opened(second)).sid).not.toBe((await opened(first)).sid);
    rig.clock.now += hour + 1000;
    expect([await isActive(first), await isActive(second)]).toEqual([false, true]);
  });
});
