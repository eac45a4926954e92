import { describe, expect, test } from '@jest/globals';
import { valuesOf } from '../fixtures/recorder.ts';
import { pressAccount, signIn } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const types = ['google', 'okta', 'cognito', 'oidc'] as const;

describe.each(types)('with a provider of type %s', (providerType) => {
  const the = useStack({ providerType });

  test('a person signs in once and walks from application to application', async () => {
    const browser = the.browser();
    const atProvider = await browser.visit(the.stack.url('hello', '/d/1?x=2&y=%2Fz'));
    expect(atProvider.hops.map((hop) => new URL(hop.url).pathname)).toEqual([
      '/d/1',
      '/google/sign_in',
      expect.stringMatching(/authori[sz]e|auth/),
      expect.stringContaining('/sign-in/'),
    ]);

    const arrived = await pressAccount(browser, atProvider, 'engineer@example.com');
    expect(arrived.status).toBe(200);
    expect(arrived.url).toBe(the.stack.url('hello', '/d/1?x=2&y=%2Fz'));
    expect(arrived.hops.at(-2)?.url).toContain('/google/callback?');

    const next = await browser.visit(the.stack.url('wiki', '/pages?all'));
    expect(next.status).toBe(200);
    expect(next.hops).toHaveLength(1);
    const [, entry = { rawHeaders: [] }] = the.stack.app.received;
    expect(valuesOf(entry, 'X-Forwarded-User')).toEqual(['engineer']);
    expect(valuesOf(entry, 'X-Forwarded-Email')).toEqual(['engineer@example.com']);
    expect(valuesOf(entry, 'X-Forwarded-Groups')).toEqual(['engineering@example.com']);
  });

  test('a person whom no rule lets in sees which rule, and who they are signed in as', async () => {
    const browser = await the.signedIn('engineer@example.com');
    const refused = await browser.visit(the.stack.url('vault'));
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('engineer@example.com');
    expect(refused.body).toContain('allowed_groups: security@example.com');
    expect(the.stack.app.received).toEqual([]);
  });

  test('an account of another domain is refused at sign-in', async () => {
    const visit = await signIn(the.browser(), the.stack.url('hello'), 'guest@elsewhere.test');
    expect(visit.status).toBe(403);
    expect(visit.body).toContain('guest@elsewhere.test');
    expect(the.stack.app.received).toEqual([]);
  });

  test('two tabs that sign in at once both arrive where they were going', async () => {
    const browser = the.browser();
    const first = await browser.visit(the.stack.url('hello', '/first'));
    const second = await browser.visit(the.stack.url('wiki', '/second'));
    expect((await pressAccount(browser, first, 'engineer@example.com')).url).toBe(
      the.stack.url('hello', '/first'),
    );
    expect((await pressAccount(browser, second, 'engineer@example.com')).url).toBe(
      the.stack.url('wiki', '/second'),
    );
  });

  test('signing out ends the session on every host and at the provider', async () => {
    const browser = await the.signedIn();
    const stolen = await browser.jar.getCookieString(the.stack.url('wiki'));
    expect((await browser.visit(the.stack.url('wiki'))).status).toBe(200);

    const confirm = await browser.visit(the.stack.url('hello', '/oauth2/sign_out'));
    expect(confirm.status).toBe(200);
    expect(confirm.body).toContain('engineer@example.com');
    const revocations = the.stack.idp.requests.revocation;
    const done = await pressSignOut(browser, confirm);
    expect(done.status).toBe(200);
    expect(the.stack.idp.requests.revocation).toBe(revocations + 1);

    for (const host of ['hello', 'wiki', 'vault']) {
      const answer = await browser.fetch(the.stack.url(host));
      expect([host, answer.status]).toEqual([host, 401]);
    }
    // The next visit shows a page first: the provider would sign the person in again without a word.
    const visit = await browser.visit(the.stack.url('hello'));
    expect(visit.url).toContain('/google/sign_in');
    expect(visit.status).toBe(200);

    // A copy of the cookie is of no use once auth is asked again; a task that never saw it asks at once.
    const introspection = await the.browser().fetch(the.stack.authUrl('/oauth2/introspect'), {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`proxy:${the.stack.serviceSecret}`).toString('base64')}`,
      },
      body: new URLSearchParams({ token: stolen.split('=').slice(1).join('=') }).toString(),
    });
    expect(JSON.parse(introspection.body)).toEqual({ active: false });
  });
});

async function pressSignOut(
  browser: ReturnType<ReturnType<typeof useStack>['browser']>,
  page: { body: string; url: string },
) {
  const form = /<form[^>]*action="([^"]*)"[\s\S]*?<\/form>/.exec(page.body);
  const fields = new URLSearchParams();
  for (const [, name = '', value = ''] of (form?.[0] ?? '').matchAll(/name="([^"]*)" value="([^"]*)"/g)) {
    fields.append(name, value.replaceAll('&amp;', '&'));
  }
  return browser.visit(new URL((form?.[1] ?? '').replaceAll('&amp;', '&'), page.url).href, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
      origin: new URL(page.url).origin,
    },
    body: fields.toString(),
  });
}
