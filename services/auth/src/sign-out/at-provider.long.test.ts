// Signing out at the provider, too (OpenID Connect RP-Initiated Logout 1.0), where the operator has chosen that.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Hop } from '@latchkey/testing/browser';
import { decodeJwt } from 'jose';
import { sessionCookieName, ssoOrigin, startRig, wiki } from '../../test/rig.ts';
import type { Rig } from '../../test/rig.ts';

const second = {
  PROVIDER_S_TYPE: 'oidc',
  PROVIDER_S_SLUG: 'second',
  PROVIDER_S_NAME: 'Second',
  PROVIDER_S_CLIENT_ID: 'latchkey',
  PROVIDER_S_CLIENT_SECRET: 'known to the provider',
};

let rig: Rig;
let browser: Browser;
beforeAll(async () => {
  rig = await startRig({
    providerTimeoutMs: 2_000,
    env: ({ issuer }) => ({
      PROVIDER_O_SIGN_OUT: 'offer',
      PROVIDER_S_SIGN_OUT: 'provider',
      PROVIDER_S_OIDC_ISSUER: issuer,
      ...second,
    }),
  });
});
afterAll(() => rig.close());
beforeEach(() => {
  rig.heal();
  browser = rig.browser();
});

const text = (html: string) => html.replaceAll('&amp;', '&');

async function signedOut(slug: string): Promise<Hop> {
  const page = await browser.visit(rig.signedUrl(`/${slug}/sign_out`, wiki));
  const fields = [...page.body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)];
  return browser.visit(`${ssoOrigin}/${slug}/sign_out`, {
    form: Object.fromEntries(fields.map(([, name = '', value = '']) => [name, text(value)])),
    headers: { 'sec-fetch-site': 'same-origin' },
  });
}

/** The link that leads to the provider's page for signing out. */
function wayOut({ body }: Hop): URL | undefined {
  const href = /href="(?<href>[^"]*\/end-session\?[^"]*)"/.exec(body)?.groups?.['href'];
  return href === undefined ? undefined : new URL(text(href));
}

/** Presses the button on the provider's page for signing out; where its browser is sent then. */
async function confirmed(page: Hop): Promise<string> {
  const xsrf = /name="xsrf" value="(?<xsrf>[^"]*)"/.exec(page.body)?.groups?.['xsrf'] ?? '';
  const action = /action="(?<action>[^"]*)"/.exec(page.body)?.groups?.['action'] ?? '';
  return (await browser.visit(action, { form: { xsrf, logout: 'yes' } })).location ?? '';
}

describe('a provider that may be signed out of', () => {
  test('is offered by a link that says whom it signs out, and nobody is sent there without asking', async () => {
    await rig.signIn(browser, 'engineer@example.com', { slug: 'okta' });
    const page = await signedOut('okta');
    expect(page.status).toBe(200);
    expect(page.headers['refresh']).toBeUndefined();
    expect(page.body).toContain('Sign out at Okta, too');
    const asked = wayOut(page);
    expect(asked?.href.split('?')[0]).toBe(rig.idp.endpoints.endSession);
    expect(Object.fromEntries(asked?.searchParams ?? [])).toEqual({
      client_id: 'latchkey',
      id_token_hint: expect.any(String),
      post_logout_redirect_uri: `${ssoOrigin}/okta/sign_out`,
      state: expect.stringMatching(/^[\w-]{22}$/),
    });
    expect(decodeJwt(asked?.searchParams.get('id_token_hint') ?? '')).toMatchObject({
      iss: rig.idp.issuer,
      aud: 'latchkey',
      sub: 'demo-2',
    });
  });

  test('forgets the person, and sends them back to the page that leads on to where they came from', async () => {
    await rig.signIn(browser, 'engineer@example.com', { slug: 'okta' });
    const page = await browser.visit(wayOut(await signedOut('okta'))?.href ?? '');
    const returned = await confirmed(page);
    expect(returned).toContain(`${ssoOrigin}/okta/sign_out?state=`);
    const back = await browser.visit(returned, { headers: { 'sec-fetch-site': 'cross-site' } });
    expect(back.body).toContain('Okta was asked to sign you out as well.');
    expect(text(back.body)).toContain(`/okta/start?redirect_uri=${encodeURIComponent(wiki)}`);
    const again = await browser.visit(rig.signInUrl(wiki, { slug: 'okta' }));
    const start = /href="(?<href>[^"]*\/start\?[^"]*)"/.exec(again.body)?.groups?.['href'] ?? '';
    const chooser = await browser.follow(await browser.visit(ssoOrigin + text(start)), ({ hostname }) =>
      hostname.startsWith('127.'),
    );
    expect(chooser.body).toContain('Choose an account');
  });

  test('is named to it where there is no ID token of the session any more', async () => {
    await rig.signIn(browser, 'engineer@example.com', { slug: 'okta' });
    const copy = browser.cookie(ssoOrigin, sessionCookieName) ?? '';
    await signedOut('okta');
    browser = rig.browser();
    browser.jar.setCookieSync(`${sessionCookieName}=${copy}; Secure`, ssoOrigin);
    const done = await browser.visit(`${ssoOrigin}/okta/sign_out`, {
      form: {},
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    expect(Object.fromEntries(wayOut(done)?.searchParams ?? [])).toMatchObject({
      client_id: 'latchkey',
      logout_hint: 'engineer@example.com',
    });
    expect(wayOut(done)?.searchParams.has('id_token_hint')).toBe(false);
  });

  test('keeps its ID token through a refresh', async () => {
    await rig.signIn(browser, 'engineer@example.com', { slug: 'okta' });
    rig.clock.now += 3_601_000;
    const token = browser.cookie(ssoOrigin, sessionCookieName) ?? '';
    expect((await rig.introspect({ token })).body['active']).toBe(true);
    expect(wayOut(await signedOut('okta'))?.searchParams.get('id_token_hint')).not.toBeNull();
  });
});

test('a browser goes at once to a provider that is always signed out of, and not by a redirect of the form', async () => {
  await rig.signIn(browser, 'engineer@example.com', { slug: 'second' });
  const page = await signedOut('second');
  expect(page.status).toBe(200);
  expect(page.headers['refresh']).toBe(`0; url=${wayOut(page)?.href}`);
  expect(page.headers['referrer-policy']).toBe('no-referrer');
  expect(page.headers['cache-control']).toBe('no-store');
});

test('nobody is led anywhere who was not signed in', async () => {
  const page = await signedOut('second');
  expect([page.headers['refresh'], wayOut(page)]).toEqual([undefined, undefined]);
});

test('a session of another provider in the same browser is signed out of at its own', async () => {
  await rig.signIn(browser, 'engineer@example.com', { slug: 'second' });
  const page = await signedOut('google');
  expect(wayOut(page)?.searchParams.get('post_logout_redirect_uri')).toBe(`${ssoOrigin}/second/sign_out`);
});

test('Google is not signed out of: it has no page for that', async () => {
  await rig.signIn(browser, 'engineer@example.com', { slug: 'google' });
  const page = await signedOut('google');
  expect(page.body).toContain('You are signed out');
  expect([page.headers['refresh'], wayOut(page)]).toEqual([undefined, undefined]);
});

describe('who comes back from a provider', () => {
  test.each([
    ['without the state of this browser', '?state=AAAAAAAAAAAAAAAAAAAAAA'],
    ['without any', ''],
    ['to the address of another provider', '/../../google/sign_out?state=AAAAAAAAAAAAAAAAAAAAAA'],
  ])('%s hears nothing of the provider, and is led back all the same', async (_how, query) => {
    await rig.signIn(browser, 'engineer@example.com', { slug: 'okta' });
    await signedOut('okta');
    const back = await browser.visit(`${ssoOrigin}/okta/sign_out${query}`);
    expect(back.status).toBe(200);
    expect(back.body).not.toContain('was asked to sign you out');
    expect(text(back.body)).toContain(encodeURIComponent(wiki));
  });

  test('and is signed in is asked, and loses nothing', async () => {
    await rig.signIn(browser, 'engineer@example.com', { slug: 'okta' });
    const back = await browser.visit(`${ssoOrigin}/okta/sign_out?state=x`);
    expect(back.body).toContain('Sign out of every application?');
    expect(browser.cookie(ssoOrigin, sessionCookieName)).toBeDefined();
  });
});

test('a person whose provider does not answer is signed out here, and the log says so', async () => {
  const alone = await startRig({ besides: rig, providerTimeoutMs: 2_000 });
  rig.idp.behaviour.faults.discovery = { answer: { status: 500, body: {} } };
  await rig.signIn(browser, 'engineer@example.com', { slug: 'second' });
  const token = browser.cookie(ssoOrigin, sessionCookieName) ?? '';
  const page = await alone.browser().visit(`${ssoOrigin}/second/sign_out`, {
    form: {},
    headers: { 'sec-fetch-site': 'same-origin', cookie: `${sessionCookieName}=${token}` },
  });
  expect([page.status, page.headers['refresh']]).toEqual([200, undefined]);
  expect((await alone.introspect({ token })).body).toEqual({ active: false });
  expect(alone.log.join('')).toContain('the address for signing out at the provider is not known');
  await alone.close();
});
