// Invariant 9: no secret, token, code or state in a log line or an error page.
import { expect, test } from '@jest/globals';
import { pressAccount } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack();

test('a sign-in, a refusal, an error and a sign-out leave nothing in the log that opens a door', async () => {
  const browser = the.browser();
  const atProvider = await browser.visit(the.stack.url('hello', '/page?token=in-the-query'));
  const arrived = await pressAccount(browser, atProvider, 'engineer@example.com');
  expect(arrived.status).toBe(200);
  await browser.visit(the.stack.url('vault', '/secret?token=in-the-query'));
  const pages = [
    await browser.visit(the.stack.authUrl('/google/callback?code=stray-code&state=stray-state')),
    await browser.visit(the.stack.authUrl('/google/callback?code=stray-code&state=stray-state'), {
      headers: { cookie: 'latchkey_attempt_x=stray-attempt' },
    }),
    await the.browser().fetch(the.stack.url('hello', '/x?token=in-the-query'), {
      headers: { cookie: '_sso_proxy=stray-cookie', authorization: 'Bearer stray-bearer' },
    }),
  ];
  await browser.visit(the.stack.url('hello', '/oauth2/sign_out'));

  const urls = [...atProvider.hops, ...arrived.hops].map((hop) => new URL(hop.url));
  const secrets = [
    'in-the-query',
    'stray-',
    'a secret of the provider',
    the.stack.serviceSecret,
    ...urls.flatMap(({ searchParams }) =>
      ['code', 'state', 'sig', 'code_challenge', 'nonce'].flatMap((name) => searchParams.getAll(name)),
    ),
    ...(await browser.jar.getCookies(the.stack.authUrl('/')))
      .map((cookie) => cookie.value)
      .filter((value) => value.length > 8),
  ];
  expect(secrets.length).toBeGreaterThan(8);
  const log = the.stack.logText();
  expect(log).toContain('engineer@example.com');
  for (const secret of secrets) {
    expect(log).not.toContain(secret);
    for (const page of pages.filter(({ status }) => status >= 400)) expect(page.body).not.toContain(secret);
  }
});

test('every request leaves one line, and its id is on the error page', async () => {
  const browser = await the.signedIn('engineer@example.com');
  const before = the.stack.log.length;
  const refused = await browser.visit(the.stack.url('vault', '/x?q=1'));
  const lines = the.stack.log.slice(before);
  const line = lines.find(({ msg, service }) => msg === 'request' && service === 'proxy');
  expect(line).toMatchObject({
    level: 'info',
    method: 'GET',
    host: 'vault.latchkey.localhost',
    path: '/x',
    route: 'vault',
    reason: 'no_rule_matches',
    user: 'engineer@example.com',
    status: 403,
    error: 'access_denied',
    duration: expect.any(Number),
    id: expect.stringMatching(/^[\w-]{12}$/),
  });
  expect(lines.filter(({ msg, service }) => msg === 'request' && service === 'proxy')).toHaveLength(1);
  expect(refused.body).toContain(String(line?.['id']));
});
