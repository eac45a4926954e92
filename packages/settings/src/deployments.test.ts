import { describe, expect, test } from '@jest/globals';
import { loadAuthSettings } from './load-auth.ts';
import { loadProxySettings } from './load-proxy.ts';
import { asSentences } from '@latchkey/testing/as-sentences';
import { freshKey } from '@latchkey/testing/environments';

// The variables of two public deployments of BuzzFeed SSO on ECS Fargate, with values of the same form.

function firstProxy(): Record<string, string> {
  return {
    UPSTREAM_CONFIGFILE: '/sso/upstream_configs.yml',
    UPSTREAM_CLUSTER: '',
    PROVIDER_URL_EXTERNAL: 'https://sso-auth.example.com',
    CLIENT_ID: 'c3NvLXByb3h5',
    CLIENT_SECRET: freshKey(),
    SESSION_COOKIE_SECRET: freshKey(),
    SESSION_TTL_LIFETIME: '1h',
    UPSTREAM_SCHEME: 'http',
  };
}

function firstAuth(): Record<string, string> {
  return {
    AUTHORIZE_EMAIL_DOMAINS: 'example.com',
    AUTHORIZE_PROXY_DOMAINS: 'example.com',
    SERVER_HOST: 'sso-auth.example.com',
    CLIENT_PROXY_ID: 'c3NvLXByb3h5',
    CLIENT_PROXY_SECRET: freshKey(),
    SESSION_COOKIE_SECURE: 'true',
    SESSION_COOKIE_SECRET: freshKey(),
    SESSION_COOKIE_EXPIRE: '1h',
    SESSION_KEY: freshKey(),
    PROVIDER_X_CLIENT_ID: '1234.apps.example.com',
    PROVIDER_X_CLIENT_SECRET: 'from-google',
    PROVIDER_X_TYPE: 'google',
    PROVIDER_X_SLUG: 'google',
    PROVIDER_X_GOOGLE_IMPERSONATE: 'admin@example.com',
    PROVIDER_X_GOOGLE_CREDENTIALS: '/sso/credentials.json',
    PROVIDER_X_GROUPCACHE_INTERVAL_REFRESH: '1m',
    PROVIDER_X_GROUPCACHE_INTERVAL_PROVIDER: '1m',
    LOGGING_LEVEL: 'debug',
  };
}

const secondChanges = {
  SESSION_COOKIE_SECURE: 'false',
  METRICS_STATSD_HOST: '127.0.0.1',
  VIRTUAL_HOST: '*',
  CLUSTER: 'dev',
};

function versionOneProxy(): Record<string, string> {
  return {
    UPSTREAM_CONFIGS: '/sso/upstream_configs.yml',
    PORT: '4180',
    CLUSTER: 'dev',
    SCHEME: 'https',
    PROVIDER_URL: 'https://sso-auth.example.com',
    PROVIDER_URL_INTERNAL: 'http://sso-auth.sso.svc.cluster.local',
    CLIENT_ID: 'c3NvLXByb3h5',
    CLIENT_SECRET: freshKey(),
    COOKIE_SECRET: freshKey(),
    COOKIE_SECURE: 'true',
    EMAIL_DOMAIN: '*',
    SESSION_LIFETIME_TTL: '12h',
    DEFAULT_UPSTREAM_TIMEOUT: '30s',
    SKIP_AUTH_PREFLIGHT: 'true',
    STATSD_HOST: '127.0.0.1',
    STATSD_PORT: '8125',
  };
}

function versionOneAuth(): Record<string, string> {
  return {
    HOST: 'sso-auth.example.com',
    PORT: '4180',
    REDIRECT_URL: 'https://sso-auth.example.com',
    CLIENT_ID: '1234.apps.example.com',
    CLIENT_SECRET: 'from-google',
    PROXY_CLIENT_ID: 'c3NvLXByb3h5',
    PROXY_CLIENT_SECRET: freshKey(),
    PROXY_ROOT_DOMAIN: 'example.com',
    SSO_EMAIL_DOMAIN: 'example.com',
    AUTH_CODE_SECRET: freshKey(),
    COOKIE_SECRET: freshKey(),
    COOKIE_SECURE: 'true',
    GOOGLE_ADMIN_EMAIL: 'admin@example.com',
    GOOGLE_SERVICE_ACCOUNT_JSON: '/sso/credentials.json',
    SESSION_LIFETIME_TTL: '12h',
    APPROVAL_PROMPT: 'force',
    FOOTER: '-',
    DEFAULT_PROVIDER_SLUG: 'google',
    STATSD_HOST: '127.0.0.1',
    STATSD_PORT: '8125',
  };
}

/** Every name that version 3 read or documented, for both services in one environment. */
function versionThree(): Record<string, string> {
  const [clientSecret, cookieSecret] = [freshKey(), freshKey()];
  return {
    ...firstAuth(),
    ...firstProxy(),
    SERVER_SCHEME: 'https',
    SERVER_PORT: '4180',
    SERVER_TIMEOUT_READ: '30s',
    SERVER_TIMEOUT_WRITE: '30s',
    SERVER_TIMEOUT_REQUEST: '45s',
    SERVER_TIMEOUT_SHUTDOWN: '30s',
    SESSION_COOKIE_NAME: '_sso_proxy',
    SESSION_COOKIE_SECRET: cookieSecret,
    SESSION_COOKIE_DOMAIN: 'example.com',
    SESSION_COOKIE_EXPIRE: '168h',
    SESSION_COOKIE_HTTPONLY: 'true',
    SESSION_COOKIE_REFRESH: '1h',
    SESSION_LIFETIME: '720h',
    SESSION_TTL_VALID: '60s',
    SESSION_TTL_GRACEPERIOD: '3h',
    CLIENT_SECRET: clientSecret,
    CLIENT_PROXY_SECRET: clientSecret,
    PROVIDER_TYPE: 'sso',
    PROVIDER_SCOPE: '',
    PROVIDER_URL_INTERNAL: 'http://auth.sso.internal:4180',
    PROVIDER_X_SCOPE: 'profile email',
    PROVIDER_X_GOOGLE_PROMPT: 'consent',
    PROVIDER_X_GOOGLE_DOMAIN: 'example.com',
    UPSTREAM_CLUSTER: 'prod',
    UPSTREAM_DEFAULT_EMAIL_DOMAINS: 'example.com,example.org',
    UPSTREAM_DEFAULT_EMAIL_ADDRESSES: 'ada@example.net',
    UPSTREAM_DEFAULT_GROUPS: 'everybody@example.com',
    UPSTREAM_DEFAULT_TIMEOUT: '10s',
    UPSTREAM_DEFAULT_RESETDEADLINE: '60s',
    UPSTREAM_DEFAULT_PROVIDER: 'google',
    REQUESTSIGNER_KEY: '-----BEGIN PRIVATE KEY-----\nMII=\n-----END PRIVATE KEY-----\n',
    METRICS_STATSD_HOST: 'localhost',
    METRICS_STATSD_PORT: '8125',
    LOGGING_ENABLE: 'true',
    GROUPCACHE_INTERVAL_REFRESH: '10m',
    SSO_CONFIG_ROOT_DOMAIN: 'example.com',
    SSO_CONFIG_VAULT_SIGNING_KEY: 'sha256:hunter2',
    RIG_IMAGE_VERSION: '1',
  };
}

describe('an environment of BuzzFeed SSO on Fargate starts unchanged', () => {
  test('the proxy of the first deployment', () => {
    expect(asSentences(loadProxySettings(firstProxy()))).toMatchObject({
      ok: true,
      settings: {
        session: { ttl: { lifetimeMs: 3_600_000 } },
        upstream: { configFile: '/sso/upstream_configs.yml', cluster: '', scheme: 'http' },
      },
      warnings: [],
    });
  });

  test('auth of the first deployment', () => {
    const loaded = asSentences(loadAuthSettings(firstAuth()));
    expect(loaded).toMatchObject({
      ok: true,
      settings: {
        server: { host: 'sso-auth.example.com', scheme: 'https' },
        providers: [
          {
            id: 'x',
            type: 'google',
            slug: 'google',
            groupsMs: 60_000,
            directory: {
              credentials: { file: '/sso/credentials.json' },
              impersonate: 'admin@example.com',
            },
          },
        ],
        logging: { level: 'debug' },
      },
    });
    expect(loaded.warnings).toEqual([]);
  });

  test('the proxy of the second, where a stray CLUSTER does not fill the empty UPSTREAM_CLUSTER', () => {
    const loaded = asSentences(loadProxySettings({ ...firstProxy(), ...secondChanges }));
    expect(loaded).toMatchObject({
      ok: true,
      settings: { session: { cookie: { secure: false } }, upstream: { cluster: '' } },
    });
  });

  test('auth of the second, warned that it sends people anywhere', () => {
    const loaded = asSentences(
      loadAuthSettings({
        ...firstAuth(),
        ...secondChanges,
        SERVER_SCHEME: 'https',
        AUTHORIZE_PROXY_DOMAINS: '*',
      }),
    );
    expect(loaded).toMatchObject({ ok: true, settings: { authorize: { proxyDomains: ['*'] } } });
    expect(loaded.warnings.join('\n')).toContain('AUTHORIZE_PROXY_DOMAINS: "*" is insecure');
  });
});

describe('a provider of BuzzFeed SSO is taken over unchanged', () => {
  const { PROVIDER_X_GOOGLE_IMPERSONATE: _, PROVIDER_X_GOOGLE_CREDENTIALS: __, ...common } = firstAuth();

  test.each([
    [{ OKTA_URL: 'acme.okta.com' }, { host: 'acme.okta.com' }],
    [
      { OKTA_URL: 'Acme.okta.com', OKTA_SERVER: 'aus1x2y3' },
      { host: 'acme.okta.com', server: 'aus1x2y3' },
    ],
  ])('Okta: %j', (given, settings) => {
    const variables = Object.entries(given).map(([name, text]) => [`PROVIDER_X_${name}`, text]);
    const loaded = asSentences(
      loadAuthSettings({
        ...common,
        ...Object.fromEntries(variables),
        PROVIDER_X_TYPE: 'okta',
        PROVIDER_X_GROUPCACHE_INTERVAL_REFRESH: '3m',
        PROVIDER_X_GROUPCACHE_INTERVAL_PROVIDER: '2m',
      }),
    );
    expect(loaded).toMatchObject({
      ok: true,
      settings: { providers: [{ type: 'okta', name: 'Okta', groupsMs: 120_000, ...settings }] },
      warnings: [],
    });
  });

  test('Cognito, with one warning that its AWS keys can go', () => {
    const loaded = asSentences(
      loadAuthSettings({
        ...common,
        PROVIDER_X_TYPE: 'cognito',
        PROVIDER_X_COGNITO_URL: 'acme.auth.eu-west-1.amazoncognito.com',
        PROVIDER_X_COGNITO_REGION: 'eu-west-1',
        PROVIDER_X_COGNITO_ID: 'eu-west-1_a1B2c3D4e',
        PROVIDER_X_COGNITO_CREDENTIALS_ID: 'AKIA2EXAMPLE',
        PROVIDER_X_COGNITO_CREDENTIALS_SECRET: 'a key to the account',
        PROVIDER_X_GROUPCACHE_INTERVAL_REFRESH: '3m',
        PROVIDER_X_GROUPCACHE_INTERVAL_PROVIDER: '2m',
      }),
    );
    expect(loaded).toMatchObject({
      ok: true,
      settings: {
        providers: [
          {
            type: 'cognito',
            name: 'Amazon Cognito',
            groupsMs: 180_000,
            host: 'acme.auth.eu-west-1.amazoncognito.com',
            region: 'eu-west-1',
            poolId: 'eu-west-1_a1B2c3D4e',
          },
        ],
      },
      warnings: [expect.stringMatching(/^PROVIDER_X_COGNITO_CREDENTIALS_ID: .*take these AWS keys away$/)],
    });
    expect(JSON.stringify(loaded)).not.toMatch(/AKIA2EXAMPLE|a key to the account/);
  });
});

describe('an environment of BuzzFeed SSO under any of its names starts unchanged', () => {
  test('the proxy of versions 1 and 2', () => {
    const loaded = asSentences(loadProxySettings(versionOneProxy()));
    expect(loaded).toMatchObject({
      ok: true,
      settings: {
        provider: { externalUrl: new URL('https://sso-auth.example.com') },
        session: { ttl: { lifetimeMs: 43_200_000 } },
        upstream: {
          configFile: '/sso/upstream_configs.yml',
          cluster: 'dev',
          defaults: { emailDomains: ['*'], timeoutMs: 30_000 },
        },
      },
    });
    expect(loaded.deprecated.map(({ name }) => name).toSorted()).toEqual(
      Object.keys(versionOneProxy())
        .filter((name) => !['PROVIDER_URL_INTERNAL', 'CLIENT_ID', 'CLIENT_SECRET'].includes(name))
        .toSorted(),
    );
  });

  test('auth of version 1', () => {
    const loaded = asSentences(loadAuthSettings(versionOneAuth()));
    expect(loaded).toMatchObject({
      ok: true,
      settings: {
        server: { host: 'sso-auth.example.com' },
        client: { id: 'c3NvLXByb3h5' },
        authorize: { emailDomains: ['example.com'], proxyDomains: ['example.com'] },
        session: { lifetimeMs: 43_200_000 },
        providers: [
          {
            type: 'google',
            slug: 'google',
            clientId: '1234.apps.example.com',
            prompt: 'consent',
            directory: { credentials: { file: '/sso/credentials.json' } },
          },
        ],
      },
    });
    expect(loaded.deprecated.map(({ name }) => name).toSorted()).toEqual(
      Object.keys(versionOneAuth())
        .filter((name) => name !== 'DEFAULT_PROVIDER_SLUG')
        .toSorted(),
    );
  });

  test('one environment of version 3 for both services', () => {
    const env = versionThree();
    const [proxy, auth] = [asSentences(loadProxySettings(env)), asSentences(loadAuthSettings(env))];
    if (!proxy.ok || !auth.ok) throw new Error('refused');
    expect(proxy.settings.client).toEqual(auth.settings.client);
    expect(proxy.settings.session.cookie).toEqual(auth.settings.session.cookie);
    expect([...proxy.deprecated, ...auth.deprecated]).toEqual([]);
    expect(
      [...proxy.warnings, ...auth.warnings].filter((line) => !/: has no effect( yet)?$/.test(line)),
    ).toEqual([]);
  });
});
