// The environment variables of BuzzFeed SSO v3, as operators have them.
import { describe, expect, test } from '@jest/globals';
import { loadAuthSettings, loadProxySettings } from '@latchkey/settings';
import type { AuthSettings, Loaded, ProxySettings } from '@latchkey/settings';
import { asSentences } from '@latchkey/testing/as-sentences';
import { startUp } from '@latchkey/testing/environments';

type Env = Record<string, string>;

const key = Buffer.alloc(32, 'the key of the tests').toString('base64');
const anotherKey = Buffer.alloc(64, 'some other test key').toString('base64');
const proxyEnv: Env = {
  PROVIDER_URL_EXTERNAL: 'https://sso.example.com',
  CLIENT_ID: 'proxy',
  CLIENT_SECRET: 'the secret of both which is long enough',
  SESSION_COOKIE_SECRET: key,
  UPSTREAM_CONFIGFILE: '/sso/upstream_configs.yml',
  UPSTREAM_CLUSTER: 'prod',
};
const authEnv: Env = {
  SERVER_HOST: 'sso.example.com',
  SESSION_KEY: key,
  SESSION_COOKIE_SECRET: key,
  CLIENT_PROXY_ID: 'proxy',
  CLIENT_PROXY_SECRET: 'the secret of both which is long enough',
  AUTHORIZE_PROXY_DOMAINS: 'example.com',
  AUTHORIZE_EMAIL_DOMAINS: 'example.com',
  PROVIDER_X_TYPE: 'google',
  PROVIDER_X_SLUG: 'google',
  PROVIDER_X_CLIENT_ID: 'client',
  PROVIDER_X_CLIENT_SECRET: 'secret',
};

const proxy = (changes: Env = {}): ProxySettings => startUp(loadProxySettings({ ...proxyEnv, ...changes }));
const auth = (changes: Env = {}): AuthSettings => startUp(loadAuthSettings({ ...authEnv, ...changes }));

/** Whether setting a variable is noticed: the settings are others, or a warning says that it has no effect. */
function isRead(load: (env: Env) => Loaded<unknown>, env: Env, name: string, text: string): boolean {
  const [before, after] = [load(env), load({ ...env, [name]: text })];
  const differs = JSON.stringify(startUp(before)) !== JSON.stringify(startUp(after));
  return differs || after.warnings.some(({ variable }) => variable === name);
}

describe('environment', () => {
  test.each([
    ['SERVER_PORT', '8080'],
    ['SERVER_TIMEOUT_READ', '10s'],
    ['SERVER_TIMEOUT_WRITE', '10s'],
    ['SERVER_TIMEOUT_SHUTDOWN', '10s'],
    ['PROVIDER_TYPE', 'other'],
    ['PROVIDER_URL_EXTERNAL', 'https://auth.example.com'],
    ['PROVIDER_URL_INTERNAL', 'http://auth.internal'],
    ['PROVIDER_SCOPE', 'email'],
    ['CLIENT_ID', 'another'],
    ['CLIENT_SECRET', 'another secret which is long enough'],
    ['SESSION_COOKIE_NAME', '_another'],
    ['SESSION_COOKIE_SECRET', anotherKey],
    ['SESSION_COOKIE_EXPIRE', '1h'],
    ['SESSION_COOKIE_DOMAIN', 'example.com'],
    ['SESSION_COOKIE_SECURE', 'false'],
    ['SESSION_COOKIE_HTTPONLY', 'false'],
    ['SESSION_TTL_LIFETIME', '1h'],
    ['SESSION_TTL_VALID', '1m30s'],
    ['SESSION_TTL_GRACEPERIOD', '1h'],
    ['UPSTREAM_CONFIGFILE', '/another.yml'],
    ['UPSTREAM_CLUSTER', 'staging'],
    ['UPSTREAM_SCHEME', 'http'],
    ['UPSTREAM_DEFAULT_EMAIL_DOMAINS', 'example.com'],
    ['UPSTREAM_DEFAULT_EMAIL_ADDRESSES', 'ann@example.com'],
    ['UPSTREAM_DEFAULT_GROUPS', 'staff'],
    ['UPSTREAM_DEFAULT_TIMEOUT', '1s'],
    ['UPSTREAM_DEFAULT_RESETDEADLINE', '1s'],
    ['UPSTREAM_DEFAULT_PROVIDER', 'okta'],
    ['METRICS_STATSD_HOST', '10.0.0.1'],
    ['METRICS_STATSD_PORT', '9125'],
    ['LOGGING_ENABLE', 'false'],
    ['HTTP_PROXY', 'http://proxy.internal'],
    ['HTTPS_PROXY', 'http://proxy.internal'],
    ['NO_PROXY', 'internal'],
    ['RIG_IMAGE_VERSION', 'v3'],
    ['SSO_CONFIG_ROOT_DOMAIN', 'example.com'],
  ])('every name of sso-proxy: %s', (name, text) => {
    expect(isRead(loadProxySettings, proxyEnv, name, text)).toBe(true);
  });

  test.each([
    ['SERVER_HOST', 'auth.example.com'],
    ['SERVER_SCHEME', 'http'],
    ['SERVER_PORT', '8080'],
    ['SERVER_TIMEOUT_READ', '10s'],
    ['SERVER_TIMEOUT_WRITE', '10s'],
    ['SERVER_TIMEOUT_REQUEST', '10s'],
    ['SERVER_TIMEOUT_SHUTDOWN', '10s'],
    ['SESSION_KEY', anotherKey],
    ['SESSION_COOKIE_SECRET', anotherKey],
    ['SESSION_COOKIE_NAME', '_another'],
    ['SESSION_COOKIE_DOMAIN', 'example.com'],
    ['SESSION_COOKIE_EXPIRE', '1h'],
    ['SESSION_COOKIE_SECURE', 'false'],
    ['SESSION_COOKIE_HTTPONLY', 'false'],
    ['SESSION_LIFETIME', '1h'],
    ['CLIENT_PROXY_ID', 'another'],
    ['CLIENT_PROXY_SECRET', 'another secret which is long enough'],
    ['AUTHORIZE_PROXY_DOMAINS', 'example.org'],
    ['AUTHORIZE_EMAIL_DOMAINS', 'example.org'],
    ['PROVIDER_X_SLUG', 'another'],
    ['PROVIDER_X_CLIENT_ID', 'another'],
    ['PROVIDER_X_CLIENT_SECRET', 'another'],
    ['PROVIDER_X_SCOPE', 'email'],
    ['PROVIDER_X_GOOGLE_PROMPT', 'none'],
    ['PROVIDER_X_GOOGLE_DOMAIN', 'example.com'],
    ['PROVIDER_X_GROUPCACHE_INTERVAL_REFRESH', '1m'],
    ['METRICS_STATSD_HOST', '10.0.0.1'],
    ['METRICS_STATSD_PORT', '9125'],
    ['LOGGING_ENABLE', 'false'],
    ['LOGGING_LEVEL', 'debug'],
  ])('every name of sso-auth: %s', (name, text) => {
    expect(isRead(loadAuthSettings, authEnv, name, text)).toBe(true);
  });

  test('every name of sso-auth: AUTHORIZE_EMAIL_ADDRESSES in place of the domains', () => {
    const { authorize } = auth({ AUTHORIZE_EMAIL_DOMAINS: '', AUTHORIZE_EMAIL_ADDRESSES: 'Ann@Example.com' });
    expect(authorize).toMatchObject({ emailDomains: [], emailAddresses: ['ann@example.com'] });
  });

  test('every name of sso-auth: the service account and the administrator that it acts as', () => {
    const account = { PROVIDER_X_GOOGLE_CREDENTIALS: '/sso/credentials.json' };
    expect(() => auth(account)).toThrow('PROVIDER_X_GOOGLE_IMPERSONATE');
    expect(() => auth({ ...account, PROVIDER_X_GOOGLE_IMPERSONATE: 'admin@example.com' })).not.toThrow();
  });

  test.each([
    ['UPSTREAM_CONFIGS_FILE', '/another.yml'],
    ['UPSTREAM_DEFAULT_TCP_RESET_DEADLINE', '1s'],
  ])('the documented-but-unread names: %s', (name, text) => {
    const env = Object.fromEntries(Object.entries(proxyEnv).filter(([key]) => key !== 'UPSTREAM_CONFIGFILE'));
    expect(isRead(loadProxySettings, env, name, text)).toBe(true);
  });

  test.each(['SESSION_COOKIE_REFRESH', 'GROUPCACHE_INTERVAL_REFRESH', 'GROUPCACHE_INTERVAL_PROVIDER'])(
    'the documented-but-unread names: %s',
    (name) => expect(isRead(loadAuthSettings, authEnv, name, '5m')).toBe(true),
  );

  test('the older names as aliases with one deprecation line', () => {
    const older = {
      PORT: '8080',
      PROVIDER_URL: 'https://sso.example.com',
      CLIENT_ID: 'proxy',
      CLIENT_SECRET: 'the secret of both which is long enough',
      COOKIE_SECRET: key,
      COOKIE_SECURE: 'false',
      UPSTREAM_CONFIGS: '/sso/upstream_configs.yml',
      CLUSTER: 'prod',
      DEFAULT_ALLOWED_GROUPS: 'staff',
      SESSION_VALID_TTL: '5m',
    };
    const loaded = loadProxySettings(older);
    expect(startUp(loaded)).toEqual(
      proxy({
        SERVER_PORT: '8080',
        SESSION_COOKIE_SECURE: 'false',
        UPSTREAM_DEFAULT_GROUPS: 'staff',
        SESSION_TTL_VALID: '5m',
      }),
    );
    const lines = asSentences(loaded).warnings.filter((line) => line.includes('deprecated, write '));
    const deprecated = Object.keys(older).filter((name) => !name.startsWith('CLIENT_'));
    expect(lines).toHaveLength(deprecated.length);
    for (const name of deprecated) expect(lines).toContainEqual(expect.stringContaining(`${name}: `));
  });

  test('defaults', () => {
    expect(proxy()).toMatchObject({
      server: { port: 4180, readTimeoutMs: 30_000, writeTimeoutMs: 30_000, shutdownTimeoutMs: 30_000 },
      session: {
        cookie: { name: '_sso_proxy', secure: true, expireMs: 168 * 3_600_000 },
        ttl: { lifetimeMs: 720 * 3_600_000, validMs: 60_000, gracePeriodMs: 3 * 3_600_000 },
      },
      upstream: {
        scheme: 'https',
        defaults: { timeoutMs: 10_000, resetDeadlineMs: 60_000, provider: 'google' },
      },
      logging: { enabled: true },
    });
    expect(auth()).toMatchObject({
      server: { port: 4180, scheme: 'https', requestTimeoutMs: 45_000, shutdownTimeoutMs: 46_000 },
      session: { lifetimeMs: 720 * 3_600_000, cookie: { secure: true, expireMs: 168 * 3_600_000 } },
      providers: [{ prompt: 'consent' }],
    });
  });

  test.each([
    ['10s', 10_000],
    ['1m30s', 90_000],
    ['100ms', 100],
    ['1.5h', 5_400_000],
    ['2h0m0.5s', 7_200_500],
  ])('Go duration strings: %s', (text, milliseconds) => {
    expect(proxy({ SESSION_TTL_VALID: text }).session.ttl.validMs).toBe(milliseconds);
  });

  test.each([32, 64])('padded base64 secrets of %i bytes', (bytes) => {
    const secret = Buffer.alloc(bytes, 'the key of the tests').toString('base64');
    expect(secret).toMatch(/=$/);
    expect(proxy({ SESSION_COOKIE_SECRET: secret }).session.cookie.secrets).toEqual([secret]);
    expect(auth({ SESSION_KEY: secret }).session.key).toEqual([secret]);
    expect(() => auth({ SESSION_KEY: Buffer.alloc(bytes - 1).toString('base64') })).toThrow('SESSION_KEY');
  });

  test('comma lists', () => {
    expect(proxy({ UPSTREAM_DEFAULT_GROUPS: 'a@example.com,123,b' }).upstream.defaults.groups).toEqual([
      'a@example.com',
      '123',
      'b',
    ]);
    expect(auth({ AUTHORIZE_EMAIL_DOMAINS: 'example.com,example.org' }).authorize.emailDomains).toEqual([
      'example.com',
      'example.org',
    ]);
  });

  test.each(['true', 'TRUE', 'True', 't', 'T'])('true/false/t/f any case: %s', (text) => {
    expect(proxy({ SESSION_COOKIE_SECURE: text }).session.cookie.secure).toBe(true);
  });
  test.each(['false', 'FALSE', 'False', 'f', 'F'])('true/false/t/f any case: %s', (text) => {
    expect(auth({ SESSION_COOKIE_SECURE: text }).session.cookie.secure).toBe(false);
  });

  test('${VAR} in values', () => {
    expect(auth({ MYHOST: 'sso.example.org', SERVER_HOST: '${MYHOST}' }).server.host).toBe('sso.example.org');
    expect(proxy({ REGION: 'eu', UPSTREAM_CLUSTER: 'prod-${REGION}' }).upstream.cluster).toBe('prod-eu');
  });

  test('empty = unset', () => {
    const empty = { SERVER_PORT: '', SESSION_COOKIE_NAME: '', SESSION_TTL_VALID: '', LOGGING_ENABLE: '' };
    expect(proxy({ ...empty, UPSTREAM_DEFAULT_GROUPS: '' })).toEqual(proxy());
    expect(loadProxySettings({ ...proxyEnv, CLIENT_SECRET: '' }).ok).toBe(false);
  });
});
