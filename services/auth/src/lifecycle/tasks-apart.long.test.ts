// Two tasks of auth without a store that they share: what holds all the same, and what operators hear does not.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from '@latchkey/testing/browser';
import { sessionCookieName, ssoOrigin, startRig, wiki } from '../../test/rig.ts';
import type { Rig } from '../../test/rig.ts';
import { engineering, hour, isActive, signOut, slug } from '../../test/two-tasks.ts';

describe('two tasks of auth that remember apart', () => {
  let one: Rig;
  let other: Rig;
  let browser: Browser;
  beforeAll(async () => {
    one = await startRig();
    other = await startRig({ besides: one });
  });
  afterAll(async () => {
    await other.close();
    await one.close();
  });
  beforeEach(() => {
    one.heal();
    browser = one.browser();
  });

  async function signedIn(): Promise<string> {
    await one.signIn(browser, 'engineer@example.com', { slug });
    one.idp.requests.token = 0;
    return browser.cookie(ssoOrigin, sessionCookieName) ?? '';
  }

  test('know a session of each other with its groups, for one refresh', async () => {
    const token = await signedIn();
    const { body } = await other.introspect({ token, groups: engineering });
    expect(body).toMatchObject({ active: true, groups: [engineering] });
    expect(one.idp.requests.token).toBe(1);
  });

  test('take a sign-in that began at the other', async () => {
    const page = await browser.visit(one.signInUrl(wiki, { slug }));
    const url = await one.callbackFor(browser, page, 'engineer@example.com');
    const cookie = browser.jar.getCookieStringSync(ssoOrigin);
    const { location } = await other.browser().visit(url, { headers: { cookie } });
    expect(location).toBe(wiki);
  });

  test('go on with the one who brings the newest cookie, where the provider replaces refresh tokens', async () => {
    one.idp.behaviour.rotateRefreshTokens = true;
    let token = await signedIn();
    for (const rig of [other, one, other, one]) {
      one.clock.now += hour + 1000;
      const { body } = await rig.introspect({ token });
      expect(body).toMatchObject({ active: true, session: expect.any(String) });
      token = String(body['session']);
    }
  });

  test('sign out the one who brings a cookie whose refresh token the other has replaced', async () => {
    one.idp.behaviour.rotateRefreshTokens = true;
    const token = await signedIn();
    one.clock.now += hour + 1000;
    expect(isActive(await other.introspect({ token }))).toBe(true);
    expect(isActive(await one.introspect({ token }))).toBe(false);
  });

  test('take a copy of a cookie from before a sign-out at the other, until the provider is to be asked', async () => {
    const token = await signedIn();
    expect(isActive(await other.introspect({ token }))).toBe(true);
    await signOut(one, token);
    expect(isActive(await one.introspect({ token }))).toBe(false);
    expect(isActive(await other.introspect({ token }))).toBe(true);
    // The sign-out has given the grant back.
    one.clock.now += hour + 1000;
    expect(isActive(await other.introspect({ token }))).toBe(false);
  });
});
