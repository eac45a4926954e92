import { describe, expect, test } from '@jest/globals';
import { deriveKeys, seal } from '@latchkey/session';
import { randomBytes } from 'node:crypto';
import { useStack } from '../fixtures/use-stack.ts';

let clock = 0;
const secret = randomBytes(32).toString('base64');
const older = randomBytes(32).toString('base64');
const secrets = { SESSION_COOKIE_SECRET: `${secret},${older}` };
const the = useStack({ now: () => Date.now() + clock, proxyEnv: secrets, authEnv: secrets });

function ask(cookie: string) {
  return the.browser().fetch(the.stack.url('hello'), { headers: { cookie } });
}

async function sessionOf(email?: string): Promise<string> {
  const browser = await the.signedIn(email);
  return browser.cookie(the.stack.url('hello'), '_sso_proxy') ?? '';
}

async function sealed(secret: string, changes: object): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const session = {
    sid: 'sid',
    sub: 'sub',
    email: 'engineer@example.com',
    user: 'engineer',
    idp: 'google',
    aud: 'latchkey.localhost',
    iat: now,
    auth_time: now,
    exp: now + 3600,
    ...changes,
  };
  return seal(session, deriveKeys([secret], 'session'));
}

describe('a session cookie', () => {
  test.each([
    ['garbage', () => 'x', 'session_unreadable'],
    ['empty', () => '', 'session_unreadable'],
    ['ten thousand bytes', () => 'x'.repeat(10_000), 'session_unreadable'],
    ['an old format', () => 'Fe26.2*1*abc*def*ghi', 'session_unreadable'],
    ['truncated', async () => (await sessionOf()).slice(0, -10), 'session_unreadable'],
    ['tampered with', async () => `${(await sessionOf()).slice(0, -12)}AAAAAAAAAA~2`, 'session_unreadable'],
    [
      'sealed with another secret',
      () => sealed(randomBytes(32).toString('base64'), {}),
      'session_unreadable',
    ],
    ['of another shape', () => sealed(secret, { email: 7 }), 'session_unreadable'],
    ['expired', () => sealed(secret, { exp: 1 }), 'session_expired'],
    ['for another domain', () => sealed(secret, { aud: 'elsewhere.localhost' }), 'session_elsewhere'],
    ['from another provider', () => sealed(secret, { idp: 'okta' }), 'session_other_provider'],
    ['one that auth does not stand by', () => sealed(secret, {}), 'session_ended'],
  ])('that is %s signs nobody in and is called by its name', async (_, make, reason) => {
    const answer = await ask(`_sso_proxy=${await make()}`);
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'not_signed_in', reason });
    expect(the.stack.app.received).toEqual([]);
  });

  test('that auth does not stand by leads to a new sign-in, and not round and round', async () => {
    const browser = the.browser();
    const lost = `_sso_proxy=${await sealed(secret, {})}; Domain=latchkey.localhost; Path=/`;
    await browser.jar.setCookie(lost, the.stack.url('hello'));
    const visit = await browser.visit(the.stack.url('hello'));
    expect(visit.url).toContain('/sign-in/');
    expect(visit.hops.filter(({ url }) => url.includes('/google/sign_in'))).toHaveLength(1);
  });

  test('is found beside others of its name, in any order', async () => {
    const good = await sessionOf();
    expect((await ask(`_sso_proxy=planted; _sso_proxy=${good}`)).status).toBe(200);
    expect((await ask(`_sso_proxy=${good}; _sso_proxy=planted`)).status).toBe(200);
  });

  test('under a name that only looks like ours is none', async () => {
    const good = await sessionOf();
    expect((await ask(`\u00a0_sso_proxy=${good}`)).status).toBe(401);
    expect((await ask(`_SSO_PROXY=${good}`)).status).toBe(401);
  });

  test('ends when its time is over', async () => {
    const good = await sessionOf();
    clock = 31 * 24 * 3_600_000;
    const answer = await ask(`_sso_proxy=${good}`);
    clock = 0;
    expect(JSON.parse(answer.body)).toMatchObject({ reason: 'session_expired' });
  });

  test('is small', async () => {
    expect((await sessionOf()).length).toBeLessThan(2_048);
  });
});
