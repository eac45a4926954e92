import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from '@latchkey/testing/browser';
import { sessionCookieName, ssoOrigin, startRig, wiki } from '../test/rig.ts';
import type { Rig } from '../test/rig.ts';

let rig: Rig;
let browser: Browser;
beforeAll(async () => {
  rig = await startRig();
  browser = rig.browser();
});
afterAll(() => rig.close());

const ask = (path: string, headers: Record<string, string> = {}) => rig.ask('GET', path).set(headers);

describe('the host', () => {
  test.each([
    'sso.corp.example.com',
    'SSO.Corp.Example.com',
    'sso.corp.example.com.',
    'sso.corp.example.com:443',
  ])('is ours as %s', async (host) => {
    expect((await ask('/', { host })).status).toBe(200);
  });

  test.each(['sso.corp.example.com:8443', 'evil.example', 'corp.example.com', '127.0.0.1'])(
    'is not ours as %s',
    async (host) => {
      const answer = await ask('/', { host, 'x-forwarded-host': 'sso.corp.example.com' });
      expect(answer.status).toBe(421);
    },
  );

  test('that cannot be read is a bad request', async () => {
    expect((await ask('/', { host: 'sso.corp.example.com@evil.example' })).status).toBe(400);
  });

  test('does not matter to a health check, and nothing but its path makes one', async () => {
    expect((await ask('/ping', { host: '10.0.0.1:4180' })).status).toBe(200);
    expect((await ask('/', { host: '10.0.0.1:4180', 'user-agent': 'ELB-HealthChecker/2.0' })).status).toBe(
      421,
    );
  });
});

describe('every answer', () => {
  test.each([
    '/',
    '/ping',
    '/robots.txt',
    '/nothing',
    '/google/sign_in',
    '/google/callback',
    '/google/start',
  ])('is neither stored nor sniffed, and asks for TLS from now on: %s', async (path) => {
    expect((await ask(path)).headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': expect.stringMatching(/^(?:same-origin|no-referrer)$/),
      'strict-transport-security': 'max-age=31536000',
    });
  });

  test('does not name its software', async () => {
    expect((await ask('/')).headers).not.toHaveProperty('x-powered-by');
  });
});

describe('what is not there', () => {
  test.each([
    '/nothing',
    '/google',
    '/google/',
    '/Google/start',
    '/google/start/',
    '/google/nothing',
    '//',
    '/oauth2',
  ])('is 404: %s', async (path) => {
    expect((await ask(path)).status).toBe(404);
  });

  test('is a page for a person and JSON for a program, both with the id of the log line', async () => {
    const page = await ask('/nothing', { accept: 'text/html' });
    expect(page.headers['content-type']).toContain('text/html');
    const json = await ask('/nothing', { accept: 'application/json' });
    expect(JSON.parse(json.text)).toMatchObject({ error: 'not_found', request_id: expect.any(String) });
    const { id } = JSON.parse(rig.log.findLast((line) => line.includes('/nothing')) ?? '{}') as {
      id?: string;
    };
    expect(json.text).toContain(`"request_id":"${id ?? ''}"`);
  });
});

describe('keys', () => {
  test('are rotated without signing anybody out', async () => {
    await rig.signIn(browser, 'engineer@example.com');
    const token = browser.cookie(ssoOrigin, sessionCookieName) ?? '';
    const [secret] = rig.settings.session.cookie.secrets;
    const fresh = Buffer.alloc(32, 'a fresh key for it').toString('base64');
    for (const { secrets, active } of [
      { secrets: `${fresh},${secret}`, active: true },
      { secrets: fresh, active: false },
    ]) {
      const env = { SESSION_COOKIE_SECRET: secrets, SESSION_KEY: rig.settings.session.key.join(',') };
      const rotated = await startRig({ env });
      expect((await rotated.introspect({ token })).body['active']).toBe(active);
      await rotated.close();
    }
  });
});

describe('over plain HTTP, for development', () => {
  test('cookies have plain names and nothing asks for TLS', async () => {
    const development = await startRig({ env: { SESSION_COOKIE_SECURE: 'false' } });
    const one = development.browser();
    const back = await development.signIn(one, 'engineer@example.com', {
      target: wiki.replace('https', 'http'),
    });
    expect(back.location).toBe(wiki.replace('https', 'http'));
    expect(back.headers).not.toHaveProperty('strict-transport-security');
    expect(one.cookieNames()).toContain('_sso_proxy');
    await development.close();
  });
});
