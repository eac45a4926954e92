import { describe, expect, test } from '@jest/globals';
import { loadAuthSettings } from './load-auth.ts';
import { loadProxySettings } from './load-proxy.ts';
import { freshKey } from '../testing/environments.ts';

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

describe('an environment of BuzzFeed SSO on Fargate starts unchanged', () => {
  test('the proxy of the first deployment', () => {
    expect(loadProxySettings(firstProxy())).toMatchObject({
      ok: true,
      settings: {
        session: { ttl: { lifetimeMs: 3_600_000 } },
        upstream: { configFile: '/sso/upstream_configs.yml', cluster: '', scheme: 'http' },
      },
      warnings: [],
    });
  });

  test('auth of the first deployment, told what has no effect yet', () => {
    const loaded = loadAuthSettings(firstAuth());
    expect(loaded).toMatchObject({
      ok: true,
      settings: {
        server: { host: 'sso-auth.example.com', scheme: 'https' },
        providers: [{ id: 'x', type: 'google', slug: 'google' }],
        logging: { level: 'debug' },
      },
    });
    expect(loaded.warnings).toEqual([
      'PROVIDER_X_GROUPCACHE_INTERVAL_REFRESH: has no effect yet',
      'PROVIDER_X_GROUPCACHE_INTERVAL_PROVIDER: has no effect yet',
      'PROVIDER_X_GOOGLE_CREDENTIALS: has no effect yet',
      'PROVIDER_X_GOOGLE_IMPERSONATE: has no effect yet',
    ]);
  });

  test('the proxy of the second, where a stray CLUSTER does not fill the empty UPSTREAM_CLUSTER', () => {
    const loaded = loadProxySettings({ ...firstProxy(), ...secondChanges });
    expect(loaded).toMatchObject({
      ok: true,
      settings: { session: { cookie: { secure: false } }, upstream: { cluster: '' } },
    });
  });

  test('auth of the second, warned that it sends people anywhere', () => {
    const loaded = loadAuthSettings({
      ...firstAuth(),
      ...secondChanges,
      SERVER_SCHEME: 'https',
      AUTHORIZE_PROXY_DOMAINS: '*',
    });
    expect(loaded).toMatchObject({ ok: true, settings: { authorize: { proxyDomains: ['*'] } } });
    expect(loaded.warnings.join('\n')).toContain('AUTHORIZE_PROXY_DOMAINS: "*" is insecure');
  });
});
