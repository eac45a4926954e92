import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { MockAgent, getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import type { Dispatcher } from 'undici';
import type { Behaviour } from '@latchkey/dev-idp';
import { loadAuthSettings, sentenceOf } from '@latchkey/settings';
import { createLog } from '@latchkey/telemetry';
import type { Browser } from '@latchkey/testing/browser';
import { sessionCookieName, ssoOrigin, startRig, wiki } from '../../test/rig.ts';
import type { Rig } from '../../test/rig.ts';
import { clockFrom } from '@latchkey/http';
import { openMemoryStore } from '../store/open.ts';
import { createProviders } from './create.ts';

const engineering = 'engineering@example.com';
const minute = 60_000;

const presets = {
  okta: { PROVIDER_O_TYPE: 'okta', PROVIDER_O_OKTA_URL: 'acme.okta.com' },
  cognito: {
    PROVIDER_O_TYPE: 'cognito',
    PROVIDER_O_COGNITO_URL: 'acme.auth.eu-west-1.amazoncognito.com',
    PROVIDER_O_COGNITO_REGION: 'eu-west-1',
    PROVIDER_O_COGNITO_ID: 'eu-west-1_a1B2c3D4e',
  },
};
const asCognito: Partial<Behaviour> = {
  groupsClaim: 'cognito:groups',
  groupsAt: 'id token',
  textAtUserinfo: true,
};

let rig: Rig;
let browser: Browser;

/** A rig whose provider under the slug `okta` is another preset, though its issuer is the demo provider. */
function usePreset(env: Record<string, string>, behaviour: Partial<Behaviour>): void {
  beforeAll(async () => {
    rig = await startRig({ env });
  });
  afterAll(() => rig.close());
  beforeEach(() => {
    rig.heal();
    Object.assign(rig.idp.behaviour, behaviour);
    browser = rig.browser();
  });
}

async function tokenOf(email = 'engineer@example.com'): Promise<string> {
  const { status } = await rig.signIn(browser, email, { slug: 'okta' });
  expect(status).toBe(302);
  return browser.cookie(ssoOrigin, sessionCookieName) ?? '';
}

async function groupsOf(token: string): Promise<unknown> {
  const { body } = await rig.introspect({ token, groups: [engineering, 'oncall@example.com'] });
  return body['groups'];
}

describe('Okta', () => {
  usePreset(presets.okta, {});

  test.each<Partial<Behaviour>>([
    { groupsAt: 'both' },
    { groupsAt: 'id token' },
    { groupsAt: 'userinfo' },
    { groupsAt: 'userinfo', thinIdToken: true },
  ])('may tell groups wherever it likes: %j', async (behaviour) => {
    Object.assign(rig.idp.behaviour, behaviour);
    expect(await groupsOf(await tokenOf())).toEqual([engineering]);
  });

  test('may know of no groups', async () => {
    expect(await groupsOf(await tokenOf('finance@example.com'))).toEqual([]);
    Object.assign(rig.idp.behaviour, { groupsClaim: 'nothing' });
    browser = rig.browser();
    expect(await groupsOf(await tokenOf())).toEqual([]);
  });

  test('may hand out a new refresh token each time, and is asked again when the interval is over', async () => {
    rig.idp.behaviour.rotateRefreshTokens = true;
    let token = await tokenOf();
    for (const groups of [[engineering, 'oncall@example.com'], [], [engineering]]) {
      const account = rig.idp.accounts.find(({ email }) => email === 'engineer@example.com');
      if (account !== undefined) account.groups = groups;
      const questions = rig.idp.requests.token;
      rig.clock.now += 9 * minute;
      await groupsOf(token);
      expect(rig.idp.requests.token).toBe(questions);
      rig.clock.now += 2 * minute;
      const { body } = await rig.introspect({ token, groups: [engineering, 'oncall@example.com'] });
      expect(body['groups']).toEqual(groups);
      token = String(body['session']);
    }
  });

  test('that gives no refresh token is taken at its word for as long as its access token lives', async () => {
    rig.idp.behaviour.refreshTokens = false;
    const token = await tokenOf();
    rig.clock.now += 50 * minute;
    const { body } = await rig.introspect({ token, groups: engineering, access_token: 'true' });
    expect(body).toMatchObject({ active: true, groups: [engineering], access_token: expect.any(String) });
    expect(rig.idp.requests.token).toBe(1);
  });

  test('is asked for a sign-in where a person wants another account, in a word that it knows', async () => {
    const first = await browser.visit(rig.signInUrl(wiki, { slug: 'okta' }));
    expect(new URL(first.location ?? '').searchParams.get('prompt')).toBeNull();
    rig.idp.behaviour.unverifiedEmail = true;
    const refused = await rig.signIn(browser, 'engineer@example.com', { slug: 'okta' });
    const [, href = ''] = /href="([^"]*\/okta\/start[^"]*)"/.exec(refused.body) ?? [];
    const again = await browser.visit(new URL(href.replaceAll('&amp;', '&'), ssoOrigin));
    expect(new URL(again.location ?? '').searchParams.get('prompt')).toBe('login');
  });
});

describe('Cognito', () => {
  usePreset(presets.cognito, asCognito);

  test('tells groups in the ID token, and is not asked at userinfo', async () => {
    expect(await groupsOf(await tokenOf())).toEqual([engineering]);
    expect(rig.idp.requests.userinfo).toBe(0);
  });

  test('is not believed about an address that it has not verified, as of people who come through others', async () => {
    rig.idp.behaviour.unverifiedEmail = true;
    const refused = await rig.signIn(browser, 'engineer@example.com', { slug: 'okta' });
    expect(refused.status).toBe(403);
    expect(browser.cookie(ssoOrigin, sessionCookieName)).toBeUndefined();
  });

  test('is asked again when the interval is over', async () => {
    const token = await tokenOf();
    const account = rig.idp.accounts.find(({ email }) => email === 'engineer@example.com');
    account?.groups.splice(0, 1, 'oncall@example.com');
    rig.clock.now += 9 * minute;
    expect(await groupsOf(token)).toEqual([engineering]);
    rig.clock.now += 2 * minute;
    expect(await groupsOf(token)).toEqual(['oncall@example.com']);
  });

  test('that forgets the ID token signs nobody out, and is asked again', async () => {
    const token = await tokenOf();
    rig.clock.now += 11 * minute;
    const body = { access_token: 'a', token_type: 'Bearer', expires_in: 3600 };
    rig.idp.behaviour.faults.token = { answer: { status: 200, body } };
    const answer = await rig.introspect({ token, groups: engineering });
    expect(answer.body).toMatchObject({ active: true, groups: [engineering], stale: true });
    rig.idp.behaviour.faults = {};
    expect((await rig.introspect({ token, groups: engineering })).body).not.toHaveProperty('stale');
  });
});

describe('any other provider', () => {
  usePreset({}, { textAtUserinfo: true });

  test('is not believed where it says "true" as a text', async () => {
    expect((await rig.signIn(browser, 'engineer@example.com', { slug: 'okta' })).status).toBe(403);
  });
});

describe('in the world outside', () => {
  let before: Dispatcher;
  let world: MockAgent;
  beforeEach(() => {
    before = getGlobalDispatcher();
    world = new MockAgent();
    world.disableNetConnect();
    setGlobalDispatcher(world);
  });
  afterEach(async () => {
    setGlobalDispatcher(before);
    await world.close();
  });

  /** Where a browser is sent, when the issuer publishes what Okta and Cognito do. */
  async function beginning(variables: Record<string, string>, issuer: string): Promise<URL> {
    const { origin, pathname } = new URL(issuer);
    const path = `${pathname === '/' ? '' : pathname}/.well-known/openid-configuration`;
    const metadata = {
      issuer,
      authorization_endpoint: `${issuer}/v1/authorize`,
      token_endpoint: `${issuer}/v1/token`,
      jwks_uri: `${issuer}/v1/keys`,
    };
    world.get(origin).intercept({ path }).reply(200, metadata);
    const [provider] = createProviders(settingsOf(variables), {
      origin: ssoOrigin,
      timeoutMs: 5_000,
      now: Date.now,
      elapsed: Date.now,
      emit: () => undefined,
      shared: openMemoryStore(clockFrom()),
      log: createLog({ service: 'auth', level: 'fatal' }),
    }).values();
    const { url } = (await provider?.begin({ selectAccount: false })) ?? {};
    return url ?? new URL('about:blank');
  }

  test.each([
    ['of the organisation', {}, 'https://acme.okta.com'],
    ['that is named', { PROVIDER_O_OKTA_SERVER: 'default' }, 'https://acme.okta.com/oauth2/default'],
  ])('Okta is asked at the authorization server %s, for what BuzzFeed SSO asked', async (_, more, issuer) => {
    const url = await beginning({ ...presets.okta, ...more }, issuer);
    expect(url.href).toContain(`${issuer}/v1/authorize?`);
    expect(url.searchParams.get('scope')).toBe('openid profile email groups offline_access');
  });

  test('Cognito is asked at the host of its pages, by the issuer of its pool', async () => {
    const url = await beginning(
      presets.cognito,
      'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a1B2c3D4e',
    );
    expect(url.origin + url.pathname).toBe('https://acme.auth.eu-west-1.amazoncognito.com/oauth2/authorize');
    expect(url.searchParams.get('scope')).toBe('openid profile email');
    expect(url.searchParams.get('code_challenge_method')).toBe('S256');
  });
});

function settingsOf(variables: Record<string, string>) {
  const loaded = loadAuthSettings({
    SERVER_HOST: 'sso.example.com',
    SESSION_KEY: Buffer.alloc(32, 'the key of the tests').toString('base64'),
    SESSION_COOKIE_SECRET: Buffer.alloc(32, 'some other test key').toString('base64'),
    CLIENT_PROXY_ID: 'proxy',
    CLIENT_PROXY_SECRET: 'a secret between the services of some length',
    AUTHORIZE_EMAIL_DOMAINS: 'example.com',
    AUTHORIZE_PROXY_DOMAINS: 'example.com',
    PROVIDER_O_SLUG: 'okta',
    PROVIDER_O_CLIENT_ID: 'id',
    PROVIDER_O_CLIENT_SECRET: 'secret',
    ...variables,
  });
  if (!loaded.ok) throw new Error(loaded.errors.map(sentenceOf).join('\n'));
  return loaded.settings.providers;
}
