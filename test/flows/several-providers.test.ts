// An application for the people of two providers: `provider_slug` is a list.
import { expect, test } from '@jest/globals';
import type { Browser, Visit } from '@latchkey/testing/browser';
import { valuesOf } from '../fixtures/recorder.ts';
import { pressAccount, signOut } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const options = (providers: string) =>
  `options: {allowed_email_domains: [example.com], provider_slug: ${providers}}`;
const the = useStack({
  secondSlug: 'partners',
  authEnv: { AUTHORIZE_PROXY_DOMAINS: 'latchkey.localhost,elsewhere.test' },
  upstreams: `
- {service: both, default: {from: both.latchkey.localhost, to: '{{app}}', ${options('[google, partners]')}}}
- {service: apart, default: {from: both.elsewhere.test, to: '{{app}}', ${options('[google, partners]')}}}
- {service: one, default: {from: hello.latchkey.localhost, to: '{{app}}', ${options('google')}}}
- {service: other, default: {from: other.latchkey.localhost, to: '{{app}}', ${options('partners')}}}
- {service: half, default: {from: half.latchkey.localhost, to: '{{app}}', ${options('[google, missing]')}}}
- {service: closed, default: {from: closed.latchkey.localhost, to: '{{app}}', options: {allowed_groups: [nobody], provider_slug: [google, partners]}}}
`,
});
const engineer = 'engineer@example.com';
const apart = (target: string) => `http://both.elsewhere.test:${the.stack.ports.proxy}${target}`;

// Where the buttons of a page of auth lead, by the provider in their path.
function choices({ url, body }: Visit): Map<string, string> {
  const hrefs = [...body.matchAll(/href="(\/[^"/]+\/start[^"]*)"/g)].map(([, href = '']) =>
    new URL(href.replaceAll('&amp;', '&'), url).toString(),
  );
  return new Map(hrefs.map((href) => [new URL(href).pathname.split('/')[1] ?? '', href]));
}

async function choose(browser: Browser, page: Visit, slug: string): Promise<Visit> {
  const headers = { 'sec-fetch-site': 'same-origin' };
  const atProvider = await browser.visit(choices(page).get(slug) ?? '', { headers });
  return atProvider.url.startsWith(the.stack.idp.issuer)
    ? pressAccount(browser, atProvider, engineer)
    : atProvider;
}

test.each([
  ['with the first', 'google', () => the.stack.url('both', '/d/1?x=2&y=%2F')],
  ['with the other', 'partners', () => the.stack.url('both', '/d/1?x=2&y=%2F')],
  ['with the first, at a host with a session of its own', 'google', () => apart('/d/1?x=2')],
  ['with the other, at a host with a session of its own', 'partners', () => apart('/d/1?x=2')],
])('a visitor chooses among the providers and arrives %s', async (_, slug, address) => {
  const browser = the.browser();
  const page = await browser.visit(address());
  expect([page.status, [...choices(page).keys()]]).toEqual([200, ['google', 'partners']]);
  const arrived = await choose(browser, page, slug);
  expect([arrived.status, arrived.url]).toEqual([200, address()]);
  expect(valuesOf(the.stack.app.received[0] ?? { rawHeaders: [] }, 'x-forwarded-email')).toEqual([engineer]);
  const me = await browser.fetch(new URL('/oauth2/me', address()).href);
  expect(JSON.parse(me.body)).toMatchObject({ provider: slug });
});

test.each([
  ['the first', 'hello'],
  ['the other', 'other'],
])('who is signed in with %s is not asked', async (_, host) => {
  const browser = await the.signedIn(engineer, the.stack.url(host));
  const { status, hops } = await browser.visit(the.stack.url('both'));
  expect([status, hops.length]).toEqual([200, 1]);
  expect((await browser.visit(apart('/x'))).url).toBe(apart('/x'));
});

test('a session of a provider that is not listed is led to the one that is', async () => {
  const browser = await the.signedIn(engineer, the.stack.url('other'));
  const { status, location = '' } = await browser.visit(the.stack.url('hello'), { follow: false });
  expect([status, new URL(location).pathname]).toEqual([302, '/google/sign_in']);
});

test('there is no choice where auth has only one of them', async () => {
  const visit = await the.browser().visit(the.stack.url('half'));
  expect(visit.url).toContain(the.stack.idp.issuer);
});

test('a program gets the address where a person could choose', async () => {
  const { status, body } = await the.browser().fetch(the.stack.url('both'));
  const { sign_in_url: url } = JSON.parse(body) as { sign_in_url: string };
  expect([status, [...choices(await the.browser().visit(url)).keys()]]).toEqual([
    401,
    ['google', 'partners'],
  ]);
});

test('who is refused may choose anew, and then an account', async () => {
  const browser = await the.signedIn();
  const refused = await browser.visit(the.stack.url('closed', '/x'));
  const [, href = ''] = /href="([^"]+)">Sign in as somebody else/.exec(refused.body) ?? [];
  const page = await browser.visit(href.replaceAll('&amp;', '&'));
  expect([refused.status, [...choices(page).keys()]]).toEqual([403, ['google', 'partners']]);
  expect(choices(page).get('partners')).toContain('prompt=select_account');
});

test('who has signed out is asked, and chooses anew', async () => {
  const browser = await the.signedIn(engineer, the.stack.url('other'));
  await signOut(browser, the.stack);
  const page = await browser.visit(the.stack.url('both'));
  expect(page.body).toContain('You are signed out');
  expect([...choices(page).keys()]).toEqual(['google', 'partners']);
});

test('the way to sign in again that sign-out gives leads to the choice', async () => {
  const browser = await the.signedIn(engineer, the.stack.url('other'));
  await browser.visit(the.stack.url('both'));
  const { location = '' } = await browser.visit(the.stack.url('both', '/oauth2/sign_out'), { follow: false });
  await signOut(browser, the.stack);
  const page = await browser.visit(location);
  const [, href = ''] = /href="(\/[^"]+\/start[^"]*)"/.exec(page.body) ?? [];
  const again = await browser.visit(new URL(href.replaceAll('&amp;', '&'), page.url));
  expect([...choices(again).keys()]).toEqual(['google', 'partners']);
});

test.each<[string, (query: URLSearchParams) => void]>([
  ['one is added', (query) => query.set('providers', 'google partners missing')],
  ['one is taken out', (query) => query.set('providers', 'partners')],
  ['they are taken out', (query) => query.delete('providers')],
])('a link is not valid once %s', async (_, change) => {
  const { location = '' } = await the.browser().visit(the.stack.url('both'), { follow: false });
  const url = new URL(location);
  change(url.searchParams);
  const answer = await the.browser().visit(url);
  expect(answer.status).toBe(400);
  expect(answer.body).toContain('This sign-in link is not valid');
});
