import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { adminSessionsPath } from '@latchkey/contract';
import { latchkey } from '@latchkey/testing/latchkey';
import { adminEnv, adminSecret, askAsOperator, revoke, sessionsOf } from '../../test/operator.ts';
import { basic, client, sessionCookieName, ssoOrigin, startRig, wiki } from '../../test/rig.ts';
import type { Rig } from '../../test/rig.ts';

const engineer = 'engineer@example.com';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ env: adminEnv });
});
afterAll(() => rig.close());
beforeEach(() => {
  rig.heal();
  // Who signs in within the second in which all were ended has ended, too.
  rig.clock.now += 2_000;
});

async function signedIn(email = engineer, slug = 'google'): Promise<string> {
  const browser = rig.browser();
  await rig.signIn(browser, email, { slug });
  return browser.cookie(ssoOrigin, sessionCookieName) ?? '';
}

/** A session that nothing is to end. */
async function living(): Promise<string> {
  return (kept ??= await signedIn());
}
let kept: string | undefined;

async function isActive(token: string): Promise<unknown> {
  return (await rig.introspect({ token })).body['active'];
}

const auditLines = () =>
  rig.log
    .map((line): Record<string, unknown> => JSON.parse(line))
    .filter(({ audit }) => audit === 'operator');

describe('the sessions of an e-mail address', () => {
  test('are listed with all that operators need, of every provider, the newest first', async () => {
    await revoke(rig, { email: engineer });
    rig.clock.now += 2_000;
    await signedIn(engineer, 'google');
    rig.clock.now += 60_000;
    await signedIn(engineer, 'okta');
    const found = await sessionsOf(rig, engineer);
    expect(found.map(({ provider }) => provider)).toEqual(['okta', 'google']);
    const at = new Date(Math.floor(rig.clock.now / 1000) * 1000).toISOString();
    expect(found[0]).toEqual({
      sid: expect.stringMatching(/^[\w-]{22}$/),
      email: engineer,
      provider: 'okta',
      signed_in_at: at,
      last_seen_at: new Date(rig.clock.now).toISOString(),
      expires_at: expect.any(String),
      address: '127.0.0.1',
    });
  });

  test('are found by it in mixed case and with a plus, which is a part of it', async () => {
    rig.idp.accounts.push({
      sub: 'plus',
      email: 'Ann+Test@Example.com',
      email_verified: true,
      name: 'Ann',
      groups: [],
    });
    await signedIn('Ann+Test@Example.com');
    const [found] = await sessionsOf(rig, 'ANN+test@example.COM');
    expect(found?.email).toBe('ann+test@example.com');
    expect(await sessionsOf(rig, 'ann@example.com')).toEqual([]);
    const unescaped = await askAsOperator(rig, `${adminSessionsPath}?email=ann+test@example.com`);
    expect([unescaped.status, unescaped.body['error']]).toEqual([400, 'bad_request']);
    expect((await revoke(rig, { email: 'Ann+TEST@example.com' })).body['known']).toBe(1);
    expect(await sessionsOf(rig, 'ann+test@example.com')).toEqual([]);
  });
});

test('without an address, those who have signed in last are listed', async () => {
  await signedIn();
  const { status, body } = await askAsOperator(rig, adminSessionsPath);
  expect(status).toBe(200);
  expect(body).toMatchObject({ shared: false, sessions: expect.arrayContaining([expect.anything()]) });
});

describe('ending', () => {
  test('all sessions of a person ends them everywhere, and gives their grants back', async () => {
    const tokens = [await signedIn(engineer, 'okta'), await signedIn(engineer, 'google')];
    const other = await signedIn('admin@example.com');
    const answer = await revoke(rig, { email: engineer });
    expect(answer.status).toBe(200);
    expect(await Promise.all([...tokens, other].map(isActive))).toEqual([false, false, true]);
    expect(rig.idp.requests.revocation).toBeGreaterThanOrEqual(2);
  });

  test('one session leaves the others, and what their provider has given', async () => {
    const one = await signedIn();
    rig.clock.now += 2_000;
    const other = await signedIn();
    const [newest] = await sessionsOf(rig, engineer);
    expect((await revoke(rig, { sid: newest?.sid })).body).toEqual({
      known: 1,
      shared: false,
      published: true,
    });
    expect([await isActive(one), await isActive(other)]).toEqual([true, false]);
    expect(rig.idp.requests.revocation).toBe(0);
    const again = await revoke(rig, { sid: newest?.sid });
    expect([again.status, again.body['error']]).toEqual([404, 'session_unknown']);
  });

  test('all sessions of everybody lets everybody sign in again', async () => {
    const tokens = [await signedIn(), await signedIn('admin@example.com', 'okta')];
    expect((await revoke(rig, { all: true })).body).toEqual({ shared: false, published: true });
    expect(await Promise.all(tokens.map(isActive))).toEqual([false, false]);
    rig.clock.now += 2_000;
    expect(await isActive(await signedIn())).toBe(true);
  });

  test('twice at the same moment is as good as once', async () => {
    const token = await signedIn();
    const answers = await Promise.all(Array.from({ length: 20 }, () => revoke(rig, { email: engineer })));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(await isActive(token)).toBe(false);
  });

  test.each([
    ['no JSON', '{'],
    ['nothing', {}],
    ['a list', [{ all: true }]],
    ['null', null],
    ['all as a word', { all: 'true' }],
    ['not all', { all: false }],
    ['two at once', { email: engineer, all: true }],
    ['something else beside it', { all: true, force: true }],
    ['an address that is a list', { email: [engineer] }],
    ['an address that is none', { email: 'engineer' }],
    ['an address with two readings', { email: 'engineer@example.com@evil.example' }],
    ['an address with letters that fold', { email: 'engineer@examp\u212Ae.com' }],
    ['a sid that is a number', { sid: 1 }],
    ['an empty sid', { sid: '' }],
    ['a sid that is a pattern', { sid: '*'.repeat(65) }],
  ])('%s is refused, and ends nothing', async (_, wish) => {
    const token = await living();
    const { status, body } = await revoke(rig, wish);
    expect([status, body['error']]).toEqual([400, 'bad_request']);
    expect(await isActive(token)).toBe(true);
  });

  test('takes little, and JSON that is called so', async () => {
    expect((await revoke(rig, { email: 'a'.repeat(5_000) })).status).toBe(413);
    expect((await revoke(rig, { all: true }, { 'content-type': 'text/plain' })).status).toBe(400);
    expect((await revoke(rig, { all: true }, { 'content-encoding': 'gzip' })).status).toBe(400);
  });
});

describe('nobody but an operator', () => {
  test.each<[string, Record<string, string>]>([
    ['somebody without a secret', { authorization: '' }],
    ['somebody with a part of it', { authorization: `Bearer ${adminSecret.slice(0, -1)}` }],
    ['somebody with more of it', { authorization: `Bearer ${adminSecret}x` }],
    ['somebody with all of them', { authorization: `Bearer ${adminEnv.ADMIN_SECRET}` }],
    ['the proxy', basic(client.id, client.secret)],
    [
      'the proxy, with its secret as a token',
      { authorization: `Bearer ${client.secret.replaceAll(' ', '+')}` },
    ],
    ['somebody with it as a password', basic('operator', adminSecret)],
  ])('is answered: not %s', async (_, headers) => {
    const token = await living();
    const answers = [
      await askAsOperator(rig, adminSessionsPath, { headers }),
      await revoke(rig, { all: true }, headers),
      await revoke(rig, '{', headers),
    ];
    for (const { status, body } of answers) {
      expect([status, body['error']]).toEqual([401, 'operator_refused']);
    }
    expect(await isActive(token)).toBe(true);
    expect(auditLines()).toEqual([]);
  });

  test('finds it on the port that browsers reach', async () => {
    for (const host of [new URL(ssoOrigin).host, 'auth.internal:4181']) {
      const asking = { port: rig.port, headers: { host } };
      expect((await askAsOperator(rig, adminSessionsPath, asking)).status).toBe(404);
    }
  });

  test('finds it where there is no secret for it', async () => {
    const without = await startRig({ env: { SERVER_INTERNAL_PORT: '4181' } });
    const statuses = [
      await askAsOperator(without, adminSessionsPath, { headers: { host: new URL(ssoOrigin).host } }),
      await revoke(without, { all: true }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([404, 404]);
    await without.close();
  });

  test('does with another method what these are for', async () => {
    expect((await askAsOperator(rig, adminSessionsPath, { method: 'PUT' })).status).toBe(405);
    expect((await askAsOperator(rig, `${adminSessionsPath}/revoke`)).status).toBe(405);
  });
});

describe('an audit line', () => {
  test('says who claims to have asked, for what, and what came of it', async () => {
    await signedIn();
    rig.heal();
    await askAsOperator(rig, `${adminSessionsPath}?email=${engineer}`);
    await revoke(rig, { email: engineer }, { 'latchkey-operator-claim': 'ann@laptop' });
    await revoke(rig, { sid: 'nobody' });
    await revoke(rig, { all: true });
    const common = { audit: 'operator', client: '127.0.0.1', msg: 'operator', level: 'warn' };
    expect(auditLines()).toMatchObject([
      { ...common, action: 'list', user: engineer },
      { ...common, action: 'revoke', user: engineer, operator_claim: 'ann@laptop', published: true },
      { ...common, action: 'revoke', sid: 'nobody', error: 'session_unknown' },
      { ...common, action: 'revoke', all: true, published: true },
    ]);
    expect(rig.log.join('')).not.toContain(adminSecret);
  });

  test('takes no claim that could be taken for another line', async () => {
    const claim = { 'latchkey-operator-claim': 'ann\u00e9' };
    expect((await revoke(rig, { all: true }, claim)).status).toBe(400);
    expect((await revoke(rig, { all: true }, { 'latchkey-operator-claim': 'a'.repeat(101) })).status).toBe(
      400,
    );
    expect(auditLines()).toEqual([]);
  });
});

test('a person whose sessions were ended signs in again and goes on', async () => {
  const browser = rig.browser();
  await rig.signIn(browser, engineer);
  await revoke(rig, { email: engineer });
  rig.clock.now += 2_000;
  const back = await rig.signIn(browser, engineer);
  expect(back.location).toBe(wiki);
});

test('`latchkey sessions` does all of that', async () => {
  const token = await signedIn();
  const surroundings = {
    env: { ADMIN_SECRET: adminSecret, PROVIDER_URL_INTERNAL: `http://127.0.0.1:${rig.internalPort}` },
  };
  const listed = await latchkey({}, ['sessions', 'list', '--email', engineer], surroundings);
  expect([listed.code, listed.stdout]).toEqual([0, expect.stringContaining(engineer)]);
  const ended = await latchkey({}, ['sessions', 'revoke', '--email', 'Engineer@example.com'], surroundings);
  expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('have ended')]);
  expect(await isActive(token)).toBe(false);
});
