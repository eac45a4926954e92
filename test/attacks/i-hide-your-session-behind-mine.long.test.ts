import { describe, expect, test } from '@jest/globals';
import { useStack } from '../fixtures/use-stack.ts';

// An application plants cookies under the name of the session for the whole domain, with a longer path, so that they come
// first. Behind five of them nobody finds the real one: its person is sent to sign in again and again, and when they sign out
// the page says that they are signed out, while the session lives on.
let clock = 0;
const the = useStack({ now: () => Date.now() + clock });

async function realCookie(): Promise<string> {
  const browser = await the.signedIn();
  return browser.cookie(the.stack.url('hello'), '_sso_proxy') ?? '';
}

// With the form of a seal and the id of our key, which an application's own people can read off their cookies.
function planted(count: number, real: string): string[] {
  const [prefix, id, salt = '', ...rest] = real.split('*');
  return Array.from({ length: count }, (_, at) =>
    [prefix, id, at.toString(16).padStart(salt.length, '0'), ...rest].join('*'),
  );
}

const header = (...values: string[]) => values.map((value) => `_sso_proxy=${value}`).join('; ');

function signOutWith(cookie: string, method = 'POST') {
  const { stack } = the;
  return the.browser().visit(stack.authUrl('/google/sign_out'), {
    method,
    headers: {
      cookie,
      'sec-fetch-site': 'same-origin',
      origin: new URL(stack.authUrl()).origin,
      'content-type': 'application/x-www-form-urlencoded',
    },
    ...(method === 'POST' && { body: '' }),
  });
}

async function ask(cookie: string): Promise<number> {
  return (await the.browser().fetch(the.stack.url('hello'), { headers: { cookie } })).status;
}

describe('a session behind planted cookies', () => {
  test('is found by the proxy and ended by signing out', async () => {
    const real = await realCookie();
    const garbage = Array.from({ length: 100 }, (_, at) => `garbage${at}`);
    const cookie = header(...garbage, ...planted(20, real), real);
    expect(await ask(cookie)).toBe(200);
    const page = await signOutWith(cookie, 'GET');
    expect(page.body).toContain('engineer@example.com');

    const done = await signOutWith(cookie);
    expect([done.status, done.body.includes('You are signed out')]).toEqual([200, true]);
    const cleared = [done.headers['set-cookie'] ?? []].flat().filter((one) => one.startsWith('_sso_proxy=;'));
    expect(cleared.map((one) => one.includes('Domain='))).toEqual([true, false]);
    clock += 61_000;
    expect(await ask(header(real))).toBe(401);
  });

  test.each(['GET', 'POST'])('is not said to have ended where nobody looked at it: %s', async (method) => {
    const real = await realCookie();
    // Shorter than a real one, so that as many fit into a request.
    const short = [real.split('*').with(4, 'A'.repeat(22)).join('*')].flatMap((one) => planted(50, one));
    const page = await signOutWith(header(...short, real), method);
    expect(page.status).toBe(400);
    expect(page.body).toContain('You may still be signed in');
    expect(page.body).not.toContain('You are signed out');
    expect(await ask(header(real))).toBe(200);
  });
});
