import { describe, expect, test } from '@jest/globals';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack();

describe('a request without a session', () => {
  test('is sent to sign in when it is a navigation', async () => {
    const answer = await the.browser().visit(the.stack.url('hello', '/page?q=1'), { follow: false });
    expect(answer.status).toBe(302);
    const location = new URL(String(answer.headers['location']));
    expect(location.href).toContain(the.stack.authUrl('/google/sign_in?'));
    expect(location.searchParams.get('redirect_uri')).toBe(the.stack.url('hello', '/page?q=1'));
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test.each([
    ['a fetch', 'GET', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    ['an image', 'GET', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    ['an API client', 'GET', { accept: 'application/json', 'sec-fetch-mode': '' }],
    [
      'XMLHttpRequest of old',
      'GET',
      { accept: 'text/html', 'x-requested-with': 'XMLHttpRequest', 'sec-fetch-mode': '' },
    ],
  ])('gets 401 as JSON when it is %s', async (_, method, headers) => {
    const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
    const answer = await fetchOnly(the.stack.ports.proxy, method, sent);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toMatchObject({
      error: 'not_signed_in',
      reason: 'no_session',
      sign_in_url: expect.stringContaining('/google/sign_in?'),
    });
  });

  test('gets 421 for a host that no route names', async () => {
    const answer = await the.browser().visit(the.stack.url('nowhere'));
    expect(answer.status).toBe(421);
  });

  test('finds robots.txt and the health check', async () => {
    expect((await the.browser().fetch(the.stack.url('hello', '/robots.txt'))).body).toBe(
      'User-agent: *\nDisallow: /\n',
    );
    const anyHost = await the.browser().fetch(`http://127.0.0.1:${the.stack.ports.proxy}/ping`);
    expect([anyHost.status, anyHost.body]).toEqual([200, '']);
    expect((await the.browser().fetch(the.stack.authUrl('/ping'))).status).toBe(200);
  });

  test('sees a public path, and the application learns nothing about it', async () => {
    const answer = await the.browser().visit(the.stack.url('hello', '/public/page?x=%2F'));
    expect(answer.status).toBe(200);
    expect(the.stack.app.received.map((entry) => entry.target)).toEqual(['/public/page?x=%2F']);
  });
});

describe('an answer about the person', () => {
  test('/oauth2/auth says 202 to who may pass and 401 to everybody else', async () => {
    const engineer = await the.signedIn('engineer@example.com');
    expect((await engineer.fetch(the.stack.url('wiki', '/oauth2/auth'))).status).toBe(202);
    expect((await engineer.fetch(the.stack.url('vault', '/oauth2/auth'))).status).toBe(403);
    expect((await the.browser().fetch(the.stack.url('wiki', '/oauth2/auth'))).status).toBe(401);
  });

  test('/oauth2/me names exactly the allow-listed fields', async () => {
    const engineer = await the.signedIn('engineer@example.com');
    const answer = await engineer.fetch(the.stack.url('wiki', '/oauth2/me'));
    expect(JSON.parse(answer.body)).toEqual({
      email: 'engineer@example.com',
      user: 'engineer',
      name: expect.any(String),
      provider: 'google',
      groups: ['engineering@example.com'],
      signed_in_at: expect.stringMatching(/Z$/),
      expires_at: expect.stringMatching(/Z$/),
      checked_at: expect.stringMatching(/Z$/),
      in_grace: false,
    });
    expect((await the.browser().fetch(the.stack.url('wiki', '/oauth2/me'))).status).toBe(401);
  });
});

// `fetch` itself adds `sec-fetch-mode: cors`; node's own client adds nothing.
async function fetchOnly(port: number, method: string, headers: Record<string, string>): Promise<Response> {
  const { request } = await import('undici');
  const answer = await request(`http://127.0.0.1:${port}/api`, {
    method: method as 'GET',
    headers: { host: `hello.latchkey.localhost:${port}`, ...headers },
  });
  return new Response(await answer.body.text(), {
    status: answer.statusCode,
    headers: answer.headers as Record<string, string>,
  });
}
