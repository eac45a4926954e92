// Dashboards keep what is chosen in the address. A query of 2 800 characters was lost at the sign-in, without a word. What is
// longer than links and cookies carry was cut, and people stood before a page that was not the one of their link.
import { describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Visit } from '@latchkey/testing/browser';
import { signIn } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  upstreams: `
- {service: hello, default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}}
- {service: payroll, default: {from: payroll.elsewhere.test, to: '{{app}}', options: {allowed_email_domains: [example.com]}}}
`,
  authEnv: { AUTHORIZE_PROXY_DOMAINS: 'latchkey.localhost,elsewhere.test' },
});
const hosts = ['hello.latchkey.localhost', 'payroll.elsewhere.test'];
const incompressible = randomBytes(5_000).toString('base64url');
const at = (host: string, target: string) => `http://${host}:${the.stack.ports.proxy}${target}`;

function filters(length: number): string {
  let query = '?from=now-6h&to=now';
  for (let n = 0; query.length < length; n += 1) query += `&var-instance=web-${n}.eu-west-1.example.com`;
  return query;
}

test.each(hosts)('a query of 6 000 characters as people have them comes back: %s', async (host) => {
  const url = at(host, `/d/1${filters(6_000)}`);
  const visit = await signIn(the.browser(), url, 'engineer@example.com');
  expect([visit.status, visit.url]).toEqual([200, url]);
});

function linkIn({ body, url }: Visit, label: string): string {
  const href = new RegExp(`<a[^>]* href="([^"]*)"[^>]*>${label}<`).exec(body)?.[1];
  if (href === undefined) throw new Error(`no link ${label} at ${url}: ${body}`);
  return new URL(href.replaceAll('&amp;', '&'), url).href;
}

describe('what is too long to be kept', () => {
  test.each([
    ['a link', hosts[0], `?q=${'%20'.repeat(4_000)}`, 401, 'the URL is too long for a return address'],
    ['a link', hosts[1], `?q=${'%20'.repeat(4_000)}`, 401, 'the URL is too long for a return address'],
    ['a cookie', hosts[0], `?state=${incompressible}`, 200, 'the return address is too long for a cookie'],
    ['a cookie', hosts[1], `?state=${incompressible}`, 200, 'the return address is too long for a cookie'],
    ['a cookie', hosts[1], `${incompressible}/page`, 200, 'the return address is too long for a cookie'],
  ])('by %s is opened from the page that says so, once the person is signed in: %s', async (...row) => {
    const [, host = '', rest, status, detail] = row;
    const browser = the.browser();
    const url = at(host, `/d/1${rest}`);
    const page = await browser.visit(url);
    expect([page.status, page.body]).toEqual([status, expect.stringContaining('too long to be kept')]);
    expect(page.headers['set-cookie']).toBeUndefined();
    expect(the.stack.log).toContainEqual(expect.objectContaining({ detail }));

    const tab = await signIn(browser, linkIn(page, 'Sign in in a new tab'), 'engineer@example.com');
    expect([tab.status, tab.url]).toEqual([200, at(host, '/')]);
    const opened = await browser.visit(linkIn(page, 'Open the page that I asked for'));
    expect([opened.status, opened.url]).toEqual([200, url]);
  });

  // Auth has more to put into its cookie than the host has into its own.
  test('by the cookie of auth alone comes back in the new tab as well', async () => {
    const browser = the.browser();
    const url = at(hosts[1] ?? '', `/d/1?state=${incompressible.slice(0, 2_600)}`);
    const page = await browser.visit(url);
    expect(page.url).toMatch(/^http:\/\/sso\.latchkey\.localhost:\d+\/google\/sign_in\?/);
    const tab = await signIn(browser, linkIn(page, 'Sign in in a new tab'), 'engineer@example.com');
    expect([tab.status, tab.url]).toEqual([200, url]);
  });

  test('by a cookie is opened at once for those whom auth knows, where the shared cookie is read', async () => {
    const browser = await the.signedIn();
    const url = at(hosts[0] ?? '', `/d/1?state=${incompressible}`);
    const visit = await browser.visit(url);
    expect([visit.status, visit.url]).toEqual([200, url]);
  });
});
