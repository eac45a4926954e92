import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from '@latchkey/testing/browser';
import { sessionCookieName, ssoOrigin, startRig } from '../../test/rig.ts';
import type { Rig } from '../../test/rig.ts';

const engineer = 'engineer@example.com';
const account = `${ssoOrigin}/account`;
const sameOrigin = { 'sec-fetch-site': 'same-origin' };
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

let rig: Rig;
let browser: Browser;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());
beforeEach(async () => {
  rig.heal();
  // Sessions of the tests before have ended, and those of this second with them.
  await signedInBrowser().then((one) => endAll(one));
  rig.clock.now += 2_000;
  browser = await signedInBrowser();
});

async function signedInBrowser(email = engineer, slug = 'google'): Promise<Browser> {
  const one = rig.browser();
  await rig.signIn(one, email, { slug });
  return one;
}

const endAll = (one: Browser, headers: Record<string, string> = sameOrigin) =>
  one.visit(`${account}/sign_out_everywhere`, { form: {}, headers });
const endOne = (one: Browser, session: string, headers: Record<string, string> = sameOrigin) =>
  one.visit(`${account}/sign_out`, { form: { session }, headers });

const tokenOf = (one: Browser) => one.cookie(ssoOrigin, sessionCookieName) ?? '';
async function isActive(token: string): Promise<unknown> {
  return (await rig.introspect({ token })).body['active'];
}

async function handlesOf(one: Browser): Promise<string[]> {
  const { body } = await one.visit(account);
  return [...body.matchAll(/name="session" value="([^"]*)"/g)].map(([, handle = '']) => handle);
}

describe('the page of my sessions', () => {
  test('shows those of all browsers, and which one is this', async () => {
    const other = rig.browser();
    const first = await other.visit(rig.signInUrl());
    const callback = await rig.callbackFor(other, first, engineer);
    await other.visit(callback, { headers: { 'user-agent': firefox } });
    const { status, body } = await browser.visit(account);
    expect(status).toBe(200);
    expect(body).toContain(engineer);
    expect(body).toContain('in 2 browsers');
    expect(body).toContain('Firefox on Linux');
    expect(body).toContain('with Google');
    expect(body).toContain('127.0.0.1');
    expect(await handlesOf(browser)).toHaveLength(1);
  });

  test('holds nothing that opens a session, and nothing of a browser that lies about itself', async () => {
    const liar = rig.browser();
    const first = await liar.visit(rig.signInUrl());
    const headers = { 'user-agent': '<img src=x onerror=alert(1)> Firefox/1' };
    await liar.visit(await rig.callbackFor(liar, first, engineer), { headers });
    const { body } = await browser.visit(account);
    expect(body).not.toContain('<img');
    expect(body).not.toContain(tokenOf(liar));
    for (const handle of await handlesOf(browser)) expect(await isActive(handle)).toBe(false);
  });

  test('says nothing of anybody else', async () => {
    await signedInBrowser('admin@example.com');
    await signedInBrowser(engineer, 'okta');
    const { body } = await browser.visit(account);
    expect(body).toContain('in this browser only');
    expect(body).not.toContain('Okta');
    expect(body).not.toContain('admin@example.com');
  });

  test('is for visits only', async () => {
    const headers = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image', 'sec-fetch-site': 'same-site' };
    expect((await browser.visit(account, { headers })).status).toBe(403);
  });

  test('is where the front page and the page of the sign-out lead to', async () => {
    expect((await browser.visit(`${ssoOrigin}/`)).body).toContain('href="/account"');
    expect((await browser.visit(`${ssoOrigin}/google/sign_out`)).body).toContain('href="/account"');
  });
});

test('who is not signed in is led through the sign-in and back, once', async () => {
  const visitor = rig.browser();
  const page = await visitor.visit(account);
  expect(page.status).toBe(200);
  const href = /href="(?<href>\/google\/start[^"]*)"/.exec(page.body)?.groups?.['href'] ?? '';
  const end = await rig.chooseAccount(visitor, await visitor.visit(ssoOrigin + href), engineer);
  expect(end.url).toBe(account);
  expect(end.body).toContain('Your sessions');
  expect((await visitor.visit(`${ssoOrigin}/`)).body).toContain('You are signed in');
});

describe('signing out one', () => {
  test('ends that one, and leaves this one and what the provider has given', async () => {
    const other = await signedInBrowser();
    const [handle = ''] = await handlesOf(browser);
    rig.idp.requests.revocation = 0;
    const answer = await endOne(browser, handle);
    expect([answer.status, answer.location]).toEqual([302, account]);
    expect([await isActive(tokenOf(browser)), await isActive(tokenOf(other))]).toEqual([true, false]);
    expect(rig.idp.requests.revocation).toBe(0);
    expect(await handlesOf(browser)).toEqual([]);
    expect((await endOne(browser, handle)).status).toBe(404);
  });

  test('is not for one of somebody else, whatever is shown', async () => {
    const [one, two] = [
      await signedInBrowser('admin@example.com'),
      await signedInBrowser('admin@example.com'),
    ];
    const [handle = ''] = await handlesOf(one);
    for (const guess of [handle, '', '*', '[object Object]', tokenOf(two).slice(0, 500), 'x'.repeat(900)]) {
      const answer = await endOne(browser, guess);
      expect([answer.status, answer.body.includes('is not known')]).toEqual([404, true]);
    }
    expect([await isActive(tokenOf(one)), await isActive(tokenOf(two))]).toEqual([true, true]);
  });

  test('takes one name', async () => {
    const other = await signedInBrowser();
    const [handle = ''] = await handlesOf(browser);
    const form: Array<[string, string]> = [
      ['session', handle],
      ['session', handle],
    ];
    expect((await browser.visit(`${account}/sign_out`, { form, headers: sameOrigin })).status).toBe(400);
    expect(await isActive(tokenOf(other))).toBe(true);
  });
});

describe('signing out everywhere', () => {
  test('ends all of them, this one among them, says so, and gives the grants back', async () => {
    const others = [await signedInBrowser(), await signedInBrowser()];
    const tokens = [browser, ...others].map(tokenOf);
    rig.idp.requests.revocation = 0;
    const { status, body } = await endAll(browser);
    expect(status).toBe(200);
    expect(body).toContain('You are signed out everywhere');
    expect(tokenOf(browser)).toBe('');
    expect(await Promise.all(tokens.map(isActive))).toEqual([false, false, false]);
    expect(rig.idp.requests.revocation).toBeGreaterThanOrEqual(3);
    expect((await browser.visit(account)).body).toContain('You are signed out');
  });

  test('ends nobody else, not even of the same address with another provider', async () => {
    const others = [await signedInBrowser('admin@example.com'), await signedInBrowser(engineer, 'okta')];
    await endAll(browser);
    expect(await Promise.all(others.map((one) => isActive(tokenOf(one))))).toEqual([true, true]);
  });

  test('pressed many times at once is as good as once', async () => {
    const cookie = `${sessionCookieName}=${tokenOf(browser)}`;
    const headers = { ...sameOrigin, cookie };
    const answers = await Promise.all(Array.from({ length: 10 }, () => endAll(rig.browser(), headers)));
    for (const { status } of answers) expect(status).toBe(200);
    expect(await isActive(tokenOf(browser))).toBe(false);
  });

  // A sibling host can plant a cookie, and then the page is about somebody else.
  test('ends every session that the browser shows', async () => {
    rig.clock.now += 1_000;
    const newer = await signedInBrowser('admin@example.com');
    const tokens = [tokenOf(browser), tokenOf(newer)];
    const cookie = tokens.map((token) => `${sessionCookieName}=${token}`).join('; ');
    const { body } = await endAll(rig.browser(), { ...sameOrigin, cookie });
    expect(body).toContain('You are signed out everywhere');
    expect(await Promise.all(tokens.map(isActive))).toEqual([false, false]);
  });

  test('does not say so where the browser shows more cookies than are looked at', async () => {
    const real = tokenOf(browser);
    const parts = real.split('*').with(4, 'A'.repeat(22));
    const planted = Array.from({ length: 50 }, (_, at) => parts.with(2, `${at}`.padStart(64, '0')).join('*'));
    const cookie = [real, ...planted].map((value) => `${sessionCookieName}=${value}`).join('; ');
    const { status, body } = await endAll(rig.browser(), { ...sameOrigin, cookie });
    expect(status).toBe(400);
    expect(body).toContain('You may still be signed in');
    expect(await isActive(real)).toBe(false);
  });
});

// To a form, a browser takes no redirect that leads elsewhere (`form-action`), and the provider is elsewhere.
test.each([
  { button: 'one', press: (one: Browser) => endOne(one, 'any') },
  { button: 'all', press: (one: Browser) => endAll(one) },
])('a page left open until its session is over answers its button for $button', async ({ press }) => {
  const { status, body } = await press(rig.browser());
  expect(status).toBe(200);
  expect(body).toContain('Continue with Google');
});

describe('a page of somebody else', () => {
  test.each<{ whose: string; headers: Record<string, string> }>([
    { whose: 'of another site', headers: { 'sec-fetch-site': 'cross-site' } },
    {
      whose: 'of a sibling host',
      headers: { 'sec-fetch-site': 'same-site', origin: 'https://wiki.corp.example.com' },
    },
    { whose: 'of another origin', headers: { origin: 'https://evil.example' } },
    { whose: 'of nobody known', headers: {} },
    { whose: 'of a hidden origin', headers: { origin: 'null' } },
  ])('$whose ends nothing', async ({ headers }) => {
    const other = await signedInBrowser();
    const [handle = ''] = await handlesOf(browser);
    const statuses = [await endOne(browser, handle, headers), await endAll(browser, headers)].map(
      ({ status }) => status,
    );
    expect(statuses).toEqual([403, 403]);
    expect(await Promise.all([browser, other].map((one) => isActive(tokenOf(one))))).toEqual([true, true]);
  });

  test('cannot do it by a link', async () => {
    for (const path of ['sign_out', 'sign_out_everywhere']) {
      expect((await browser.visit(`${account}/${path}`)).status).toBe(405);
    }
  });
});
