// I am taken out of a group, or switched off, and keep what I had: the provider's no is none that is understood, or its
// answers say nothing of groups, or nobody asks. What was said of groups counts as long as a directory's answer does, then
// it is asked of the provider, or of me.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Behaviour, Fault } from '@latchkey/dev-idp';
import type { Browser } from '@latchkey/testing/browser';
import { useStack } from '../fixtures/use-stack.ts';

const minute = 60_000;
const clock = { now: Date.now() };
// How long the proxy goes on without auth is another matter: as short as can be.
const proxyEnv = { SESSION_TTL_GRACEPERIOD: '1s' };
const tokens = { access_token: 'a', token_type: 'Bearer', expires_in: 3600 };

function takenOut(behaviour: Behaviour, accounts: { groups: string[] }[]): void {
  for (const account of accounts) account.groups = [];
  behaviour.faults = {};
}

describe.each(['google', 'oidc', 'okta'] as const)('at a provider of type %s', (providerType) => {
  const use = useStack({ providerType, proxyEnv, now: () => clock.now });
  let browser: Browser;

  beforeEach(async () => {
    const { idp } = use.stack;
    for (const account of idp.accounts) account.groups = ['engineering@example.com'];
    browser = await use.signedIn('engineer@example.com', use.stack.url('wiki'));
    takenOut(idp.behaviour, idp.accounts);
  });
  afterEach(() => {
    Object.assign(use.stack.idp.behaviour, { faults: {}, refreshTokens: true });
  });

  const statusAt = async (host: string) => (await browser.fetch(use.stack.url(host))).status;

  // As often as somebody at work asks, so that nothing ends because nobody came.
  async function workOn(minutes: number): Promise<void> {
    for (let passed = 0; passed < minutes; passed += 36) {
      clock.now += 36 * minute;
      await statusAt('wiki');
    }
  }

  test.each([
    'invalid_grant',
    'access_denied',
    'login_required',
    'consent_required',
    'interaction_required',
    'account_selection_required',
  ])('%s in answer to a refresh ends the session', async (error) => {
    use.stack.idp.behaviour.faults.token = { answer: { status: 400, body: { error } } };
    clock.now += 61 * minute;
    expect(await statusAt('wiki')).toBe(401);
    expect(await statusAt('hello')).toBe(401);
  });

  test('userinfo about somebody else ends the session', async () => {
    const body = { sub: 'demo-1', email: 'engineer@example.com', email_verified: true };
    use.stack.idp.behaviour.faults.userinfo = { answer: { status: 200, body } };
    clock.now += 61 * minute;
    expect(await statusAt('hello')).toBe(401);
  });

  test.each<{ what: string; faults: Partial<Record<'token' | 'userinfo', Fault>> }>([
    { what: 'no answer', faults: { token: { hangUp: true } } },
    {
      what: 'a refusal of us',
      faults: { token: { answer: { status: 401, body: { error: 'invalid_client' } } } },
    },
    { what: 'userinfo that is refused', faults: { userinfo: { answer: { status: 401, body: {} } } } },
    { what: 'rubbish at userinfo', faults: { userinfo: { answer: { status: 200, body: '<html>' } } } },
  ])(
    '$what keeps the group for three hours past the interval, and nobody is signed out',
    async ({ faults }) => {
      use.stack.idp.behaviour.faults = faults;
      await workOn(180);
      expect(await statusAt('wiki')).toBe(200);
      await workOn(11);
      expect(await statusAt('wiki')).toBe(503);
      use.stack.idp.behaviour.faults = {};
      clock.now += minute;
      expect(await statusAt('wiki')).toBe(403);
      expect(await statusAt('hello')).toBe(200);
    },
  );
});

describe('at a provider that has nobody to ask', () => {
  const use = useStack({ providerType: 'oidc', proxyEnv, now: () => clock.now });
  afterEach(() => {
    Object.assign(use.stack.idp.behaviour, { faults: {}, refreshTokens: true });
  });

  test.each<{ what: string; atSignIn: Partial<Behaviour>; later: Partial<Behaviour> }>([
    { what: 'gives no refresh token', atSignIn: { refreshTokens: false }, later: {} },
    {
      what: 'answers a refresh without a word of groups',
      atSignIn: { groupsAt: 'id token' },
      later: { faults: { token: { answer: { status: 200, body: tokens } } } },
    },
  ])(
    'that $what the person is asked to sign in again, once what it said is old',
    async ({ atSignIn, later }) => {
      const { stack } = use;
      const { idp } = stack;
      for (const account of idp.accounts) account.groups = ['engineering@example.com'];
      const discovered = await (await fetch(idp.endpoints.discovery)).json();
      const { userinfo_endpoint: _, ...body } = discovered as Record<string, unknown>;
      Object.assign(idp.behaviour, { faults: { discovery: { answer: { status: 200, body } } }, ...atSignIn });
      await stack.restartAuth();
      const browser = await use.signedIn('engineer@example.com', stack.url('wiki'));
      takenOut(idp.behaviour, idp.accounts);
      Object.assign(idp.behaviour, later);
      const statusAt = async (host: string) => (await browser.fetch(stack.url(host))).status;

      for (let passed = 0; passed < 180; passed += 36) {
        clock.now += 36 * minute;
        expect(await statusAt('wiki')).toBe(200);
      }
      clock.now += 36 * minute;
      expect(await statusAt('wiki')).toBe(401);

      // The provider knows the person still, so they see nothing of it but the new answer.
      Object.assign(idp.behaviour, { faults: {} });
      expect((await browser.visit(stack.url('wiki'))).status).toBe(403);
      expect((await browser.visit(stack.url('hello'))).status).toBe(200);
    },
  );
});
