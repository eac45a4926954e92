// A single-page application meets 401 in the middle of a long form. It must not leave the page: a small window renews the session.
import { describe, expect, test } from '@jest/globals';
import { signIn } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack();
const at = (host: string) => the.stack.url(host, '/oauth2/refresh');

describe('/oauth2/refresh', () => {
  test('lets who has no session sign in, ends where it began, and tells its own origin alone', async () => {
    const end = await signIn(the.browser(), at('wiki'), 'engineer@example.com');
    expect([end.status, end.url]).toEqual([200, at('wiki')]);
    expect(end.body).toContain('engineer@example.com');
    expect(end.body).toContain('opener?.postMessage(message, location.origin)');
    expect(end.body).not.toContain("'*'");
    expect(end.headers).toMatchObject({
      'content-security-policy': expect.stringMatching(/script-src 'sha256-[^ ]+';.*frame-ancestors 'none'/),
      'cache-control': 'no-store',
    });
    expect(the.stack.app.received).toEqual([]);
  });

  test('is done at once where a session stands', async () => {
    const browser = await the.signedIn();
    expect((await browser.visit(at('wiki'))).hops.map(({ status }) => status)).toEqual([200]);
  });

  test('tells who may not pass why, and nobody that it is well', async () => {
    const browser = await the.signedIn('finance@example.com');
    const end = await browser.visit(at('wiki'));
    expect(end.status).toBe(403);
    expect(end.body).not.toContain('postMessage');
  });

  test.each(['iframe', 'image', 'empty'])('is no page for another place than a window: %s', async (dest) => {
    const browser = await the.signedIn();
    const answer = await browser.fetch(at('wiki'), {
      headers: { 'sec-fetch-mode': dest === 'iframe' ? 'navigate' : 'no-cors', 'sec-fetch-dest': dest },
    });
    expect(answer.status).toBe(403);
    expect(answer.body).not.toContain('postMessage');
  });
});
