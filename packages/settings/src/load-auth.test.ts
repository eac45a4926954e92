import { describe, expect, test } from '@jest/globals';
import { loadAuthSettings } from './load-auth.ts';
import { asSentences } from '@latchkey/testing/as-sentences';
import { freshKey, minimalAuth, minimalProxy } from '@latchkey/testing/environments';

type Changes = Record<string, string | undefined>;

function load(changes: Changes = {}) {
  return asSentences(loadAuthSettings({ ...minimalAuth(), ...changes }));
}

function errorsOf(changes: Changes): string[] {
  const loaded = load(changes);
  return loaded.ok ? [] : loaded.errors;
}

describe('the settings of auth', () => {
  test('have defaults for all that is not set', () => {
    const [key, secret] = [freshKey(), freshKey(64)];
    expect(load({ SESSION_KEY: key, SESSION_COOKIE_SECRET: secret })).toEqual({
      ok: true,
      settings: {
        server: {
          host: 'sso.corp.example.com',
          scheme: 'https',
          port: 4180,
          readTimeoutMs: 30_000,
          writeTimeoutMs: 30_000,
          requestTimeoutMs: 45_000,
          drainMs: 0,
          shutdownTimeoutMs: 46_000,
          requestsPerMinute: 6_000,
          trustedProxies: [],
        },
        session: {
          key: [key],
          lifetimeMs: 2_592_000_000,
          validMs: 60_000,
          cookie: { name: '_sso_proxy', secrets: [secret], secure: true, expireMs: 604_800_000 },
        },
        client: { id: 'proxy-1', secrets: ['the secret of both which is long enough'] },
        programDocuments: false,
        programRegistration: false,
        authorize: { emailDomains: ['example.com'], emailAddresses: [], proxyDomains: ['corp.example.com'] },
        providers: [
          {
            id: 'google',
            type: 'google',
            slug: 'google',
            name: 'Google',
            clientId: 'google-client',
            clientSecret: 'google-secret',
            prompt: 'consent',
            endpoints: {
              authorization: new URL('https://accounts.google.com/o/oauth2/v2/auth'),
              token: new URL('https://oauth2.googleapis.com/token'),
              userinfo: new URL('https://openidconnect.googleapis.com/v1/userinfo'),
              revocation: new URL('https://oauth2.googleapis.com/revoke'),
            },
            groupsMs: 600_000,
          },
        ],
        metrics: { statsd: { port: 8125 } },
        logging: { enabled: true, level: 'info' },
      },
      warnings: [],
      deprecated: [],
    });
  });

  test('may give the proxy a port of its own, which is another one', () => {
    expect(load({ SERVER_INTERNAL_PORT: '4181' })).toMatchObject({
      settings: { server: { port: 4180, internalPort: 4181 } },
    });
    expect(errorsOf({ SERVER_INTERNAL_PORT: '4180' })).toEqual([
      'SERVER_INTERNAL_PORT: got "4180", which is SERVER_PORT, write another one that only the proxy can reach',
    ]);
  });

  test('take several keys, the first of which seals', () => {
    const keys = [freshKey(), freshKey()];
    expect(load({ SESSION_KEY: keys.join(', ') })).toMatchObject({ settings: { session: { key: keys } } });
  });

  test('load from an environment that is shared with the proxy, with strays of other programs', () => {
    const loaded = asSentences(
      loadAuthSettings({
        ...minimalProxy(),
        ...minimalAuth(),
        PROVIDER_TYPE: 'sso',
        PROVIDER_SERVICE_HOST: '10.0.0.1',
        CLIENT_FOO_ID: 'x',
      }),
    );
    expect(loaded).toMatchObject({ ok: true, settings: { providers: [{ id: 'google' }] } });
  });

  test.each([
    ['sso.corp.example.com', 'corp.example.com'],
    ['corp.example.com:8443', 'corp.example.com'],
  ])('accept the host %s under the cookie domain %s', (SERVER_HOST, SESSION_COOKIE_DOMAIN) => {
    expect(load({ SERVER_HOST, SESSION_COOKIE_DOMAIN }).ok).toBe(true);
  });
});

describe('the providers of auth', () => {
  test('may be several, of different types', () => {
    const loaded = load({
      PROVIDER_GOOGLE_NAME: 'our Google',
      PROVIDER_GOOGLE_GOOGLE_DOMAIN: 'Example.com',
      PROVIDER_GOOGLE_GOOGLE_TOKEN_URL: 'http://127.0.0.1:4182/token',
      PROVIDER_GOOGLE_SCOPE: 'profile email',
      provider_idp2_type: 'OIDC',
      PROVIDER_IDP2_SLUG: 'second',
      PROVIDER_IDP2_CLIENT_ID: 'id',
      PROVIDER_IDP2_CLIENT_SECRET: 'secret',
      PROVIDER_IDP2_OIDC_ISSUER: 'https://idp.example.com/tenant',
    });
    expect(loaded).toMatchObject({
      ok: true,
      settings: {
        providers: [
          {
            id: 'google',
            name: 'our Google',
            scope: 'profile email',
            hostedDomain: 'example.com',
            endpoints: { token: new URL('http://127.0.0.1:4182/token') },
          },
          {
            id: 'idp2',
            type: 'oidc',
            slug: 'second',
            name: 'OpenID Connect',
            issuer: new URL('https://idp.example.com/tenant'),
          },
        ],
      },
    });
  });

  test('that people cannot tell apart are warned about', () => {
    const second = {
      PROVIDER_PARTNERS_TYPE: 'google',
      PROVIDER_PARTNERS_SLUG: 'partners',
      PROVIDER_PARTNERS_CLIENT_ID: 'id',
      PROVIDER_PARTNERS_CLIENT_SECRET: 'secret',
    };
    const alike =
      'PROVIDER_PARTNERS_NAME: "Google", as PROVIDER_GOOGLE_NAME: people who choose see two buttons alike, write another one';
    expect(load(second)).toMatchObject({ ok: true, warnings: expect.arrayContaining([alike]) });
    const named = load({ ...second, PROVIDER_PARTNERS_NAME: 'Google of the partners' });
    expect(named.warnings).not.toContainEqual(expect.stringContaining('_NAME'));
  });

  test.each<[Changes, ...string[]]>([
    [
      { PROVIDER_GOOGLE_TYPE: '' },
      'PROVIDER_<ID>_TYPE: not set, write at least one provider, like PROVIDER_GOOGLE_TYPE=google',
    ],
    [
      { PROVIDER_GOOGLE_TYPE: 'saml' },
      'PROVIDER_GOOGLE_TYPE: got "saml", write google, okta, cognito or oidc',
    ],
    [
      { PROVIDER_GOOGLE_TYPE: 'test' },
      'PROVIDER_GOOGLE_TYPE: got "test", write oidc with PROVIDER_<ID>_OIDC_ISSUER: to try things out, start packages/dev-idp and write its address there',
    ],
    [
      { PROVIDER_GOOGLE_TYPE: 'Okta' },
      'PROVIDER_GOOGLE_OKTA_URL: not set, write a host like sso.example.com or sso.example.com:8443 (The host of the Okta organisation, without https://.)',
    ],
    [
      {
        PROVIDER_GOOGLE_TYPE: 'okta',
        PROVIDER_GOOGLE_OKTA_URL: 'a.okta.com',
        PROVIDER_GOOGLE_OKTA_SERVER: '../x',
      },
      'PROVIDER_GOOGLE_OKTA_SERVER: got "../x", write the id of an authorization server, like default',
    ],
    [
      {
        PROVIDER_GOOGLE_TYPE: 'cognito',
        PROVIDER_GOOGLE_COGNITO_URL: 'a.example.com',
        PROVIDER_GOOGLE_COGNITO_REGION: 'evil.example/eu-west-1',
        PROVIDER_GOOGLE_COGNITO_ID: 'eu-west-1_a1B2c3D4e',
      },
      'PROVIDER_GOOGLE_COGNITO_REGION: got "evil.example/eu-west-1", write an AWS region, like eu-west-1',
    ],
    ...['GOOGLE_TOKEN_URL', 'GOOGLE_DIRECTORY_URL'].map((name): [Changes, string] => [
      { [`PROVIDER_GOOGLE_${name}`]: 'http://idp.example.com/x' },
      `PROVIDER_GOOGLE_${name}: got "http://idp.example.com/x", write an https URL (http only on this machine, like http://127.0.0.1:8080)`,
    ]),
    [
      { PROVIDER_GOOGLE_TYPE: 'oidc' },
      'PROVIDER_GOOGLE_OIDC_ISSUER: not set, write an address like https://idp.example.com/path (The issuer URL of the provider. Its configuration is at `/.well-known/openid-configuration` below this address.)',
    ],
    [
      { PROVIDER_GOOGLE_TYPE: 'cognito' },
      'PROVIDER_GOOGLE_COGNITO_URL: not set, write a host like sso.example.com or sso.example.com:8443 (The host of the hosted sign-in pages, without https://.)',
      'PROVIDER_GOOGLE_COGNITO_REGION: not set, write an AWS region, like eu-west-1 (The AWS region of the user pool.)',
      'PROVIDER_GOOGLE_COGNITO_ID: not set, write the id of a user pool, like eu-west-1_a1B2c3D4e (The id of the user pool.)',
    ],
    [
      { PROVIDER_GOOGLE_SLUG: 'ping' },
      'PROVIDER_GOOGLE_SLUG: got "ping", write another one: this path belongs to auth itself',
    ],
    [{ PROVIDER_MY_IDP_TYPE: 'oidc' }, 'PROVIDER_MY_IDP_TYPE: an <ID> has no "_", write PROVIDER_MYIDP_TYPE'],
    [
      { PROVIDER_GOOGLE_GOOGLE_CREDENTIALS: '/x.json' },
      'PROVIDER_GOOGLE_GOOGLE_CREDENTIALS: needs PROVIDER_GOOGLE_GOOGLE_IMPERSONATE and the other way round, write both or neither',
    ],
    [
      { PROVIDER_GOOGLE_GOOGLE_WORKLOAD_IDENTITY_FILE: '/x.json' },
      'PROVIDER_GOOGLE_GOOGLE_WORKLOAD_IDENTITY_FILE: the file it names does not exist, write the path of a file that holds the secret alone',
      'PROVIDER_GOOGLE_GOOGLE_WORKLOAD_IDENTITY: needs PROVIDER_GOOGLE_GOOGLE_IMPERSONATE and the other way round, write both or neither',
    ],
    [
      {
        PROVIDER_GOOGLE_GOOGLE_CREDENTIALS: '/x.json',
        PROVIDER_GOOGLE_GOOGLE_WORKLOAD_IDENTITY: '{"type":"service_account","private_key":"s3cret"}',
        PROVIDER_GOOGLE_GOOGLE_IMPERSONATE: 'admin@example.com',
      },
      'PROVIDER_GOOGLE_GOOGLE_WORKLOAD_IDENTITY: got a value of 49 characters, write the JSON that `gcloud iam workload-identity-pools create-cred-config … --aws --service-account=…` writes, or base64 of it',
      'PROVIDER_GOOGLE_GOOGLE_WORKLOAD_IDENTITY: set together with PROVIDER_GOOGLE_GOOGLE_CREDENTIALS, write only one of the two',
    ],
    [
      {
        PROVIDER_B_TYPE: 'google',
        PROVIDER_B_SLUG: 'google',
        PROVIDER_B_CLIENT_ID: 'id',
        PROVIDER_B_CLIENT_SECRET: 'secret',
      },
      'PROVIDER_B_SLUG: got "google", write another one: PROVIDER_GOOGLE_SLUG has this',
    ],
  ])('%# %j', (changes, ...lines) => {
    expect(errorsOf(changes)).toEqual(lines);
  });
});

describe('the errors of auth', () => {
  test('come all at once, those of the providers too', () => {
    const loaded = asSentences(loadAuthSettings({ PROVIDER_X_TYPE: 'google', SESSION_LIFETIME: '1m' }));
    expect(loaded.ok ? [] : loaded.errors.map((line) => line.split(':')[0])).toEqual([
      'SERVER_HOST',
      'SESSION_KEY',
      'SESSION_LIFETIME',
      'SESSION_COOKIE_SECRET',
      'CLIENT_PROXY_ID',
      'CLIENT_PROXY_SECRET',
      'AUTHORIZE_PROXY_DOMAINS',
      'PROVIDER_X_SLUG',
      'PROVIDER_X_CLIENT_ID',
      'PROVIDER_X_CLIENT_SECRET',
      'AUTHORIZE_EMAIL_DOMAINS',
    ]);
  });

  test.each<[Changes, string]>([
    [
      { AUTHORIZE_EMAIL_ADDRESSES: 'ada@example.com' },
      'AUTHORIZE_EMAIL_ADDRESSES: set together with AUTHORIZE_EMAIL_DOMAINS, write only one of the two',
    ],
    [
      { AUTHORIZE_EMAIL_DOMAINS: '' },
      'AUTHORIZE_EMAIL_DOMAINS: not set, write the e-mail domains that may sign in, like example.com (or the addresses in AUTHORIZE_EMAIL_ADDRESSES)',
    ],
    [
      { AUTHORIZE_EMAIL_DOMAINS: 'ada@example.com' },
      'AUTHORIZE_EMAIL_DOMAINS: got "ada@example.com", write what follows the @ like example.com, or * for any',
    ],
    [
      { SESSION_COOKIE_DOMAIN: 'xample.com', SERVER_HOST: 'sso.example.com' },
      'SESSION_COOKIE_DOMAIN: got "xample.com", write a domain that contains SERVER_HOST, which is "sso.example.com"',
    ],
    [
      { SESSION_COOKIE_DOMAIN: '10.0.0.1' },
      'SESSION_COOKIE_DOMAIN: got "10.0.0.1", write a domain like example.com',
    ],
    [
      { SESSION_LIFETIME: '8760h' },
      'SESSION_LIFETIME: got "8760h", write a duration above 1m and below 8760h, like 720h',
    ],
  ])('%# %j', (changes, line) => {
    expect(errorsOf(changes)).toEqual([line]);
  });
});
