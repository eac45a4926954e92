// A browser that restored its tabs loaded the callback of one sign-in twenty times at once. One of them signed the browser
// in. The nineteen others asked to start again.
import { expect, test } from '@jest/globals';
import type { Hop } from '@latchkey/testing/browser';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  upstreams: `
- {service: wiki, default: {from: wiki.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}}
- {service: payroll, default: {from: payroll.elsewhere.test, to: '{{app}}', options: {allowed_email_domains: [example.com]}}}
`,
  authEnv: { AUTHORIZE_PROXY_DOMAINS: 'latchkey.localhost,elsewhere.test' },
});

const payroll = (target: string) => `http://payroll.elsewhere.test:${the.stack.ports.proxy}${target}`;
const isSignedIn = ({ headers }: Hop) => String(headers['set-cookie'] ?? '').includes('_sso_proxy=Fe26');

test('twenty callbacks of one sign-in at once lead to one session and twenty times to where it was for', async () => {
  const browser = await the.signedIn('engineer@example.com', the.stack.url('wiki'));
  const start = await browser.visit(payroll('/x?y'), { follow: false });
  const atAuth = await browser.visit(new URL(String(start.headers['location']), payroll('/')).href, {
    follow: false,
  });
  let next = atAuth;
  while (!String(next.headers['location']).includes('code=')) {
    next = await browser.visit(String(next.headers['location']), { follow: false });
  }
  const callback = String(next.headers['location']);

  const answers = await Promise.all(
    Array.from({ length: 20 }, () => browser.visit(callback, { follow: false })),
  );
  expect(answers.filter(isSignedIn)).toHaveLength(1);
  const arrived = await Promise.all(
    answers.map(({ headers }) => browser.visit(new URL(String(headers['location']), callback).href)),
  );
  expect(new Set(arrived.map(({ status, url }) => `${status} ${url}`))).toEqual(
    new Set([`200 ${payroll('/x?y')}`]),
  );
});

test('an address of the callback never says where to', async () => {
  const browser = await the.signedIn('engineer@example.com', payroll('/'));
  const { url } = await browser.visit(payroll('/oauth2/callback?state=x&target=/planted&rd=/planted'));
  expect(url).toBe(payroll('/'));
});
