// An Okta deployment with the names of version 2, which the guide promises to read, did not start; one that browsers reach
// over plain HTTP was sent back to https; and the slug that keeps the oldest callback address was refused.
import { describe, expect, test } from '@jest/globals';
import { loadAuthSettings } from '@latchkey/settings';
import { asSentences } from '@latchkey/testing/as-sentences';
import { startUp } from '@latchkey/testing/environments';
import { sendRaw } from '../fixtures/raw-request.ts';
import { signIn } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const key = Buffer.alloc(32, 'a key of the tests').toString('base64');

/** Every name of the last version whose auth had one provider, but for those that say what is the default. */
const versionTwo = {
  PORT: '4180',
  HOST: 'sso.corp.example.com',
  REDIRECT_URL: 'https://sso.corp.example.com',
  CLIENT_ID: '0oa1b2c3',
  CLIENT_SECRET: 'from okta',
  PROXY_CLIENT_ID: 'proxy',
  PROXY_CLIENT_SECRET: key,
  SSO_EMAIL_DOMAIN: 'example.com',
  PROXY_ROOT_DOMAIN: 'corp.example.com',
  COOKIE_NAME: '_sso_auth',
  COOKIE_SECRET: key,
  COOKIE_DOMAIN: 'corp.example.com',
  COOKIE_EXPIRE: '168h',
  COOKIE_REFRESH: '1h',
  COOKIE_SECURE: 'true',
  COOKIE_HTTP_ONLY: 'true',
  REQUEST_TIMEOUT: '2s',
  TCP_WRITE_TIMEOUT: '30s',
  TCP_READ_TIMEOUT: '30s',
  AUTH_CODE_SECRET: key,
  SESSION_LIFETIME_TTL: '720h',
  GROUP_CACHE_PROVIDER_TTL: '5m',
  GROUPS_CACHE_REFRESH_TTL: '10m',
  PROVIDER: 'okta',
  PROVIDER_SLUG: 'okta',
  OKTA_ORG_URL: '"acme.okta.com"',
  SCOPE: 'openid profile email groups',
  APPROVAL_PROMPT: 'force',
  REQUEST_LOGGING: 'true',
  STATSD_HOST: 'localhost',
  STATSD_PORT: '8125',
};

const schemeOf = (env: Record<string, string>) =>
  startUp(loadAuthSettings({ ...versionTwo, ...env })).server.scheme;

describe('an environment of version 2 with Okta', () => {
  test('starts auth, with the provider that it describes', () => {
    expect(startUp(loadAuthSettings(versionTwo)).providers).toEqual([
      {
        id: 'okta',
        type: 'okta',
        signOut: 'here',
        name: 'Okta',
        slug: 'okta',
        clientId: '0oa1b2c3',
        clientSecret: 'from okta',
        scope: 'openid profile email groups',
        groupsMs: 300_000,
        host: 'acme.okta.com',
        // The default of version 2.
        server: 'default',
      },
    ]);
  });

  test.each([
    ['PROVIDER_SERVER_ID', 'aus1b2c3', { server: 'aus1b2c3' }],
    ['PROVIDER_SLUG', undefined, { slug: 'google' }],
  ])('with %s as %s', (name, text, expected) => {
    const [provider] = startUp(loadAuthSettings({ ...versionTwo, [name]: text })).providers;
    expect(provider).toMatchObject(expected);
  });

  test('gets a warning for each of its names, with what to write instead', () => {
    const { deprecated } = asSentences(loadAuthSettings(versionTwo));
    expect(deprecated).toEqual(
      expect.arrayContaining([
        { name: 'PROVIDER_SLUG', instead: 'PROVIDER_OKTA_SLUG' },
        { name: 'OKTA_ORG_URL', instead: 'PROVIDER_OKTA_OKTA_URL' },
        { name: 'GROUP_CACHE_PROVIDER_TTL', instead: 'PROVIDER_OKTA_GROUPCACHE_INTERVAL_PROVIDER' },
        { name: 'REDIRECT_URL', instead: 'SERVER_SCHEME' },
      ]),
    );
  });
});

describe('the scheme of REDIRECT_URL', () => {
  test('is that of auth', () => {
    expect(schemeOf({ REDIRECT_URL: 'http://sso.corp.example.com' })).toBe('http');
    expect(schemeOf({ REDIRECT_URL: '${AUTH}', AUTH: 'HTTP://sso.corp.example.com/' })).toBe('http');
    expect(schemeOf({ REDIRECT_URL: 'https://sso.corp.example.com' })).toBe('https');
  });

  test('is not where SERVER_SCHEME says one, or where it is none', () => {
    expect(schemeOf({ REDIRECT_URL: 'http://sso.corp.example.com', SERVER_SCHEME: 'https' })).toBe('https');
    expect(schemeOf({ REDIRECT_URL: 'sso.corp.example.com' })).toBe('https');
  });

  test('comes with a warning where the host is another one than that of auth', () => {
    const { warnings } = asSentences(
      loadAuthSettings({ ...versionTwo, REDIRECT_URL: 'http://login.corp.example.com' }),
    );
    expect(warnings).toContainEqual(
      expect.stringMatching(/^REDIRECT_URL: names another host than SERVER_HOST/),
    );
  });
});

describe('a provider under /oauth2/, whose callback address stays as version 1 registered it', () => {
  const the = useStack({
    authEnv: { PROVIDER_DEV_SLUG: 'oauth2' },
    proxyEnv: { UPSTREAM_DEFAULT_PROVIDER: 'oauth2' },
  });

  test('signs people in', async () => {
    const arrived = await signIn(the.browser(), the.stack.url('hello', '/d/1'), 'engineer@example.com');
    expect(arrived.status).toBe(200);
    expect(arrived.hops.at(-2)?.url).toContain('/oauth2/callback?');
  });

  test('leaves to the proxy what it asks at /oauth2/introspect and /oauth2/token', async () => {
    for (const path of ['/oauth2/introspect', '/oauth2/token']) {
      const { host } = new URL(the.stack.authUrl());
      const head = `POST ${path} HTTP/1.1\nHost: ${host}\nContent-Length: 0\nConnection: close\n\n`;
      const { status } = await sendRaw(the.stack.ports.auth, head);
      expect([path, status]).toEqual([path, 401]);
    }
  });
});
