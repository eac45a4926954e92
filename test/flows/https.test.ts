import { expect, test } from '@jest/globals';
import { signIn } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({ https: true });

test('behind a load balancer that ends TLS, a sign-in works and every cookie is locked to HTTPS', async () => {
  const browser = the.browser();
  const visit = await signIn(browser, the.stack.url('hello', '/d?x=1'), 'engineer@example.com');
  expect([visit.status, visit.url]).toEqual([200, the.stack.url('hello', '/d?x=1')]);
  expect((await browser.visit(the.stack.url('wiki'))).hops).toHaveLength(1);

  const cookies = await browser.jar.getCookies(the.stack.authUrl());
  expect(cookies.map(({ key }) => key.replace(/attempt_.*/, 'attempt_*')).toSorted()).toEqual([
    '__Host-latchkey_attempt_*',
    '__Host-latchkey_trips',
    '__Secure-_sso_proxy',
  ]);
  for (const cookie of cookies)
    expect(cookie).toMatchObject({ secure: true, httpOnly: true, sameSite: 'lax', path: '/' });
});

test('every answer says HTTPS only, once, no matter who gives it', async () => {
  const browser = await the.signedIn();
  the.stack.app.answer = (_req, res) =>
    res.writeHead(200, { 'Strict-Transport-Security': 'max-age=0' }).end();
  for (const url of [
    the.stack.url('hello'),
    the.stack.url('vault'),
    the.stack.url('nowhere'),
    the.stack.authUrl(),
  ]) {
    const answer = await browser.visit(url, { follow: false });
    expect([url, answer.headers['strict-transport-security']]).toEqual([url, 'max-age=31536000']);
  }
});

test('plain HTTP is sent on to HTTPS, where the load balancer says that it is plain', async () => {
  const plain = the.stack.url('hello', '/a?b=c').replace('https:', 'http:');
  const answer = await the
    .browser()
    .visit(plain, { follow: false, headers: { 'x-forwarded-proto': 'http' } });
  expect([answer.status, answer.headers['location']]).toEqual([308, the.stack.url('hello', '/a?b=c')]);
  // nginx with `$host:$server_port` names the port that no browser does.
  const named = await the.browser().visit(plain, {
    follow: false,
    headers: { host: 'hello.latchkey.localhost:80', 'x-forwarded-proto': 'http' },
  });
  expect([named.status, named.headers['location']]).toEqual([308, 'https://hello.latchkey.localhost/a?b=c']);
  // Health checks come straight to the task.
  expect((await the.browser().fetch(`http://127.0.0.1:${the.stack.ports.proxy}/ping`)).status).toBe(200);
});

test('a return address over plain HTTP is refused: the Secure cookie could not come along', async () => {
  const atProvider = await the.browser().visit(the.stack.url('hello'), { follow: false });
  const location = new URL(String(atProvider.headers['location']));
  expect(location.protocol).toBe('https:');
  expect(location.searchParams.get('redirect_uri')).toBe(the.stack.url('hello'));
});
