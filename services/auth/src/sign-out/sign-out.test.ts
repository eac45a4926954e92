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

const sameOrigin = { 'sec-fetch-site': 'same-origin' };
const token = () => browser.cookie(ssoOrigin, sessionCookieName) ?? '';

function fieldsOf(page: string): Record<string, string> {
  const inputs = page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
  return Object.fromEntries(
    [...inputs].map(([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')]),
  );
}

describe.each(slugs)('signing out of %s', (slug) => {
  const path = `/${slug}/sign_out`;
  beforeEach(async () => {
    await rig.signIn(browser, 'engineer@example.com', { slug });
  });

  test('asks first, and names the account and the application', async () => {
    const page = await browser.visit(rig.signedUrl(path, wiki));
    expect(page.status).toBe(200);
    expect(page.body).toContain('engineer@example.com');
    expect(page.body).toContain('wiki.corp.example.com');
    expect(token()).not.toBe('');
  });

  test('ends the session in the browser, everywhere else, and at the provider', async () => {
    const copy = token();
    const page = await browser.visit(rig.signedUrl(path, wiki));
    const done = await browser.visit(ssoOrigin + path, { form: fieldsOf(page.body), headers: sameOrigin });
    expect(done.status).toBe(200);
    expect(done.body).toContain('You are signed out');
    expect(done.body).toContain(`/${slug}/start?redirect_uri=`);
    expect(token()).toBe('');
    expect(done.setCookies).toContainEqual(
      `${sessionCookieName}=; Path=/; Max-Age=0; Domain=corp.example.com; HttpOnly; SameSite=Lax; Secure`,
    );
    expect((await rig.introspect({ token: copy })).body).toEqual({ active: false });
    expect(rig.idp.requests.revocation).toBe(1);
  });

  test('shows a page before the next sign-in, and only once', async () => {
    await browser.visit(ssoOrigin + path, { form: {}, headers: sameOrigin });
    const page = await browser.visit(rig.signInUrl(wiki, { slug }));
    expect(page.status).toBe(200);
    expect(page.body).toContain('Sign in to wiki.corp.example.com');
    const href = /href="(?<href>[^"]*\/start\?[^"]*)"/.exec(page.body)?.groups?.['href'] ?? '';
    const first = await browser.visit(ssoOrigin + href.replaceAll('&amp;', '&'));
    const back = await rig.chooseAccount(browser, first, 'engineer@example.com');
    expect(back.location).toBe(wiki);
    expect(browser.cookieNames()).not.toContain('__Host-latchkey_signed_out');
  });

  test.each<{ whose: string; headers: Record<string, string> }>([
    { whose: 'of another site', headers: { 'sec-fetch-site': 'cross-site' } },
    {
      whose: 'of a sibling host',
      headers: { 'sec-fetch-site': 'same-site', origin: 'https://wiki.corp.example.com' },
    },
    { whose: 'of another origin', headers: { origin: 'https://evil.example' } },
    { whose: 'of nobody known', headers: {} },
    { whose: 'of a hidden origin', headers: { origin: 'null' } },
  ])('is refused to a page $whose', async ({ headers }) => {
    const answer = await browser.visit(ssoOrigin + path, { form: {}, headers });
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('This came from another site');
    expect(token()).not.toBe('');
  });

  test('is taken from our own page also without Fetch Metadata', async () => {
    const answer = await browser.visit(ssoOrigin + path, { form: {}, headers: { origin: ssoOrigin } });
    expect(answer.status).toBe(200);
  });

  test('works although the question was open for an hour, and still leads back', async () => {
    const page = await browser.visit(rig.signedUrl(path, wiki));
    rig.clock.now += 3_600_000;
    const done = await browser.visit(ssoOrigin + path, { form: fieldsOf(page.body), headers: sameOrigin });
    expect(done.status).toBe(200);
    expect(token()).toBe('');
    expect(done.body).toContain(`/${slug}/start?redirect_uri=`);
  });

  test('leaves a forged way back out', async () => {
    const form = { redirect_uri: 'https://evil.example/', ts: '1', sig: 'x' };
    const done = await browser.visit(ssoOrigin + path, { form, headers: sameOrigin });
    expect(done.status).toBe(200);
    expect(done.body).not.toContain('evil.example');
  });

  test.each([{ hangUp: true }, { answer: { status: 500, body: {} } }])(
    'works where the provider does not take its grant back (%j)',
    async (fault) => {
      rig.idp.behaviour.faults.revocation = fault;
      const done = await browser.visit(ssoOrigin + path, { form: {}, headers: sameOrigin });
      expect(done.status).toBe(200);
      expect(token()).toBe('');
      expect(rig.log.join('')).toContain('the provider did not revoke the refresh token');
    },
  );
});

test('who is not signed in hears that at once', async () => {
  const page = await browser.visit(rig.signedUrl('/google/sign_out', wiki));
  expect(page.status).toBe(200);
  expect(page.body).toContain('You are signed out');
});
