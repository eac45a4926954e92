// A page of a sibling host, which is same-site and so sends every cookie along, ends the session of another host with
// `<img src="//a.corp/oauth2/sign_out">`, undoes a sign-out with `<img src="//sso/google/start">` and pushes out sign-ins
// under way. A frame, a script or a page that is fetched ahead does as well.
import { describe, expect, test } from '@jest/globals';
import { ownPaths } from '@latchkey/contract';
import type { Browser } from '@latchkey/testing/browser';
import { pressAccount, signIn } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const engineer = 'engineer@example.com';
const the = useStack({
  upstreams: `
- {service: hello, default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}}
- {service: payroll, default: {from: payroll.elsewhere.test, to: '{{app}}', options: {allowed_email_domains: [example.com]}}}
`,
  authEnv: { AUTHORIZE_PROXY_DOMAINS: 'latchkey.localhost,elsewhere.test' },
});
const payroll = (target = '/') => `http://payroll.elsewhere.test:${the.stack.ports.proxy}${target}`;

// Goes where redirects lead, up to the address that is looked for, and not there.
async function upTo(browser: Browser, from: string, wanted: string): Promise<string> {
  for (let url = from; ;) {
    const { headers } = await browser.visit(url, { follow: false });
    url = new URL(String(headers['location']), url).href;
    if (url.startsWith(wanted)) return url;
  }
}

async function providerCallback(browser: Browser): Promise<string> {
  const page = await browser.visit(the.stack.url('hello'));
  const { url, headers } = await pressAccount(browser, page, engineer, { follow: false });
  const next = new URL(String(headers['location']), url).href;
  return upTo(browser, next, the.stack.authUrl('/google/callback'));
}

async function codeCallback(browser: Browser): Promise<string> {
  await signIn(browser, the.stack.url('hello'), engineer);
  return upTo(browser, payroll(), payroll('/oauth2/callback'));
}

async function signedInAt(browser: Browser, url: string): Promise<Browser> {
  await signIn(browser, url, engineer);
  return browser;
}

// Every address of both services whose GET changes something: sets or ends a cookie, or uses up a code.
const changing: [what: string, find: (browser: Browser) => Promise<string>][] = [
  [
    'auth /google/sign_in, which begins an attempt',
    (browser) => upTo(browser, the.stack.url('hello'), the.stack.authUrl('/google/sign_in')),
  ],
  [
    'auth /google/sign_in, which hands a session over',
    async (browser) =>
      upTo(
        await signedInAt(browser, the.stack.url('hello')),
        payroll(),
        the.stack.authUrl('/google/sign_in'),
      ),
  ],
  ['auth /google/start, which undoes a sign-out', async () => the.stack.authUrl('/google/start')],
  ['auth /google/callback, which uses up a code of the provider', providerCallback],
  ['proxy /oauth2/sign_in, which begins an attempt', async () => payroll('/oauth2/sign_in')],
  ['proxy /oauth2/callback, which uses up a code of auth', codeCallback],
  [
    'proxy /oauth2/sign_out, which ends the session of the host',
    async (browser) => {
      await signIn(browser, payroll(), engineer);
      return payroll('/oauth2/sign_out');
    },
  ],
];

// As Chromium sends them.
const sent = (mode: string, dest: string, site: string, more = {}) => ({
  'sec-fetch-mode': mode,
  'sec-fetch-dest': dest,
  'sec-fetch-site': site,
  ...more,
});
const html = { accept: 'text/html' };
const shapes: [what: string, headers: Record<string, string>][] = [
  ['an image of a sibling page', sent('no-cors', 'image', 'same-site')],
  ['an image of another site', sent('no-cors', 'image', 'cross-site')],
  ['a script of a sibling page', sent('no-cors', 'script', 'same-site')],
  ['a fetch of a sibling page', sent('cors', 'empty', 'same-site', html)],
  ['a frame in a sibling page', sent('navigate', 'iframe', 'same-site', html)],
  ['an object in a sibling page', sent('navigate', 'object', 'same-site', html)],
  // Speculation rules of a sibling page: nothing else tells it from a person who has typed the address.
  ['a page fetched ahead', sent('navigate', 'document', 'none', { ...html, 'sec-purpose': 'prefetch' })],
  [
    'a page rendered ahead',
    sent('navigate', 'document', 'same-origin', { ...html, 'sec-purpose': 'prefetch;prerender' }),
  ],
];

describe.each(changing)('%s', (_, find) => {
  test('takes no notice of what is no visit, and goes on for the visit itself', async () => {
    const browser = the.browser();
    const url = await find(browser);
    for (const [shape, headers] of shapes) {
      const answer = await browser.fetch(url, { headers });
      const { 'set-cookie': cookies, location } = answer.headers;
      // Where a code is in the address, the answer leads away from it.
      const refusal = url.includes('/oauth2/callback?') ? [302, '/oauth2/callback'] : [403, undefined];
      expect([shape, cookies, answer.status, location]).toEqual([shape, undefined, ...refusal]);
    }
    const visit = await browser.visit(url, { follow: false });
    expect(visit.status).toBe(302);
    expect(visit.headers['set-cookie']).toBeDefined();
  });
});

test('no other address of ours changes anything', async () => {
  const browser = await signedInAt(the.browser(), payroll());
  const changes = new Set(['/oauth2/sign_in', '/oauth2/callback', '/oauth2/sign_out']);
  const others = [...ownPaths].filter((path) => !changes.has(path)).map((path) => payroll(path));
  for (const url of [...others, the.stack.authUrl('/'), the.stack.authUrl('/google/sign_out')]) {
    const { headers } = await browser.visit(url, { follow: false });
    expect([url, headers['set-cookie']]).toEqual([url, undefined]);
  }
});

test("an application's own page may sign its person out by a script or a form", async () => {
  for (const method of ['GET', 'POST']) {
    const browser = await signedInAt(the.browser(), payroll());
    const answer = await browser.fetch(payroll('/oauth2/sign_out'), {
      method,
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    expect(answer.status).toBe(302);
    expect((await browser.fetch(payroll())).status).toBe(401);
  }
});

test('a form that a sibling page sends signs nobody out', async () => {
  const browser = await signedInAt(the.browser(), payroll());
  const answer = await browser.visit(payroll('/oauth2/sign_out'), {
    method: 'POST',
    headers: { 'sec-fetch-site': 'same-site', origin: the.stack.url('hello') },
  });
  expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined]);
  expect((await browser.fetch(payroll())).status).toBe(200);
});
