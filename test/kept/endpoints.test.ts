// The addresses of its own that BuzzFeed SSO answers at in front of every application.
import { describe, expect, test } from '@jest/globals';
import { sendRaw } from '../fixtures/raw-request.ts';
import { signIn } from '../fixtures/sign-in.ts';
import { defaultUpstreams } from '../fixtures/stack.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  authEnv: { AUTHORIZE_PROXY_DOMAINS: 'latchkey.localhost,other.test' },
  upstreams: `${defaultUpstreams}
- service: other
  default: {from: other.test, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
`,
});

describe('endpoints', () => {
  test.each(['hello.latchkey.localhost', 'nowhere.test', '10.0.0.7:4180'])(
    '`/ping` (any Host): %s',
    async (host) => {
      for (const port of [the.stack.ports.proxy, the.stack.ports.auth]) {
        const answer = await sendRaw(port, `GET /ping HTTP/1.1\nHost: ${host}\nConnection: close\n\n`);
        expect([answer.status, answer.body]).toEqual([200, '']);
      }
    },
  );

  test('`/robots.txt`', async () => {
    for (const url of [the.stack.url('hello', '/robots.txt'), the.stack.authUrl('/robots.txt')]) {
      const answer = await the.browser().fetch(url);
      expect([answer.status, answer.body.trim()]).toEqual([200, 'User-agent: *\nDisallow: /']);
    }
    expect(the.stack.app.received).toEqual([]);
  });

  test('`/oauth2/auth` 202/401, and 403 for who is signed in and may not pass', async () => {
    const browser = await the.signedIn();
    const passes = await browser.fetch(the.stack.url('wiki', '/oauth2/auth'));
    expect([passes.status, passes.body]).toEqual([202, '']);
    expect((await browser.fetch(the.stack.url('vault', '/oauth2/auth'))).status).toBe(403);
    expect((await the.browser().fetch(the.stack.url('wiki', '/oauth2/auth'))).status).toBe(401);
    // Also where somebody navigates there: never a redirect.
    const navigation = await the.browser().visit(the.stack.url('wiki', '/oauth2/auth'), { follow: false });
    expect(navigation.status).toBe(401);
  });

  test('`/oauth2/callback`', async () => {
    const browser = the.browser();
    const visit = await signIn(
      browser,
      `http://other.test:${the.stack.ports.proxy}/a?b=c`,
      'engineer@example.com',
    );
    const paths = visit.hops.map(({ url }) => new URL(url).hostname + new URL(url).pathname);
    expect(paths.slice(-2)).toEqual(['other.test/oauth2/callback', 'other.test/a']);
    expect([visit.status, new URL(visit.url).search]).toEqual([200, '?b=c']);
    // Without its state it is nothing.
    const stranger = await the
      .browser()
      .visit(`http://other.test:${the.stack.ports.proxy}/oauth2/callback?code=x`);
    expect(stranger.status).toBe(400);
  });

  test('`/oauth2/sign_out`', async () => {
    const answer = await (
      await the.signedIn()
    ).visit(the.stack.url('hello', '/oauth2/sign_out'), { follow: false });
    expect(answer.status).toBe(302);
    const { origin, pathname, searchParams } = new URL(String(answer.headers['location']));
    expect(origin + pathname).toBe(the.stack.authUrl('/google/sign_out'));
    expect(searchParams.get('redirect_uri')).toBe(the.stack.url('hello'));
    expect([...searchParams.keys()]).toEqual(expect.arrayContaining(['redirect_uri', 'ts', 'sig']));
  });

  test('421 for an unknown host', async () => {
    for (const path of ['/', '/robots.txt', '/oauth2/auth', '/oauth2/sign_out']) {
      const answer = await the.browser().fetch(the.stack.url('nowhere', path));
      expect([path, answer.status]).toEqual([path, 421]);
    }
    const atAuth = await the.browser().fetch(`http://nowhere.localhost:${the.stack.ports.auth}/`);
    expect(atAuth.status).toBe(421);
  });
});
