// A server in front sends people to `/oauth2/sign_in` with the address that they asked for. They come back to that very one.
import { expect, test } from '@jest/globals';
import { pressAccount } from '../fixtures/sign-in.ts';
import { defaultUpstreams } from '../fixtures/stack.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  authEnv: { AUTHORIZE_PROXY_DOMAINS: 'latchkey.localhost,elsewhere.test' },
  upstreams: `${defaultUpstreams}
- {service: apart, default: {from: apart.elsewhere.test, to: '{{app}}', options: {allowed_email_domains: [example.com]}}}
`,
});
const apart = (target: string) => `http://apart.elsewhere.test:${the.stack.ports.proxy}${target}`;
const link = (...addresses: string[]) =>
  the.stack.url(
    'hello',
    `/oauth2/sign_in?${new URLSearchParams(addresses.map((rd) => ['rd', rd])).toString()}`,
  );

test.each([
  ['of the same host', () => the.stack.url('hello', '/d%2F1?x=%2F&y=a+b')],
  ['of another host', () => the.stack.url('wiki', '/d/1?x=2&y=3')],
  ['of a host with a session of its own', () => apart('/d/1?x=2&y=3')],
])('an address %s is where the person arrives', async (_, address) => {
  const browser = the.browser();
  const visit = await pressAccount(browser, await browser.visit(link(address())), 'engineer@example.com');
  expect([visit.status, visit.url]).toEqual([200, address()]);
  expect((await browser.visit(link(address()))).url).toBe(address());
});

test('a path is one of the same host', async () => {
  const browser = await the.signedIn();
  expect((await browser.visit(link('/d/1?x=2'))).url).toBe(the.stack.url('hello', '/d/1?x=2'));
});

test.each([
  ['elsewhere', () => ['http://evil.example/hello.latchkey.localhost']],
  ['on another port', () => ['http://hello.latchkey.localhost:9/']],
  ['in another scheme', () => [the.stack.url('hello').replace('http:', 'https:')]],
  ['with a name in it', () => [the.stack.url('hello').replace('//', '//ann@')]],
  ['of auth', () => [the.stack.authUrl('/google/sign_out')]],
  ['that is one of two', () => [the.stack.url('hello'), the.stack.url('wiki')]],
])('an address %s is refused', async (_, addresses) => {
  const { status, body, headers } = await the.browser().visit(link(...addresses()), { follow: false });
  expect([status, headers['location']]).toEqual([400, undefined]);
  expect(body).toContain('This sign-in link is not valid');
  const line = the.stack.log.findLast(({ msg }) => msg === 'request');
  expect(line).toMatchObject({ service: 'proxy', error: 'return_address_refused' });
});

test('a link that is not visited leads nowhere', async () => {
  const { status } = await the.browser().fetch(link('/d/1'));
  expect(status).toBe(403);
});
