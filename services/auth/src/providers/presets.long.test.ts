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
import type { Provider } from './provider.ts';

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

  test('tells groups in the ID token, and is not asked at userinfo who somebody is', async () => {
    expect(await groupsOf(await tokenOf())).toEqual([engineering]);
    expect(rig.idp.requests.userinfo).toBe(0);
  });

  test('is asked at userinfo once a minute whether a session stands, and what else it says there does not count', async () => {
    const token = await tokenOf();
    rig.idp.behaviour.groupsAt = 'userinfo';
    const account = rig.idp.accounts.find(({ email }) => email === 'engineer@example.com');
    account?.groups.splice(0, 1, 'oncall@example.com');
    const refreshes = rig.idp.requests.token;
    for (let minutes = 1; minutes < 9; minutes++) {
      rig.clock.now += minute;
      expect(await groupsOf(token)).toEqual([engineering]);
      expect(rig.idp.requests.userinfo).toBe(minutes);
    }
    expect(rig.idp.requests.token).toBe(refreshes);
  });

  test('that has switched an account off ends its sessions within a minute', async () => {
    const token = await tokenOf();
    rig.idp.behaviour.disabled.add('engineer@example.com');
    rig.clock.now += minute;
    expect((await rig.introspect({ token, groups: [engineering] })).body).toEqual({ active: false });
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
  const silent = createLog({ service: 'auth', level: 'fatal' });
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

  /** A provider whose issuer publishes what Okta and Cognito do. */
  function published(
    variables: Record<string, string>,
    issuer: string,
    more: Record<string, string> = {},
  ): Provider | undefined {
    const { origin, pathname } = new URL(issuer);
    const path = `${pathname === '/' ? '' : pathname}/.well-known/openid-configuration`;
    const metadata = {
      issuer,
      authorization_endpoint: `${issuer}/v1/authorize`,
      token_endpoint: `${issuer}/v1/token`,
      jwks_uri: `${issuer}/v1/keys`,
      ...more,
    };
    world.get(origin).intercept({ path }).reply(200, metadata);
    const [provider] = createProviders(settingsOf(variables), {
      origin: ssoOrigin,
      timeoutMs: 5_000,
      sessionValidMs: minute,
      refreshMs: 5_000,
      now: Date.now,
      elapsed: Date.now,
      emit: () => undefined,
      shared: openMemoryStore(clockFrom()),
      log: silent,
    }).values();
    return provider;
  }

  /** Where a browser is sent that signs in. */
  async function beginning(variables: Record<string, string>, issuer: string): Promise<URL> {
    const provider = published(variables, issuer);
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

  test.each([
    [401, {}, undefined],
    [200, { sub: 'ada', email: 'ada@example.com', email_verified: 'true', 'cognito:groups': ['admins'] }, {}],
  ])('Cognito is asked there, too, whether a session stands: %d', async (status, claims, word) => {
    const pool = published(
      presets.cognito,
      'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a1B2c3D4e',
    );
    const at = { path: '/oauth2/userInfo', headers: { authorization: 'Bearer access' } };
    const headers = { headers: { 'content-type': 'application/json' } };
    world.get('https://acme.auth.eu-west-1.amazoncognito.com').intercept(at).reply(status, claims, headers);
    expect(await pool?.confirm?.('access', 'ada')).toEqual(word);
  });

  const leaving = { idToken: 'e.y.J', email: 'engineer@example.com', state: 's' };
  const okta = { ...presets.okta, PROVIDER_O_SIGN_OUT: 'provider' };
  const atOkta = 'https://acme.okta.com';

  test('Okta is signed out of where it says, with the ID token', async () => {
    const page = { end_session_endpoint: `${atOkta}/oauth2/v1/logout` };
    const url = await published(okta, atOkta, page)?.signOut?.address(leaving);
    expect(url?.href).toBe(
      `${atOkta}/oauth2/v1/logout?id_token_hint=e.y.J&post_logout_redirect_uri=https%3A%2F%2Fsso.corp.example.com%2Fokta%2Fsign_out&state=s&client_id=id`,
    );
  });

  test('Cognito is signed out of at the host of its pages, in its own words', async () => {
    const issuer = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a1B2c3D4e';
    const pool = published({ ...presets.cognito, PROVIDER_O_SIGN_OUT: 'offer' }, issuer);
    expect((await pool?.signOut?.address(leaving))?.href).toBe(
      'https://acme.auth.eu-west-1.amazoncognito.com/logout?logout_uri=https%3A%2F%2Fsso.corp.example.com%2Fokta%2Fsign_out&client_id=id',
    );
  });

  test.each([
    ['without TLS', { end_session_endpoint: 'http://acme.okta.com/oauth2/v1/logout' }],
    ['that is a script', { end_session_endpoint: 'javascript:alert(1)' }],
    ['that is no address', { end_session_endpoint: '/logout' }],
    ['that no browser would find', { end_session_endpoint: `${atOkta}/${'logout'.repeat(2_000)}` }],
    ['that there is none of', {}],
  ])('nobody is led to a page for signing out %s', async (_, page) => {
    const address = published(okta, atOkta, page)?.signOut?.address(leaving);
    await expect(address).rejects.toMatchObject({ code: 'provider_failed' });
  });

  test.each(['google', 'okta', 'oidc', 'cognito'])(
    'people stay here where nobody has chosen, with %s',
    (type) => {
      const issuer = { PROVIDER_O_OIDC_ISSUER: atOkta };
      const variables = {
        google: { PROVIDER_O_TYPE: 'google' },
        oidc: { PROVIDER_O_TYPE: 'oidc', ...issuer },
        ...presets,
      }[type];
      expect(published({ ...variables }, atOkta)?.signOut).toBeUndefined();
    },
  );
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
