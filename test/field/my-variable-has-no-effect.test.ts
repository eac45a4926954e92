// A variable was one letter off, and neither start-up nor `latchkey check` said anything: the cookie had no domain, the load
// balancer was not believed. So it was with a port that was given out twice, until the second could not listen.
import { describe, expect, test } from '@jest/globals';
import { loadAuthSettings, loadProxySettings } from '@latchkey/settings';
import { asSentences } from '@latchkey/testing/as-sentences';

const secret = Buffer.alloc(32, 'a key of the tests').toString('base64');

const proxy = {
  PROVIDER_URL_EXTERNAL: 'https://sso.corp.example.com',
  CLIENT_ID: 'proxy',
  CLIENT_SECRET: secret,
  SESSION_COOKIE_SECRET: secret,
  UPSTREAM_CONFIGFILE: '/sso/upstreams.yml',
};
const auth = {
  SERVER_HOST: 'sso.corp.example.com',
  SESSION_KEY: secret,
  SESSION_COOKIE_SECRET: secret,
  CLIENT_PROXY_ID: 'proxy',
  CLIENT_PROXY_SECRET: secret,
  AUTHORIZE_PROXY_DOMAINS: 'corp.example.com',
  AUTHORIZE_EMAIL_DOMAINS: 'example.com',
  PROVIDER_G_TYPE: 'google',
  PROVIDER_G_SLUG: 'google',
  PROVIDER_G_CLIENT_ID: 'client',
  PROVIDER_G_CLIENT_SECRET: 'secret',
};

/** What the services say at their start about an environment with these variables besides. */
const said = {
  proxy: (more: Record<string, string>) => asSentences(loadProxySettings({ ...proxy, ...more })).warnings,
  auth: (more: Record<string, string>) => asSentences(loadAuthSettings({ ...auth, ...more })).warnings,
};

const errorsOf = (loaded: ReturnType<typeof asSentences>) => (loaded.ok ? [] : loaded.errors);

describe('a name that is almost one of ours', () => {
  test.each([
    ['proxy', 'SESSION_COOKIE_DOMIAN', 'SESSION_COOKIE_DOMAIN'],
    ['auth', 'SESSION_COOKIE_DOMIAN', 'SESSION_COOKIE_DOMAIN'],
    ['proxy', 'SERVER_TRUSTED_PROXY', 'SERVER_TRUSTED_PROXIES'],
    ['proxy', 'upstream_default_group', 'UPSTREAM_DEFAULT_GROUPS'],
    ['proxy', 'DEFAULT_ALLOWED_GROUP', 'UPSTREAM_DEFAULT_GROUPS'],
    ['proxy', 'REQUESTSIGNER_KEYFILE', 'REQUESTSIGNER_KEY_FILE'],
    ['auth', 'AUTHORIZE_EMAIL_ADDRESS', 'AUTHORIZE_EMAIL_ADDRESSES'],
    ['auth', 'PROVIDER_G_GOOGLE_IMPERSONTE', 'PROVIDER_G_GOOGLE_IMPERSONATE'],
    ['auth', 'PROVIDER_OKTA_TYP', 'PROVIDER_OKTA_TYPE'],
  ] as const)('%s names %s, and %s', (service, name, meant) => {
    expect(said[service]({ [name]: 'x' })).toEqual([
      `${name.toUpperCase()}: is not known and has no effect, did you mean ${meant}?`,
    ]);
  });

  test('is not one that is set to nothing', () => {
    expect(said.proxy({ SESSION_COOKIE_DOMIAN: '' })).toEqual([]);
  });

  test('is none that the other service reads: the two may share an environment', () => {
    const shared = { PROVIDER_X_SCOPE: 'email', PROVIDER_X_OIDC_PROMPT: 'x', SSO_CONFIG_SERVER_PORTS: '1' };
    expect(said.proxy({ ...auth, ...shared })).toEqual([]);
    const extra = { SESSION_TTL_LIFETIME: '1h', UPSTREAM_SCHEME: 'http', REQUESTSIGNER_KEY_FILE: '/key' };
    expect(said.auth({ ...proxy, ...extra })).toEqual([]);
  });

  test('is none of what other programs and Kubernetes put there', () => {
    const others = {
      PATH: '/bin',
      HOME: '/',
      HOSTNAME: 'a',
      SCHEMA: 'public',
      PORTS: '1',
      LOG_FILE: 'x',
      AWS_REGION: 'eu-west-1',
      ECS_CONTAINER_METADATA_URI_V4: 'x',
      FTP_PROXY: 'x',
      PROVIDER_SERVICE_HOST: '10.0.0.1',
      PROVIDER_SERVICE_PORT: '80',
      PROVIDER_PORT_80_TCP_PROTO: 'tcp',
      SSO_AUTH_PORT_4180_TCP_ADDR: '10.0.0.1',
      KUBERNETES_SERVICE_PORT_HTTPS: '443',
      NODE_OPTIONS: '--x',
    };
    expect([...said.proxy(others), ...said.auth(others)]).toEqual([]);
  });
});

describe('a port for two things', () => {
  const metrics =
    'METRICS_PORT: got "4180", which is SERVER_PORT, write another one that is for the inside only';

  test('keeps the proxy from starting', () => {
    expect(errorsOf(asSentences(loadProxySettings({ ...proxy, METRICS_PORT: '4180' })))).toEqual([metrics]);
  });

  test('keeps auth from starting, which has three of them', () => {
    expect(errorsOf(asSentences(loadAuthSettings({ ...auth, METRICS_PORT: '4180' })))).toEqual([metrics]);
    const both = { SERVER_PORT: '8080', SERVER_INTERNAL_PORT: '4181', METRICS_PORT: '4181' };
    expect(errorsOf(asSentences(loadAuthSettings({ ...auth, ...both })))).toEqual([
      'METRICS_PORT: got "4181", which is SERVER_INTERNAL_PORT, write another one that is for the inside only',
    ]);
  });

  test('is one port by either of its names, and not by both', () => {
    expect(errorsOf(asSentences(loadProxySettings({ ...proxy, ADMIN_PORT: '4180' })))).toEqual([
      metrics.replace('METRICS_PORT', 'ADMIN_PORT'),
    ]);
    const both = { ADMIN_PORT: '9464', METRICS_PORT: '9465' };
    const refused = [
      'METRICS_PORT: set together with ADMIN_PORT, which is the same: write only one of the two',
    ];
    expect(errorsOf(asSentences(loadProxySettings({ ...proxy, ...both })))).toEqual(refused);
    expect(errorsOf(asSentences(loadAuthSettings({ ...auth, ...both })))).toEqual(refused);
  });
});
