import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from '@latchkey/testing/browser';
import { sessionCookieName, slugs, ssoOrigin, startRig, wiki } from '../../test/rig.ts';
import type { Rig } from '../../test/rig.ts';

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

const isSignedIn = (one: Browser) => one.cookie(ssoOrigin, sessionCookieName) !== undefined;

async function callbackUrl(slug: string, email = 'engineer@example.com'): Promise<string> {
  return rig.callbackFor(browser, await browser.visit(rig.signInUrl(wiki, { slug })), email);
}

describe.each(slugs)('a callback of %s', (slug) => {
  test('without state is refused, and the code is not looked at', async () => {
    const url = new URL(await callbackUrl(slug));
    url.searchParams.delete('state');
    const answer = await browser.visit(url);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('no longer open');
    expect(rig.idp.requests.token).toBe(0);
  });

  test('with the state of another browser is refused, and the code is not looked at', async () => {
    const url = await callbackUrl(slug);
    const victim = rig.browser();
    await victim.visit(rig.signInUrl(wiki, { slug }));
    const answer = await victim.visit(url);
    expect(answer.status).toBe(400);
    expect(isSignedIn(victim)).toBe(false);
    expect(rig.idp.requests.token).toBe(0);
  });

  test('with the attempt of another provider is refused', async () => {
    const url = new URL(await callbackUrl(slug));
    url.pathname = `/${slugs.find((other) => other !== slug) ?? ''}/callback`;
    expect((await browser.visit(url)).status).toBe(400);
    expect(rig.idp.requests.token).toBe(0);
  });

  test('after a quarter of an hour is refused, and leads to a new sign-in for the same address', async () => {
    const url = await callbackUrl(slug);
    rig.clock.now += 15 * 60_000;
    const late = await browser.visit(url);
    expect(late.status).toBe(400);
    const [, href = ''] = /href="([^"]*start[^"]*)"/.exec(late.body) ?? [];
    const again = new URL(href.replaceAll('&amp;', '&'), ssoOrigin);
    expect(again.searchParams.get('redirect_uri')).toBe(wiki);
    expect(
      (await rig.chooseAccount(browser, await browser.visit(again), 'engineer@example.com')).location,
    ).toBe(wiki);
    expect(rig.idp.requests.token).toBe(1);
  });

  test('after a quarter of an hour leads who has a session by then to the application', async () => {
    const url = await callbackUrl(slug);
    rig.clock.now += 20 * 60_000;
    await rig.signIn(browser, 'engineer@example.com', { slug, target: 'https://other.example.com/' });
    rig.idp.requests.token = 0;
    expect((await browser.visit(url)).location).toBe(wiki);
    expect(rig.idp.requests.token).toBe(0);
  });

  test('after an hour is nothing any more', async () => {
    const url = await callbackUrl(slug);
    rig.clock.now += 60 * 60_000;
    const late = await browser.visit(url);
    expect([late.status, late.body]).toEqual([400, expect.stringContaining('href="/"')]);
  });

  test('that is loaded again leads to the application, and uses no code twice', async () => {
    const url = await callbackUrl(slug);
    await browser.visit(url);
    const again = await browser.visit(url);
    expect(again.location).toBe(wiki);
    expect(rig.idp.requests.token).toBe(1);
  });

  test('that is loaded again without a session offers to start again', async () => {
    const url = await callbackUrl(slug);
    await browser.visit(url);
    browser.forget((name) => name === sessionCookieName);
    const again = await browser.visit(url);
    expect(again.status).toBe(400);
    expect(again.body).toContain(`/${slug}/start?redirect_uri=`);
  });

  test('that is loaded again with a copy of what the browser had is answered as before, then as over', async () => {
    const url = await callbackUrl(slug);
    const cookie = browser.jar.getCookieStringSync(ssoOrigin);
    const first = await browser.visit(url);
    const lines = () => first.setCookies.filter((line) => line.startsWith(`${sessionCookieName}=`));
    const answered = async () => rig.browser().visit(url, { headers: { cookie } });
    expect((await answered()).setCookies).toEqual(expect.arrayContaining(lines()));
    rig.clock.now += 11_000;
    const later = await answered();
    expect(later.status).toBe(400);
    expect(later.setCookies.join()).not.toContain(sessionCookieName);
    expect(rig.idp.requests.token).toBe(1);
  });

  test('for nothing known leads who is signed in to the front page', async () => {
    await rig.signIn(browser, 'engineer@example.com', { slug });
    const answer = await browser.visit(`${ssoOrigin}/${slug}/callback?state=unknown&code=unknown`);
    expect(answer.location).toBe(`${ssoOrigin}/`);
  });

  test('with a changed attempt cookie is refused', async () => {
    const url = await callbackUrl(slug);
    const name = browser.cookieNames().find((one) => one.startsWith('__Host-latchkey_attempt_')) ?? '';
    const value = browser.cookie(ssoOrigin, name) ?? '';
    for (const changed of ['', 'rubbish', value.slice(0, -3), 'x'.repeat(4000)]) {
      browser.jar.setCookieSync(`${name}=${changed}; Path=/; Secure`, ssoOrigin);
      expect((await browser.visit(url)).status).toBe(400);
    }
    expect(rig.idp.requests.token).toBe(0);
  });

  test('with an error says that the sign-in was not completed', async () => {
    rig.idp.behaviour.denyAuthorization = true;
    const first = await browser.visit(rig.signInUrl(wiki, { slug }));
    const answer = await browser.follow(first, (next) => next.hostname !== 'wiki.corp.example.com');
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('Try again');
    expect(isSignedIn(browser)).toBe(false);
  });

  test.each([
    { error: 'temporarily_unavailable', status: 503 },
    { error: 'invalid_scope', status: 502 },
    { error: '<script>', status: 502 },
  ])('with error=$error answers $status', async ({ error, status }) => {
    const url = new URL(await callbackUrl(slug));
    url.searchParams.delete('code');
    url.searchParams.set('error', error);
    const answer = await browser.visit(url);
    expect(answer.status).toBe(status);
    expect(rig.log.join('')).not.toContain('<script>');
  });

  test('with neither code nor error is the fault of the provider', async () => {
    const url = new URL(await callbackUrl(slug));
    url.searchParams.delete('code');
    expect((await browser.visit(url)).status).toBe(502);
  });
});

describe.each(slugs)('where %s', (slug) => {
  test.each<{
    says: string;
    fault: Rig['idp']['behaviour']['faults']['token'];
    status: number;
    error: string;
  }>([
    {
      says: 'answers an error',
      fault: { answer: { status: 400, body: { error: 'invalid_grant' } } },
      status: 502,
      error: 'provider_failed',
    },
    {
      says: 'answers a page',
      fault: { answer: { status: 200, body: '<html>' } },
      status: 502,
      error: 'provider_failed',
    },
    {
      says: 'answers null',
      fault: { answer: { status: 200, body: 'null' } },
      status: 502,
      error: 'provider_failed',
    },
    {
      says: 'answers without a token',
      fault: { answer: { status: 200, body: {} } },
      status: 502,
      error: 'provider_failed',
    },
    {
      says: 'answers without end',
      fault: { answer: { status: 200, body: 'x'.repeat(300_000) } },
      status: 502,
      error: 'provider_failed',
    },
    {
      says: 'is broken',
      fault: { answer: { status: 500, body: {} } },
      status: 503,
      error: 'provider_unavailable',
    },
    {
      says: 'is overloaded',
      fault: { answer: { status: 429, body: {} } },
      status: 503,
      error: 'provider_unavailable',
    },
    { says: 'hangs up', fault: { hangUp: true }, status: 503, error: 'provider_unavailable' },
  ])('$says for the code, nobody is signed in: $status', async ({ fault, status, error }) => {
    const url = await callbackUrl(slug);
    rig.idp.behaviour.faults.token = fault ?? {};
    const answer = await browser.visit(url);
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(`/${slug}/start?redirect_uri=`);
    expect(rig.log.at(-1)).toContain(`"error":"${error}"`);
    expect(isSignedIn(browser)).toBe(false);
  });

  test('gives no usable answer about the person, nobody is signed in', async () => {
    rig.idp.behaviour.faults.userinfo = { answer: { status: 200, body: { sub: 5, email: 'a@example.com' } } };
    const answer = await browser.visit(await callbackUrl(slug));
    expect(answer.status).toBe(502);
    expect(isSignedIn(browser)).toBe(false);
  });

  test('has not verified the e-mail address, it is refused', async () => {
    rig.idp.behaviour.unverifiedEmail = true;
    const answer = await browser.visit(await callbackUrl(slug));
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('not verified');
    expect(isSignedIn(browser)).toBe(false);
  });

  test.each(['attacker@evil.com@example.com', '@example.com', 'a b@example.com', 'a@example.com\\n'])(
    'vouches for the address %j, it is refused',
    async (email) => {
      const body = { sub: 'demo-2', email: email.replace('\\n', '\n'), email_verified: true };
      rig.idp.behaviour.faults.userinfo = { answer: { status: 200, body } };
      const answer = await browser.visit(await callbackUrl(slug));
      expect(answer.status).toBe(403);
      expect(isSignedIn(browser)).toBe(false);
    },
  );

  test('vouches for a guest, the page names the account and offers another one', async () => {
    const answer = await browser.visit(await callbackUrl(slug, 'guest@elsewhere.test'));
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('guest@elsewhere.test');
    expect(answer.body).toContain('prompt=select_account');
    expect(isSignedIn(browser)).toBe(false);

    const href = /href="(?<href>[^"]*select_account[^"]*)"/.exec(answer.body)?.groups?.['href'] ?? '';
    const again = await browser.visit(ssoOrigin + href.replaceAll('&amp;', '&'));
    const back = await rig.chooseAccount(browser, again, 'engineer@example.com');
    expect(back.location).toBe(wiki);
  });
});

describe('a provider that cannot be reached', () => {
  test('does not keep auth from starting, and is asked again at the next sign-in', async () => {
    const fresh = await startRig();
    fresh.idp.behaviour.faults.discovery = { hangUp: true };
    const one = fresh.browser();
    const refused = await one.visit(fresh.signInUrl(wiki, { slug: 'okta' }));
    expect(refused.status).toBe(503);
    expect(refused.body).toContain('Try again');

    fresh.heal();
    const back = await fresh.signIn(one, 'engineer@example.com', { slug: 'okta' });
    expect(back.location).toBe(wiki);
    await fresh.close();
  });
});

test('no code, state, cookie, token or query ends up in the log', async () => {
  const url = new URL(await callbackUrl('okta'));
  await browser.visit(url);
  await browser.visit(url);
  const log = rig.log.join('');
  const secrets = [
    url.searchParams.get('code'),
    url.searchParams.get('state'),
    browser.cookie(ssoOrigin, sessionCookieName),
    'redirect_uri',
    'sig=',
    '?',
  ];
  for (const secret of secrets) expect(log).not.toContain(secret);
  expect(log).toContain('"user":"engineer@example.com"');
});
