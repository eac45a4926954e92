// `/oauth2/apps` listed on every host all that a person may open, so the script of any one application could read it: by
// `fetch`, in a frame, or in a window that it opens on its own origin.
import { expect, test } from '@jest/globals';
import { signIn } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  upstreams: `
defaults:
  allowed_email_domains: [example.com]
services:
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}'}
- service: payroll
  default: {from: payroll.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [], allowed_groups: [security@example.com]}}
- service: okta
  default: {from: okta.latchkey.localhost, to: '{{app}}', options: {provider_slug: okta}}
- service: apps
  default: {type: launcher, from: apps.latchkey.localhost}
`,
});

const list = () => the.stack.url('apps', '/oauth2/apps');

test.each([
  ['a script', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin' }],
  ['a frame', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'same-origin' }],
  ['an API client', { 'sec-fetch-mode': '', accept: 'application/json' }],
])("an application's host has no list for %s", async (_, headers) => {
  const browser = await the.signedIn();
  const answer = await browser.fetch(the.stack.url('hello', '/oauth2/apps'), { headers });
  expect(answer.status).toBe(404);
  expect(answer.body).not.toMatch(/payroll|hello/);
});

test('a person who goes there is led to the launcher, whose origin has no script but ours', async () => {
  const browser = await the.signedIn();
  const page = await browser.visit(the.stack.url('hello', '/oauth2/apps'));
  expect(page.hops.map(({ url, status }) => [url, status])).toEqual([
    [the.stack.url('hello', '/oauth2/apps'), 302],
    [list(), 200],
  ]);
  expect(page.hops[0]?.body).toBe('');
  expect(page.body).toContain(the.stack.url('hello'));
});

test('who is refused is shown the way there', async () => {
  const browser = await the.signedIn();
  const page = await browser.visit(the.stack.url('payroll'));
  expect(page.status).toBe(403);
  expect(page.body).toContain(`href="${list()}"`);
});

test('where no launcher has the same provider there is no way, and no dead end', async () => {
  const browser = await the.signedIn();
  expect((await browser.visit(the.stack.url('okta', '/oauth2/apps'))).status).toBe(404);
});

test.each(['same-site', 'cross-site'])('a %s page gets nothing from the launcher itself', async (site) => {
  const browser = await the.signedIn();
  for (const target of ['/oauth2/apps', '/', '/anything']) {
    const answer = await browser.fetch(the.stack.url('apps', target), {
      headers: { 'sec-fetch-site': site, accept: 'application/json' },
    });
    expect([target, answer.status]).toEqual([target, 403]);
    expect(answer.body).not.toMatch(/payroll|hello/);
  }
});

test('a stranger signs in on the way', async () => {
  const visit = await signIn(the.browser(), the.stack.url('hello', '/oauth2/apps'), 'engineer@example.com');
  expect([visit.url, visit.status]).toEqual([list(), 200]);
});
