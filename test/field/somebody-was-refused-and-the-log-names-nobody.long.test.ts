// Auth refused an account and showed it on the page, and the log had nothing but a code: the one who was asked for help could
// not find the person. With LOGGING_ENABLE=false there was no line at all, nor for an error of ours.
import { expect, test } from '@jest/globals';
import { freePort } from '@latchkey/testing/ports';
import { pressAccount } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';
import type { StackInUse } from '../fixtures/use-stack.ts';

const down = await freePort();
const quiet = { LOGGING_ENABLE: 'false' };
const upstreams = `
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
- service: wiki
  default: {from: wiki.latchkey.localhost, to: '{{app}}', options: {allowed_groups: [engineering@example.com]}}
- service: down
  default: {from: down.latchkey.localhost, to: '127.0.0.1:${down}', options: {allowed_email_domains: [example.com]}}
`;
let later = 0;
const now = () => Date.now() + later;
const the = useStack({ upstreams, authEnv: quiet, proxyEnv: quiet, now });
const hosted = useStack({ upstreams, authEnv: { ...quiet, PROVIDER_DEV_GOOGLE_DOMAIN: 'corp.example' } });

/** Signs in as somebody who is refused; gives the reference on the page. */
async function refused(use: StackInUse, email: string): Promise<string> {
  const browser = use.browser();
  const page = await pressAccount(browser, await browser.visit(use.stack.url('hello')), email);
  expect([page.status, page.body]).toEqual([403, expect.stringContaining(email)]);
  return referenceOn(page.body);
}

function referenceOn(page: string): string {
  return /Reference: <code>(?<id>[^<]+)</.exec(page)?.groups?.['id'] ?? 'no reference';
}

test('an account that may not sign in leaves its name, its application and the reference', async () => {
  const id = await refused(the, 'guest@elsewhere.test');
  const application = expect.stringContaining('hello.latchkey.localhost');
  expect(the.stack.log.filter((line) => line['id'] === id)).toEqual([
    expect.objectContaining({
      audit: 'denied',
      level: 'warn',
      service: 'auth',
      user: 'guest@elsewhere.test',
      reason: 'account_refused',
      application,
    }),
  ]);
});

test('an account whose address is not verified leaves them, too', async () => {
  the.stack.idp.behaviour.unverifiedEmail = true;
  const id = await refused(the, 'engineer@example.com');
  the.stack.idp.behaviour.unverifiedEmail = false;
  expect(the.stack.log.find((line) => line['id'] === id)).toMatchObject({
    audit: 'denied',
    user: 'engineer@example.com',
    reason: 'email_unverified',
  });
});

test('an account outside the hosted domain leaves them, and the page says whom it is about', async () => {
  const id = await refused(hosted, 'engineer@example.com');
  const lines = hosted.stack.log.filter((line) => line['id'] === id);
  expect(lines).toEqual([expect.objectContaining({ audit: 'denied', user: 'engineer@example.com' })]);
});

test('a caller with wrong credentials leaves a line', async () => {
  const { stack } = the;
  const answer = await the.browser().fetch(stack.authUrl('/oauth2/introspect'), { method: 'POST' });
  const { request_id: id } = JSON.parse(answer.body);
  expect(stack.log.find((line) => line['id'] === id)).toMatchObject({
    msg: 'request',
    error: 'client_refused',
  });
});

test('an application that is away leaves a line, with who met it', async () => {
  const browser = await the.signedIn();
  const page = await browser.visit(the.stack.url('down'));
  expect(page.status).toBe(502);
  expect(the.stack.log.find(({ id }) => id === referenceOn(page.body))).toMatchObject({
    msg: 'request',
    error: 'upstream_unreachable',
    user: 'engineer@example.com',
    route: 'down',
  });
});

test('what went well leaves none, and nor does a program that is not signed in', async () => {
  const browser = await the.signedIn();
  const before = the.stack.log.length;
  await browser.fetch(the.stack.url('hello'));
  await the.browser().fetch(the.stack.url('hello'));
  expect(the.stack.log.slice(before).filter(({ msg }) => msg === 'request')).toEqual([]);
});

test('a session that cannot be checked leaves the name of its person', async () => {
  const browser = await the.signedIn();
  await the.stack.auth.stop();
  later = 4 * 3_600_000;
  const page = await browser.visit(the.stack.url('hello'));
  expect(page.status).toBe(503);
  expect(the.stack.log.find(({ id }) => id === referenceOn(page.body))).toMatchObject({
    error: 'session_unverified',
    user: 'engineer@example.com',
  });
});
