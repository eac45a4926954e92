import { expect, test } from '@jest/globals';
import { loadAuthSettings, sentenceOf } from '@latchkey/settings';
import { groupWarnings } from './group-warnings.ts';

function warningsFor(provider: Record<string, string>): string[] {
  const loaded = loadAuthSettings({
    SERVER_HOST: 'sso.example.com',
    SESSION_KEY: Buffer.alloc(32, 'the key of the tests').toString('base64'),
    SESSION_COOKIE_SECRET: Buffer.alloc(32, 'some other test key').toString('base64'),
    CLIENT_PROXY_ID: 'proxy',
    CLIENT_PROXY_SECRET: 'a secret between the services of some length',
    AUTHORIZE_EMAIL_DOMAINS: 'example.com',
    AUTHORIZE_PROXY_DOMAINS: 'example.com',
    PROVIDER_X_SLUG: 'google',
    PROVIDER_X_CLIENT_ID: 'id',
    PROVIDER_X_CLIENT_SECRET: 'secret',
    ...provider,
  });
  if (!loaded.ok) throw new Error(loaded.errors.map(sentenceOf).join('\n'));
  return groupWarnings(loaded.settings.providers);
}

test('the real Google is warned about, by the name of the variables that help', () => {
  const [line, ...more] = warningsFor({ PROVIDER_X_TYPE: 'google' });
  expect(more).toEqual([]);
  expect(line).toMatch(/^PROVIDER_X: Google tells groups in its directory alone/);
  expect(line).toContain('write PROVIDER_X_GOOGLE_CREDENTIALS and PROVIDER_X_GOOGLE_IMPERSONATE');
});

test.each([
  [
    'Google with its directory',
    {
      PROVIDER_X_TYPE: 'google',
      PROVIDER_X_GOOGLE_CREDENTIALS: '/sso/credentials.json',
      PROVIDER_X_GOOGLE_IMPERSONATE: 'admin@example.com',
    },
  ],
  [
    'another endpoint, as in the demo',
    { PROVIDER_X_TYPE: 'google', PROVIDER_X_GOOGLE_USERINFO_URL: 'http://127.0.0.1:1/me' },
  ],
  ['Okta', { PROVIDER_X_TYPE: 'okta', PROVIDER_X_OKTA_URL: 'acme.okta.com' }],
  ['plain OpenID Connect', { PROVIDER_X_TYPE: 'oidc', PROVIDER_X_OIDC_ISSUER: 'https://idp.example.com' }],
])('nobody is warned about %s', (_, provider) => {
  expect(warningsFor(provider)).toEqual([]);
});
