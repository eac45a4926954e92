import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { deriveKeys, openSession, seal } from '@latchkey/session';
import type { Session } from '@latchkey/session';
import type { Browser } from '@latchkey/testing/browser';
import { basic, client, sessionCookieName, slugs, ssoOrigin, startRig } from '../../test/rig.ts';
import type { Rig } from '../../test/rig.ts';

let rig: Rig;
let browser: Browser;
beforeAll(async () => {
  rig = await startRig({ providerTimeoutMs: 2_000 });
});
afterAll(() => rig.close());
beforeEach(() => {
  rig.heal();
  browser = rig.browser();
});

const engineering = 'engineering@example.com';
const hour = 3_600_000;

async function tokenOf(slug: string, email = 'engineer@example.com'): Promise<string> {
  await rig.signIn(browser, email, { slug });
  return browser.cookie(ssoOrigin, sessionCookieName) ?? '';
}

async function opened(token: string): Promise<Session> {
  const session = await openSession(token, deriveKeys(rig.settings.session.cookie.secrets, 'session'));
  if (session === undefined) throw new Error('not a session');
  return session;
}

describe.each(slugs)('introspection of a session of %s', (slug) => {
  test('tells who it is, and which of the groups asked for the person is in', async () => {
    const token = await tokenOf(slug);
    const { exp } = await opened(token);
    const answer = await rig.introspect({
      token,
      groups: [engineering, 'security@example.com', 'Engineering@example.com'],
    });
    expect(answer).toEqual({
      status: 200,
      body: { active: true, sub: 'demo-2', email: 'engineer@example.com', groups: [engineering], exp },
    });
    expect(rig.idp.requests.token).toBe(1);
  });

  test('asks the provider when the access token is over, and learns of new groups', async () => {
    const token = await tokenOf(slug);
    rig.clock.now += hour + 1000;
    const [, engineer] = rig.idp.accounts;
    engineer?.groups.push('oncall@example.com');
    const answer = await rig.introspect({ token, groups: [engineering, 'oncall@example.com'] });
    expect(answer.body['groups']).toEqual([engineering, 'oncall@example.com']);
    expect(answer.body['session']).toBeUndefined();
  });

  test('asks once a minute whether the session still stands, and says how old the word of the provider is', async () => {
    const token = await tokenOf(slug);
    const before = { ...rig.idp.requests };
    rig.clock.now += 30_000;
    expect((await rig.introspect({ token })).body).toMatchObject({ active: true, age: 30 });
    expect(rig.idp.requests).toEqual(before);
    rig.clock.now += 31_000;
    const answers = await Promise.all(Array.from({ length: 5 }, () => rig.introspect({ token })));
    for (const { body } of answers) expect(body).toMatchObject({ active: true });
    for (const { body } of answers) expect(body).not.toHaveProperty('age');
    expect(rig.idp.requests).toEqual({ ...before, userinfo: before.userinfo + 1 });
  });

  test('ends a session within a minute of its end at the provider, long before its access token is over', async () => {
    const token = await tokenOf(slug);
    const { userinfo } = rig.idp.requests;
    rig.idp.behaviour.disabled.add('engineer@example.com');
    rig.clock.now += 61_000;
    expect((await rig.introspect({ token })).body).toEqual({ active: false });
    expect(rig.idp.requests.userinfo).toBe(userinfo + 1);
  });

  test('goes on where the provider takes the access token no more and gives a new one', async () => {
    const token = await tokenOf(slug);
    rig.idp.behaviour.faults.userinfo = { answer: { status: 401, body: { error: 'invalid_token' } } };
    rig.clock.now += 61_000;
    await rig.introspect({ token });
    rig.idp.behaviour.faults = {};
    rig.clock.now += 61_000;
    expect((await rig.introspect({ token })).body).toMatchObject({ active: true });
    expect(rig.idp.requests.token).toBeGreaterThan(1);
  });

  test.each<{ trouble: string; fault: Rig['idp']['behaviour']['faults']['userinfo'] }>([
    { trouble: 'hangs up', fault: { hangUp: true } },
    { trouble: 'is broken', fault: { answer: { status: 503, body: {} } } },
    { trouble: 'is asked too often', fault: { answer: { status: 429, body: {} } } },
    { trouble: 'talks rubbish', fault: { answer: { status: 200, body: '<html>' } } },
    { trouble: 'says no to us', fault: { answer: { status: 403, body: { error: 'insufficient_scope' } } } },
  ])('goes on where the provider $trouble when it is asked whether it still stands', async ({ fault }) => {
    const token = await tokenOf(slug);
    rig.clock.now += 61_000;
    rig.idp.behaviour.faults.userinfo = fault ?? {};
    const answer = await rig.introspect({ token, groups: engineering });
    expect(answer.body).toMatchObject({ active: true, groups: [engineering], stale: true });
    expect(rig.idp.requests.token).toBe(1);
  });

  test('asks once, however many want to know', async () => {
    const token = await tokenOf(slug);
    rig.idp.behaviour.rotateRefreshTokens = true;
    rig.clock.now += hour + 1000;
    rig.idp.requests.token = 0;
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => rig.introspect({ token, groups: engineering })),
    );
    expect(answers.map(({ body }) => body['active'])).toEqual(Array.from({ length: 8 }, () => true));
    expect(rig.idp.requests.token).toBe(1);
  });

  test('gives a new cookie where the provider gave a new refresh token, and takes the old one still', async () => {
    const token = await tokenOf(slug);
    rig.idp.behaviour.rotateRefreshTokens = true;
    rig.clock.now += hour + 1000;
    const first = await rig.introspect({ token });
    const renewed = String(first.body['session']);
    expect(await opened(renewed)).toMatchObject({
      ...(await opened(token)),
      grant: expect.anything(),
      iat: Math.floor(rig.clock.now / 1000),
    });

    rig.clock.now += hour + 1000;
    expect((await rig.introspect({ token })).body).toMatchObject({
      active: true,
      session: expect.any(String),
    });
    expect((await rig.introspect({ token: renewed })).body['active']).toBe(true);
  });

  test('gives a new cookie where the old one was sealed longer ago than the proxy wants, and only then', async () => {
    const token = await tokenOf(slug);
    rig.clock.now += 600_000;
    for (const vouched of ['600', '3600', undefined, '', '-1', '1e1', '9'.repeat(20)]) {
      const form = { token, ...(vouched !== undefined && { vouched_within: vouched }) };
      expect((await rig.introspect(form)).body['session']).toBeUndefined();
    }
    const renewed = String((await rig.introspect({ token, vouched_within: '599' })).body['session']);
    const iat = Math.floor(rig.clock.now / 1000);
    expect(await opened(renewed)).toEqual({ ...(await opened(token)), iat });
    const again = await rig.introspect({ token: renewed, vouched_within: '599' });
    expect(again.body).toMatchObject({ active: true });
    expect(again.body['session']).toBeUndefined();
  });

  test('keeps a new refresh token also where no word about the person came with it', async () => {
    const token = await tokenOf(slug);
    rig.idp.behaviour.rotateRefreshTokens = true;
    rig.idp.behaviour.faults.userinfo = { answer: { status: 503, body: {} } };
    rig.clock.now += hour + 1000;
    const { body } = await rig.introspect({ token, groups: engineering });
    expect(body).toMatchObject({
      active: true,
      groups: [engineering],
      stale: true,
      session: expect.any(String),
    });
    rig.idp.behaviour.faults = {};
    const later = await rig.introspect({ token, groups: engineering });
    expect(later.body).toMatchObject({ active: true, groups: [engineering] });
    expect(later.body).not.toHaveProperty('stale');
  });

  test('ends a session that the provider ended, for good', async () => {
    const token = await tokenOf(slug);
    rig.idp.behaviour.disabled.add('engineer@example.com');
    expect((await rig.introspect({ token })).body['active']).toBe(true);
    rig.clock.now += hour + 1000;
    expect((await rig.introspect({ token })).body).toEqual({ active: false });
    rig.idp.behaviour.disabled.clear();
    expect((await rig.introspect({ token })).body).toEqual({ active: false });
  });

  test('ends a session whose e-mail address has changed at the provider', async () => {
    const token = await tokenOf(slug);
    const [, engineer] = rig.idp.accounts;
    if (engineer !== undefined) engineer.email = 'somebody.else@example.com';
    rig.clock.now += hour + 1000;
    expect((await rig.introspect({ token })).body).toEqual({ active: false });
  });

  test.each<{ trouble: string; fault: Rig['idp']['behaviour']['faults']['token'] }>([
    { trouble: 'hangs up', fault: { hangUp: true } },
    { trouble: 'is broken', fault: { answer: { status: 503, body: {} } } },
    { trouble: 'no longer knows us', fault: { answer: { status: 401, body: { error: 'invalid_client' } } } },
    { trouble: 'talks rubbish', fault: { answer: { status: 200, body: '<html>' } } },
  ])('says what was true last time where the provider $trouble', async ({ fault }) => {
    const token = await tokenOf(slug);
    rig.clock.now += hour + 1000;
    rig.idp.behaviour.faults.token = fault ?? {};
    const answer = await rig.introspect({ token, groups: engineering });
    expect(answer.body).toMatchObject({ active: true, groups: [engineering], stale: true });
    delete rig.idp.behaviour.faults.token;
    expect((await rig.introspect({ token })).body).not.toHaveProperty('stale');
  });
});

describe('a task that has forgotten everything', () => {
  let other: Rig;
  let token: string;
  beforeEach(async () => {
    token = await tokenOf('google');
    // A second task with the same secrets, in front of the same provider.
    other = await startRig({
      providerTimeoutMs: 2_000,
      env: {
        SESSION_KEY: rig.settings.session.key.join(','),
        SESSION_COOKIE_SECRET: rig.settings.session.cookie.secrets.join(','),
        PROVIDER_G_GOOGLE_TOKEN_URL: rig.idp.endpoints.token,
        PROVIDER_G_GOOGLE_USERINFO_URL: rig.idp.endpoints.userinfo,
      },
    });
    other.clock.now = rig.clock.now;
  });
  afterEach(() => other.close());

  test('asks the provider for the groups, when they are wanted', async () => {
    rig.idp.requests.token = 0;
    expect((await other.introspect({ token })).body['active']).toBe(true);
    expect(rig.idp.requests.token).toBe(0);
    expect((await other.introspect({ token, groups: engineering })).body['groups']).toEqual([engineering]);
    expect(rig.idp.requests.token).toBe(1);
  });

  test('says that it does not know, where the provider cannot be asked', async () => {
    rig.idp.behaviour.faults.token = { hangUp: true };
    const answer = await other.introspect({ token, groups: engineering });
    expect(answer.status).toBe(503);
    expect(answer.body['error']).toBe('provider_unavailable');
    expect((await other.introspect({ token })).body['active']).toBe(true);
  });
});

describe('a provider without refresh tokens', () => {
  test('has its groups carried in the grant', async () => {
    const userinfo = {
      sub: 'demo-9',
      email: 'nine@example.com',
      email_verified: true,
      groups: [engineering],
    };
    rig.idp.behaviour.faults.userinfo = { answer: { status: 200, body: userinfo } };
    rig.idp.behaviour.faults.token = {
      answer: { status: 200, body: { access_token: 'a', token_type: 'Bearer', expires_in: 60 } },
    };
    const token = await tokenOf('google');
    rig.clock.now += hour;
    const answer = await rig.introspect({ token, groups: engineering });
    expect(answer.body).toMatchObject({ active: true, email: 'nine@example.com', groups: [engineering] });
  });

  test('and with more groups than a cookie holds has them kept here', async () => {
    const groups = Array.from({ length: 300 }, (_, n) => `group-${n}@example.com`);
    const userinfo = { sub: 'demo-9', email: 'nine@example.com', email_verified: true, groups };
    rig.idp.behaviour.faults.userinfo = { answer: { status: 200, body: userinfo } };
    rig.idp.behaviour.faults.token = {
      answer: { status: 200, body: { access_token: 'a', token_type: 'Bearer' } },
    };
    const token = await tokenOf('google');
    expect(sessionCookieName.length + token.length).toBeLessThanOrEqual(4096);
    expect((await rig.introspect({ token, groups: 'group-299@example.com' })).body['groups']).toHaveLength(1);
  });
});

describe('a refresh token of 6 KB', () => {
  beforeEach(() => {
    const { faults } = rig.idp.behaviour;
    const body = {
      access_token: 'a',
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: 'x'.repeat(6_000),
    };
    const userinfo = {
      sub: 'demo-9',
      email: 'nine@example.com',
      email_verified: true,
      groups: [engineering],
    };
    faults.token = { answer: { status: 200, body } };
    faults.userinfo = { answer: { status: 200, body: userinfo } };
  });

  test('is kept here and not in the cookie, and the session is asked about by it as long as it lives', async () => {
    const token = await tokenOf('google');
    expect(sessionCookieName.length + token.length).toBeLessThanOrEqual(4096);
    expect(await opened(token)).not.toHaveProperty('grant');
    for (const later of [0, hour + 1000, hour + 1000]) {
      rig.clock.now += later;
      const { body } = await rig.introspect({ token, groups: engineering });
      expect(body).toMatchObject({ active: true, groups: [engineering] });
      // A new cookie would not hold it either.
      expect(body).not.toHaveProperty('session');
    }
    expect(rig.idp.requests.token).toBe(3);
  });

  test('is lost with the task that heard of it, and its person signs in again', async () => {
    const token = await tokenOf('google');
    const started = await startRig({ besides: rig, providerTimeoutMs: 2_000 });
    try {
      expect((await started.introspect({ token })).body).toEqual({ active: false });
    } finally {
      await started.close();
    }
  });
});

test('of three thousand groups of a claim the first two thousand count, and none is in the cookie', async () => {
  const [, engineer] = rig.idp.accounts;
  if (engineer !== undefined)
    engineer.groups = Array.from({ length: 3_000 }, (_, n) => `group-${n}@example.com`);
  const token = await tokenOf('okta');
  expect(sessionCookieName.length + token.length).toBeLessThan(2_048);
  const asked = {
    token,
    groups: ['group-0@example.com', 'group-1999@example.com', 'group-2000@example.com'],
  };
  for (const later of [0, hour + 1000]) {
    rig.clock.now += later;
    expect((await rig.introspect(asked)).body['groups']).toEqual(asked.groups.slice(0, 2));
  }
});

test('an address with capitals and a `+` is one address, in lower case, and never without what follows the `+`', async () => {
  const account = { email_verified: true, name: 'Ada', groups: [engineering] };
  rig.idp.accounts.push({ ...account, sub: 'ada-ops', email: 'Ada+Ops@Example.COM' });
  const token = await tokenOf('okta', 'Ada+Ops@Example.COM');
  for (const later of [0, hour + 1000]) {
    rig.clock.now += later;
    const { body } = await rig.introspect({ token, groups: engineering });
    expect(body).toMatchObject({ active: true, email: 'ada+ops@example.com', groups: [engineering] });
  }
});

describe('what is no session', () => {
  test.each(['', 'rubbish', 'Fe26.2*1*x*y*z', 'x'.repeat(20_000)])('is not active: %.20s', async (token) => {
    expect(await rig.introspect({ token })).toEqual({ status: 200, body: { active: false } });
  });

  test('includes every other thing that we seal', async () => {
    const token = await tokenOf('google');
    const session = await opened(token);
    const { key } = rig.settings.session;
    const sealedElsewhere = await Promise.all(
      (['grant', 'sign-in attempt', 'return address'] as const).map((purpose) =>
        seal(session, deriveKeys(key, purpose)),
      ),
    );
    const attempt = browser.cookieNames().find((name) => name.includes('attempt')) ?? '';
    for (const other of [...sealedElsewhere, session.grant ?? '', browser.cookie(ssoOrigin, attempt) ?? '']) {
      expect((await rig.introspect({ token: other })).body).toEqual({ active: false });
    }
  });

  test('includes a session that is over, of another domain, provider or account', async () => {
    const session = await opened(await tokenOf('google'));
    const keys = deriveKeys(rig.settings.session.cookie.secrets, 'session');
    const changes: Partial<Session>[] = [
      { exp: Math.floor(rig.clock.now / 1000) },
      { aud: 'other.example.com' },
      { idp: 'removed' },
      { email: 'guest@elsewhere.test' },
    ];
    for (const change of changes) {
      const token = await seal({ ...session, ...change }, keys);
      expect((await rig.introspect({ token })).body).toEqual({ active: false });
    }
  });
});

describe('who may ask', () => {
  test.each<{ how: string; headers: Record<string, string>; form: Record<string, string> }>([
    { how: 'nothing', headers: {}, form: {} },
    { how: 'a wrong secret', headers: basic(client.id, 'wrong'), form: {} },
    { how: 'a wrong id', headers: basic('somebody', client.secret), form: {} },
    { how: 'a bearer token', headers: { authorization: `Bearer ${client.secret}` }, form: {} },
    { how: 'half a pair', headers: { authorization: `Basic ${btoa('proxy')}` }, form: {} },
    {
      how: 'its secret, but in the form',
      headers: {},
      form: { client_id: client.id, client_secret: client.secret },
    },
  ])('is not anyone who shows $how', async ({ headers, form }) => {
    const answer = await rig.introspect({ token: await tokenOf('google'), ...form }, headers);
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ error: 'client_refused' });
    expect(answer.body).not.toHaveProperty('email');
  });

  test('must name a token, once, in a form of bounded size', async () => {
    expect((await rig.introspect({})).status).toBe(400);
    expect((await rig.introspect({ token: ['a', 'b'] })).status).toBe(400);
    const tooLarge = await rig.introspect({ token: 'x'.repeat(1_100_000) });
    expect(tooLarge).toMatchObject({ status: 413, body: { error: 'body_too_large' } });
  });

  test('cannot ask with GET', async () => {
    const answer = await browser.visit(`${ssoOrigin}/oauth2/introspect?token=x`);
    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toBe('POST');
  });
});
