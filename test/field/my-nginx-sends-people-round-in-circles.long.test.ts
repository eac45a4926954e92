// nginx asks `/oauth2/auth` about each request and sends anyone who gets 401 to sign in. A signed-in person who lacks the group got
// 401, too, and went round for ever; and the cookie that auth had renewed never reached the browser.
import { expect, test } from '@jest/globals';
import { useStack } from '../fixtures/use-stack.ts';

let clock = 0;
const the = useStack({
  now: () => Date.now() + clock,
  upstreams: `
- {service: wiki, default: {from: wiki.latchkey.localhost, to: '{{app}}', options: {allowed_groups: [engineering@example.com]}}}
- {service: vault, default: {from: vault.latchkey.localhost, to: '{{app}}', options: {allowed_groups: [security@example.com]}}}
- {service: start, default: {type: launcher, from: start.latchkey.localhost, options: {allowed_email_domains: [example.com]}}}
`,
});

test('a person who may not pass gets 403 and the rule; 401 is for nobody, and names a way to sign in', async () => {
  const browser = await the.signedIn('engineer@example.com', the.stack.url('wiki'));
  expect((await browser.fetch(the.stack.url('wiki', '/oauth2/auth'))).status).toBe(202);
  const refused = await browser.fetch(the.stack.url('vault', '/oauth2/auth'));
  expect([refused.status, JSON.parse(refused.body)]).toMatchObject([
    403,
    { error: 'access_denied', email: 'engineer@example.com' },
  ]);
  const nobody = await the.browser().fetch(the.stack.url('vault', '/oauth2/auth'));
  expect([nobody.status, nobody.headers['www-authenticate']]).toEqual([401, 'Cookie realm="Latchkey"']);
});

test.each([
  ['wiki', '/oauth2/auth'],
  ['wiki', '/oauth2/me'],
  ['start', '/oauth2/apps'],
  ['start', '/'],
  ['vault', '/'],
])('a renewed session reaches the browser with our own answer, too: %s %s', async (host, target) => {
  clock = 0;
  const browser = await the.signedIn('engineer@example.com', the.stack.url('wiki'));
  // A third of the grace period later auth vouches for the session anew.
  clock = 2 * 3_600_000;
  const { headers } = await browser.fetch(the.stack.url(host, target));
  expect([headers['set-cookie']].flat().join()).toMatch(/_sso_proxy=Fe26/);
  expect(headers['cache-control']).toContain('no-store');
});
