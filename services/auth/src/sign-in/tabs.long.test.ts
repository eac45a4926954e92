import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from '@latchkey/testing/browser';
import { sessionCookieName, slugs, ssoOrigin, startRig, wiki } from '../../test/rig.ts';
import type { Rig } from '../../test/rig.ts';

let rig: Rig;
let browser: Browser;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());
beforeEach(() => {
  rig.heal();
  browser = rig.browser();
});

const attempts = () => browser.cookieNames().filter((name) => name.startsWith('__Host-latchkey_attempt_'));

describe.each(slugs)('several tabs with %s', (slug) => {
  test('sign in at once, each to its own address', async () => {
    const targets = [wiki, 'https://vault.corp.example.com/a', 'https://hello.corp.example.com/b?c=d'];
    const firsts = [];
    for (const target of targets) firsts.push(await browser.visit(rig.signInUrl(target, { slug })));
    const backs = [];
    for (const first of firsts) backs.push(await rig.chooseAccount(browser, first, 'engineer@example.com'));
    expect(backs.map(({ location }) => location)).toEqual(targets);
  });
});

describe.each(slugs)('several people with %s', (slug) => {
  test('sign in at the same moment, each to a session of their own', async () => {
    const emails = ['admin@example.com', 'engineer@example.com', 'finance@example.com'];
    const callbacks = await Promise.all(
      emails.map(async (email) => {
        const one = rig.browser();
        return {
          one,
          url: await rig.callbackFor(one, await one.visit(rig.signInUrl(wiki, { slug })), email),
        };
      }),
    );
    const signedIn = callbacks.map(async ({ one, url }) => {
      await one.visit(url);
      const { body } = await rig.introspect({ token: one.cookie(ssoOrigin, sessionCookieName) ?? '' });
      return body['email'];
    });
    expect(await Promise.all(signedIn)).toEqual(emails);
  });
});

describe('attempts', () => {
  test('are at most five in a browser, the oldest goes', async () => {
    const firsts = [];
    for (let n = 1; n <= 7; n += 1) {
      rig.clock.now += 1000;
      firsts.push(await browser.visit(rig.signInUrl(`https://wiki.corp.example.com/${n}`)));
    }
    expect(attempts()).toHaveLength(5);
    const [oldest, newest] = [firsts[0], firsts[6]];
    if (oldest === undefined || newest === undefined) throw new Error('seven were begun');
    const back = await rig.chooseAccount(browser, newest, 'engineer@example.com');
    expect(back.location).toBe('https://wiki.corp.example.com/7');

    browser.forget((name) => name === sessionCookieName);
    expect((await rig.chooseAccount(browser, oldest, 'engineer@example.com')).status).toBe(400);
  });

  test('make room by what is unreadable and used before anything open', async () => {
    browser.jar.setCookieSync('__Host-latchkey_attempt_aaaaaaaaaaaaaaaa=rubbish; Path=/; Secure', ssoOrigin);
    await rig.signIn(browser, 'engineer@example.com');
    browser.forget((name) => name === sessionCookieName);
    expect(attempts()).toHaveLength(1);
    for (let n = 0; n < 5; n += 1) await browser.visit(rig.signInUrl());
    expect(attempts()).toHaveLength(5);
    const before = attempts();
    const first = await browser.visit(rig.signInUrl());
    expect(attempts().filter((name) => !before.includes(name))).toHaveLength(1);
    expect((await rig.chooseAccount(browser, first, 'engineer@example.com')).location).toBe(wiki);
  });

  test('carry an address whole as far as a cookie allows, and past that are not begun', async () => {
    const long = `https://wiki.corp.example.com/page?q=${'x'.repeat(2000)}`;
    expect((await rig.signIn(browser, 'engineer@example.com', { target: long })).location).toBe(long);
    browser.forget((name) => name === sessionCookieName);
    const tooLong = `https://wiki.corp.example.com/page?q=${randomBytes(4000).toString('base64url')}`;
    const before = attempts();
    const answer = await browser.visit(rig.signInUrl(tooLong));
    expect([answer.status, answer.location]).toEqual([200, undefined]);
    expect(answer.body).toContain(`href="${tooLong}"`);
    expect(attempts()).toEqual(before);
  });
});

describe('a browser that keeps coming back', () => {
  test('with its session is stopped at the third time, and shown which cookie', async () => {
    await rig.signIn(browser, 'engineer@example.com');
    rig.clock.now += 1000;
    const url = rig.signInUrl(wiki, { reason: 'no_session' });
    expect((await browser.visit(url)).location).toBe(wiki);
    const stopped = await browser.visit(url);
    expect(stopped.status).toBe(400);
    for (const text of [sessionCookieName, 'corp.example.com', 'yes', 'SESSION_COOKIE_NAME']) {
      expect(stopped.body).toContain(text);
    }
    expect((await browser.visit(url)).location).toBe(wiki);
  });

  test('with a session that its application cannot open is sent to where a sign-in by code begins', async () => {
    await rig.signIn(browser, 'engineer@example.com');
    const url = rig.signInUrl(wiki, { reason: 'session_unreadable' });
    for (let n = 0; n < 4; n += 1) {
      const { location } = await browser.visit(url);
      expect(location).toMatch(/^https:\/\/wiki\.corp\.example\.com\/oauth2\/sign_in\?/);
      expect(new URL(location ?? '').searchParams.get('reason')).toBe('session_unreadable');
    }
  });

  test('from sign-ins by code whose session its application cannot open is stopped at the third time', async () => {
    await rig.signIn(browser, 'engineer@example.com');
    rig.clock.now += 61_000;
    const codeRequest = { state: 's'.repeat(43), codeChallenge: 'c'.repeat(43) };
    const url = rig.signInUrl(wiki, { reason: 'session_unreadable', codeRequest });
    expect((await browser.visit(url)).location).toContain('/oauth2/callback?code=');
    expect((await browser.visit(url)).location).toContain('/oauth2/callback?code=');
    const stopped = await browser.visit(url);
    expect(stopped.status).toBe(400);
    for (const text of ['wiki.corp.example.com', 'SESSION_COOKIE_SECRET']) {
      expect(stopped.body).toContain(text);
    }
  });

  test('without keeping the session cookie is stopped at the third time', async () => {
    const backs = [];
    for (let n = 0; n < 3; n += 1) {
      rig.clock.now += 1000;
      backs.push(await rig.signIn(browser, 'engineer@example.com'));
      browser.forget((name) => name === sessionCookieName);
    }
    expect(backs.map(({ status }) => status)).toEqual([302, 302, 400]);
    expect(backs[2]?.body).toContain('does not send the cookie');
  });

  test('slowly is no loop', async () => {
    await rig.signIn(browser, 'engineer@example.com');
    for (let n = 0; n < 5; n += 1) {
      rig.clock.now += 31_000;
      expect((await browser.visit(rig.signInUrl())).location).toBe(wiki);
    }
  });

  test('in many tabs with one address is no loop', async () => {
    const firsts = [];
    for (let n = 0; n < 5; n += 1) firsts.push(await browser.visit(rig.signInUrl()));
    for (const first of firsts) {
      rig.clock.now += 1000;
      expect((await rig.chooseAccount(browser, first, 'engineer@example.com')).location).toBe(wiki);
    }
  });
});
