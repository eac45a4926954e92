import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { cookieValues, deriveKeys, openSession, refuseReturnAddress } from '@latchkey/session';
import type { Browser } from '@latchkey/testing/browser';
import { client, sessionCookieName, slugs, ssoOrigin, startRig, wiki } from '../../test/rig.ts';
import type { Rig } from '../../test/rig.ts';

let rig: Rig;
let browser: Browser;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());
beforeEach(() => {
  browser = rig.browser();
});

describe.each(slugs)('signing in with %s', (slug) => {
  test('leads to the provider with state and PKCE, and back to the full address', async () => {
    const first = await browser.visit(rig.signInUrl(wiki, { slug }));
    expect(first.status).toBe(302);
    const toProvider = new URL(first.location ?? '');
    expect(toProvider.origin).toBe(rig.idp.issuer);
    expect(toProvider.searchParams.get('code_challenge_method')).toBe('S256');
    expect(toProvider.searchParams.get('state')).toMatch(/^[\w-]{43}$/);

    const back = await rig.chooseAccount(browser, first, 'engineer@example.com');
    expect(back.status).toBe(302);
    expect(back.headers['location']).toBe(wiki);
    expect(back.headers['cache-control']).toBe('no-store');
  });

  test('gives a session cookie for the whole domain, small and locked up', async () => {
    const back = await rig.signIn(browser, 'engineer@example.com', { slug });
    const line = back.setCookies.find((one) => one.startsWith(`${sessionCookieName}=`)) ?? '';
    expect(line.split('; ').slice(1)).toEqual([
      'Path=/',
      'Max-Age=604800',
      'Domain=corp.example.com',
      'HttpOnly',
      'SameSite=Lax',
      'Secure',
    ]);
    const [value = ''] = cookieValues(line.split(';')[0], sessionCookieName);
    expect(value.length).toBeLessThan(2048);

    const session = await openSession(value, deriveKeys(rig.settings.session.cookie.secrets, 'session'));
    expect(session).toMatchObject({
      sub: 'demo-2',
      email: 'engineer@example.com',
      user: 'engineer',
      name: 'Emil Engineer',
      idp: slug,
      aud: 'corp.example.com',
      iat: Math.floor(rig.clock.now / 1000),
    });
    expect(JSON.stringify(session)).not.toContain('engineering@');
  });

  test('goes straight back, without the provider, where there is a session already', async () => {
    await rig.signIn(browser, 'engineer@example.com', { slug });
    const again = await browser.visit(rig.signInUrl('https://vault.corp.example.com/', { slug }));
    expect(again.location).toBe('https://vault.corp.example.com/');
    expect(again.setCookies.filter((line) => line.includes('attempt'))).toEqual([]);
  });

  test('finds the session also behind another cookie of the same name', async () => {
    await rig.signIn(browser, 'engineer@example.com', { slug });
    const value = browser.cookie(ssoOrigin, sessionCookieName) ?? '';
    const cookie = `${sessionCookieName}=rubbish; ${sessionCookieName}=${value}`;
    const again = await rig.browser().visit(rig.signInUrl(wiki, { slug }), { headers: { cookie } });
    expect(again.location).toBe(wiki);
  });
});

describe('who asks for a sign-in', () => {
  test('takes the other provider where the session is not of the one that is asked for', async () => {
    await rig.signIn(browser, 'engineer@example.com', { slug: 'google' });
    const other = await browser.visit(rig.signInUrl(wiki, { slug: 'okta' }));
    expect(new URL(other.location ?? '').origin).toBe(rig.idp.issuer);
  });

  test.each<{ flaw: string; change: (url: URL) => void }>([
    { flaw: 'another client', change: (url) => url.searchParams.set('client_id', 'somebody') },
    { flaw: 'no client', change: (url) => url.searchParams.delete('client_id') },
    { flaw: 'no signature', change: (url) => url.searchParams.delete('sig') },
    {
      flaw: 'another address',
      change: (url) => url.searchParams.set('redirect_uri', 'https://evil.example/'),
    },
    { flaw: 'another time', change: (url) => url.searchParams.set('ts', '1') },
  ])('is refused with $flaw', async ({ change }) => {
    const url = new URL(rig.signInUrl());
    change(url);
    const answer = await browser.visit(url);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('This sign-in link is not valid');
    expect(answer.setCookies).toEqual([]);
  });

  test('is refused where a parameter is there twice', async () => {
    const url = new URL(rig.signInUrl());
    url.searchParams.append('redirect_uri', 'https://evil.example/');
    expect((await browser.visit(url)).status).toBe(400);
  });

  test.each([
    'https://evil.example/',
    'https://evilcorp.example.com.evil.test/',
    'http://wiki.corp.example.com/',
  ])('is refused for %s, although it is signed', async (target) => {
    expect((await browser.visit(rig.signInUrl(target))).status).toBe(400);
  });

  test('for a host that never gets the shared cookie is sent to where a sign-in by code begins', async () => {
    const target = 'https://wiki.other.example.com/d/1?x=2';
    const back = await rig.signIn(browser, 'engineer@example.com', { target });
    const start = new URL(back.location ?? '');
    expect(start.origin + start.pathname).toBe('https://wiki.other.example.com/oauth2/sign_in');
    const signed = Object.fromEntries(start.searchParams);
    expect(signed['redirect_uri']).toBe(target);
    const [key] = deriveKeys([client.secret], 'return address');
    expect(refuseReturnAddress(signed, [key], rig.clock.now)).toBeUndefined();
  });

  test('is led to the application where the link is genuine and only too old', async () => {
    const url = rig.signInUrl();
    rig.clock.now += 6 * 60_000;
    const answer = await browser.visit(url);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain(`href="${wiki.replace('&', '&amp;')}"`);
  });
});

describe('time', () => {
  test('spent at the provider does not count against the link', async () => {
    const first = await browser.visit(rig.signInUrl());
    rig.clock.now += 14 * 60_000;
    const back = await rig.chooseAccount(browser, first, 'engineer@example.com');
    expect(back.location).toBe(wiki);
  });

  test('ends a session when its life is over', async () => {
    await rig.signIn(browser, 'engineer@example.com');
    rig.clock.now += 720 * 3_600_000 + 1000;
    const again = await browser.visit(rig.signInUrl());
    expect(new URL(again.location ?? '').origin).toBe(rig.idp.issuer);
  });
});

describe('a sign-in without an application', () => {
  test('ends at the front page, which then knows who is there', async () => {
    const front = await browser.visit(`${ssoOrigin}/`);
    expect(front.body).toContain('Continue with Okta');
    const first = await browser.visit(`${ssoOrigin}/okta/start`);
    const end = await rig.chooseAccount(browser, first, 'engineer@example.com');
    expect(end.url).toBe(`${ssoOrigin}/`);
    expect(end.body).toContain('engineer@example.com');
  });

  test('can ask the provider for a choice of accounts', async () => {
    for (const slug of slugs) {
      const first = await browser.visit(`${ssoOrigin}/${slug}/start?prompt=select_account`);
      expect(new URL(first.location ?? '').searchParams.get('prompt')).toContain('select_account');
    }
  });
});

async function hintIn(url: string): Promise<string | null> {
  return new URL((await browser.visit(url)).location ?? '').searchParams.get('login_hint');
}

describe.each(slugs)('the provider %s', (slug) => {
  const other = slugs.find((one) => one !== slug) ?? '';

  test('gets a hint whom to expect where a session is over, and where it is not enough', async () => {
    await rig.signIn(browser, 'engineer@example.com', { slug });
    rig.clock.now += 3_600_000;
    expect(await hintIn(`${rig.signInUrl(wiki, { slug })}&max_age=60`)).toBe('engineer@example.com');
    rig.clock.now += 720 * 3_600_000;
    expect(await hintIn(rig.signInUrl(wiki, { slug }))).toBe('engineer@example.com');
  });

  test('gets no hint where nobody is known, or somebody else is wanted', async () => {
    expect(await hintIn(rig.signInUrl(wiki, { slug }))).toBeNull();
    await rig.signIn(browser, 'engineer@example.com', { slug });
    expect(await hintIn(`${ssoOrigin}/${slug}/start?prompt=select_account`)).toBeNull();
    // Who that is at one provider is nothing to another.
    expect(await hintIn(`${ssoOrigin}/${other}/start`)).toBeNull();
    browser.forget(() => true);
    await browser.jar.setCookie(`${sessionCookieName}=forged; Secure; Path=/`, ssoOrigin);
    expect(await hintIn(`${ssoOrigin}/${slug}/start`)).toBeNull();
  });
});
