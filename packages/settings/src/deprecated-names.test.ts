import { describe, expect, test } from '@jest/globals';
import { loadAuthSettings } from './load-auth.ts';
import { loadProxySettings } from './load-proxy.ts';
import { removedFromAuth, removedFromProxy } from './removed-names.ts';
import { asSentences } from '@latchkey/testing/as-sentences';
import { freshKey, minimalAuth, minimalProxy } from '@latchkey/testing/environments';

type Env = Record<string, string | undefined>;

const key = freshKey();

/** An environment under `older` means what it means under `name`, and says which of the two to write. */
function expectSameSettings(
  load: typeof loadProxySettings | typeof loadAuthSettings,
  env: Env,
  older: string,
  name: string,
  text: string,
): void {
  const now = asSentences<unknown>(load({ ...env, [name]: text }));
  const before = asSentences<unknown>(load({ ...env, [name]: undefined, [older]: text }));
  if (!now.ok || !before.ok) throw new Error([now, before].flatMap((l) => (l.ok ? [] : l.errors)).join('\n'));
  expect(before.settings).toEqual(now.settings);
  expect(before.warnings.filter((line) => line.startsWith(`${older}: deprecated`))).toEqual([
    `${older}: deprecated, write ${name}`,
  ]);
  expect(before.deprecated).toEqual([{ name: older, instead: name }]);
}

describe('the deprecated names of the proxy', () => {
  test.each([
    ['PORT', 'SERVER_PORT', '8080'],
    ['PROVIDER_URL', 'PROVIDER_URL_EXTERNAL', 'https://sso.example.org'],
    ['PROXY_PROVIDER_URL', 'PROVIDER_URL_INTERNAL', 'http://auth.internal:4180'],
    ['UPSTREAM_CONFIGS', 'UPSTREAM_CONFIGFILE', '/sso/upstreams.yml'],
    ['UPSTREAM_CONFIGS_FILE', 'UPSTREAM_CONFIGFILE', '/sso/upstreams.yml'],
    ['UPSTREAM_CONFIG_FILE', 'UPSTREAM_CONFIGFILE', '/sso/upstreams.yml'],
    ['CLUSTER', 'UPSTREAM_CLUSTER', 'prod'],
    ['SCHEME', 'UPSTREAM_SCHEME', 'http'],
    ['EMAIL_DOMAIN', 'UPSTREAM_DEFAULT_EMAIL_DOMAINS', 'example.com'],
    ['DEFAULT_ALLOWED_EMAIL_DOMAINS', 'UPSTREAM_DEFAULT_EMAIL_DOMAINS', 'example.com'],
    ['EMAIL_ADDRESSES', 'UPSTREAM_DEFAULT_EMAIL_ADDRESSES', 'ada@example.com'],
    ['DEFAULT_ALLOWED_EMAIL_ADDRESSES', 'UPSTREAM_DEFAULT_EMAIL_ADDRESSES', 'ada@example.com'],
    ['DEFAULT_ALLOWED_GROUPS', 'UPSTREAM_DEFAULT_GROUPS', 'a@example.com,b'],
    ['DEFAULT_UPSTREAM_TIMEOUT', 'UPSTREAM_DEFAULT_TIMEOUT', '5s'],
    ['DEFAULT_UPSTREAM_TCP_RESET_DEADLINE', 'UPSTREAM_DEFAULT_RESETDEADLINE', '90s'],
    ['UPSTREAM_DEFAULT_TCP_RESET_DEADLINE', 'UPSTREAM_DEFAULT_RESETDEADLINE', '90s'],
    ['TCP_WRITE_TIMEOUT', 'SERVER_TIMEOUT_WRITE', '7s'],
    ['TCP_READ_TIMEOUT', 'SERVER_TIMEOUT_READ', '7s'],
    ['COOKIE_NAME', 'SESSION_COOKIE_NAME', 'ours'],
    ['COOKIE_SECRET', 'SESSION_COOKIE_SECRET', key],
    ['COOKIE_DOMAIN', 'SESSION_COOKIE_DOMAIN', 'corp.example.com'],
    ['COOKIE_EXPIRE', 'SESSION_COOKIE_EXPIRE', '24h'],
    ['COOKIE_SECURE', 'SESSION_COOKIE_SECURE', 'false'],
    ['COOKIE_HTTP_ONLY', 'SESSION_COOKIE_HTTPONLY', 'true'],
    ['SESSION_LIFETIME_TTL', 'SESSION_TTL_LIFETIME', '24h'],
    ['SESSION_VALID_TTL', 'SESSION_TTL_VALID', '5m'],
    ['GRACE_PERIOD_TTL', 'SESSION_TTL_GRACEPERIOD', '1h'],
    ['SESSION_TTL_GRACE_PERIOD', 'SESSION_TTL_GRACEPERIOD', '1h'],
    ['PROVIDER', 'PROVIDER_TYPE', 'sso'],
    ['DEFAULT_PROVIDER_SLUG', 'UPSTREAM_DEFAULT_PROVIDER', 'second'],
    ['SCOPE', 'PROVIDER_SCOPE', 'email'],
    ['REQUEST_SIGNATURE_KEY', 'REQUESTSIGNER_KEY', 'a PEM'],
    ['REQUEST_LOGGING', 'LOGGING_ENABLE', 'false'],
    ['STATSD_HOST', 'METRICS_STATSD_HOST', '127.0.0.1'],
    ['STATSD_PORT', 'METRICS_STATSD_PORT', '8126'],
  ])('%s means %s', (older, name, text) => {
    expectSameSettings(loadProxySettings, minimalProxy(), older, name, text);
  });

  test.each(Object.entries(removedFromProxy))('%s has no effect any more', (name, advice) => {
    const loaded = asSentences(
      loadProxySettings({ ...minimalProxy(), UPSTREAM_CONFIGFILE: '/x.yml', [name]: 'hunter2' }),
    );
    expect(loaded).toMatchObject({
      ok: true,
      warnings: [`${name}: has no effect any more, ${advice}`],
      deprecated: [{ name }],
    });
  });

  test('do not count where the variable itself is set', () => {
    const env = {
      ...minimalProxy(),
      UPSTREAM_CONFIGFILE: '/x.yml',
      CLUSTER: 'stray',
      UPSTREAM_CLUSTER: 'prod',
    };
    expect(asSentences(loadProxySettings(env))).toMatchObject({
      settings: { upstream: { cluster: 'prod' } },
      warnings: [],
      deprecated: [],
    });
  });
});

describe('the deprecated names of auth', () => {
  test.each([
    ['HOST', 'SERVER_HOST', 'sso.example.org'],
    ['PORT', 'SERVER_PORT', '8080'],
    ['PROXY_CLIENT_ID', 'CLIENT_PROXY_ID', 'proxy-2'],
    ['PROXY_CLIENT_SECRET', 'CLIENT_PROXY_SECRET', 'another secret which is long enough'],
    ['SSO_EMAIL_DOMAIN', 'AUTHORIZE_EMAIL_DOMAINS', 'example.org'],
    ['PROXY_ROOT_DOMAIN', 'AUTHORIZE_PROXY_DOMAINS', 'example.org'],
    ['AUTH_CODE_SECRET', 'SESSION_KEY', key],
    ['SESSION_LIFETIME_TTL', 'SESSION_LIFETIME', '24h'],
    ['COOKIE_NAME', 'SESSION_COOKIE_NAME', 'ours'],
    ['COOKIE_SECRET', 'SESSION_COOKIE_SECRET', key],
    ['COOKIE_DOMAIN', 'SESSION_COOKIE_DOMAIN', 'corp.example.com'],
    ['COOKIE_EXPIRE', 'SESSION_COOKIE_EXPIRE', '24h'],
    ['COOKIE_SECURE', 'SESSION_COOKIE_SECURE', 'false'],
    ['COOKIE_HTTP_ONLY', 'SESSION_COOKIE_HTTPONLY', 'true'],
    ['REQUEST_TIMEOUT', 'SERVER_TIMEOUT_REQUEST', '7s'],
    ['TCP_WRITE_TIMEOUT', 'SERVER_TIMEOUT_WRITE', '7s'],
    ['TCP_READ_TIMEOUT', 'SERVER_TIMEOUT_READ', '7s'],
    ['REQUEST_LOGGING', 'LOGGING_ENABLE', 'false'],
    ['STATSD_HOST', 'METRICS_STATSD_HOST', '127.0.0.1'],
    ['STATSD_PORT', 'METRICS_STATSD_PORT', '8126'],
  ])('%s means %s', (older, name, text) => {
    expectSameSettings(loadAuthSettings, minimalAuth(), older, name, text);
  });

  test('SSO_EMAIL_ADDRESSES means AUTHORIZE_EMAIL_ADDRESSES', () => {
    const env = { ...minimalAuth(), AUTHORIZE_EMAIL_DOMAINS: undefined };
    expectSameSettings(
      loadAuthSettings,
      env,
      'SSO_EMAIL_ADDRESSES',
      'AUTHORIZE_EMAIL_ADDRESSES',
      'ada@example.com',
    );
  });

  test.each(Object.entries(removedFromAuth))('%s has no effect any more', (name, advice) => {
    const loaded = asSentences(loadAuthSettings({ ...minimalAuth(), [name]: 'x' }));
    expect(loaded).toMatchObject({
      ok: true,
      warnings: [`${name}: has no effect any more, ${advice}`],
      deprecated: [{ name }],
    });
  });
});

describe('the names that BuzzFeed SSO documents and never read', () => {
  test.each([
    ['SESSION_COOKIE_REFRESH', '1h'],
    ['GROUPCACHE_INTERVAL_REFRESH', '5m'],
    ['GROUPCACHE_INTERVAL_PROVIDER', '5m'],
  ])('%s has no effect on auth', (name, text) => {
    const loaded = asSentences(loadAuthSettings({ ...minimalAuth(), [name]: text }));
    expect(loaded).toMatchObject({ ok: true, warnings: [`${name}: has no effect`] });
  });
});
