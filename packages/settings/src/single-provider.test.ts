import { describe, expect, test } from '@jest/globals';
import { loadAuthSettings } from './load-auth.ts';
import { asSentences } from '@latchkey/testing/as-sentences';
import { filesOf, minimalAuth } from '@latchkey/testing/environments';

describe('the only provider of versions 1 and 2', () => {
  const one = {
    ...minimalAuth(),
    PROVIDER_GOOGLE_TYPE: undefined,
    PROVIDER_GOOGLE_SLUG: undefined,
    PROVIDER_GOOGLE_CLIENT_ID: undefined,
    PROVIDER_GOOGLE_CLIENT_SECRET: undefined,
    CLIENT_ID: '1234.apps.example.com',
    CLIENT_SECRET: 'from-google',
  };
  const slugWarning =
    'PROVIDER_GOOGLE_SLUG: not set and taken to be google, register the callback path /google/callback with the provider; where it has /oauth2/callback and shall keep it, write oauth2, and the same in UPSTREAM_DEFAULT_PROVIDER of the proxy';

  test('is read from CLIENT_ID and CLIENT_SECRET, under the slug google', () => {
    expect(asSentences(loadAuthSettings(one))).toMatchObject({
      ok: true,
      settings: {
        providers: [
          {
            id: 'google',
            type: 'google',
            slug: 'google',
            clientId: '1234.apps.example.com',
            clientSecret: 'from-google',
            prompt: 'consent',
          },
        ],
      },
      warnings: [
        'CLIENT_ID: deprecated, write PROVIDER_GOOGLE_CLIENT_ID',
        'CLIENT_SECRET: deprecated, write PROVIDER_GOOGLE_CLIENT_SECRET',
        slugWarning,
      ],
    });
  });

  test.each([
    ['PROVIDER', 'PROVIDER_GOOGLE_TYPE', 'google'],
    ['GOOGLE_ADMIN_EMAIL', 'PROVIDER_GOOGLE_GOOGLE_IMPERSONATE', 'admin@example.com'],
    ['GOOGLE_SERVICE_ACCOUNT_JSON', 'PROVIDER_GOOGLE_GOOGLE_CREDENTIALS', '/sso/credentials.json'],
    ['APPROVAL_PROMPT', 'PROVIDER_GOOGLE_GOOGLE_PROMPT', 'force'],
    ['GROUPS_CACHE_REFRESH_TTL', 'PROVIDER_GOOGLE_GROUPCACHE_INTERVAL_REFRESH', '5m'],
    ['GROUP_CACHE_PROVIDER_TTL', 'PROVIDER_GOOGLE_GROUPCACHE_INTERVAL_PROVIDER', '5m'],
    ['PROVIDER_SLUG', 'PROVIDER_GOOGLE_SLUG', 'sso'],
    ['SCOPE', 'PROVIDER_GOOGLE_SCOPE', 'email'],
  ])('takes %s for %s', (older, name, text) => {
    const loaded = asSentences(
      loadAuthSettings({
        ...one,
        GOOGLE_ADMIN_EMAIL: 'a@example.com',
        GOOGLE_SERVICE_ACCOUNT_JSON: '/x.json',
        [older]: text,
      }),
    );
    expect(loaded.ok).toBe(true);
    expect(loaded.deprecated).toContainEqual({ name: older, instead: name });
  });

  test.each([
    ['force', 'consent'],
    ['auto', 'select_account'],
    ['none', 'none'],
  ])('has the prompt that APPROVAL_PROMPT=%s meant: %s', (APPROVAL_PROMPT, prompt) => {
    expect(asSentences(loadAuthSettings({ ...one, APPROVAL_PROMPT }))).toMatchObject({
      settings: { providers: [{ prompt }] },
    });
  });

  test('is google where the proxy says PROVIDER=sso in the same environment', () => {
    expect(asSentences(loadAuthSettings({ ...one, PROVIDER: 'sso' }))).toMatchObject({
      settings: { providers: [{ type: 'google' }] },
    });
  });

  test('may have its secret in a file', () => {
    const env = { ...one, CLIENT_SECRET: undefined, CLIENT_SECRET_FILE: '/run/secrets/google' };
    expect(
      asSentences(loadAuthSettings(env, { readFile: filesOf({ '/run/secrets/google': 'from-file\n' }) })),
    ).toMatchObject({
      settings: { providers: [{ clientSecret: 'from-file' }] },
    });
  });

  test('takes a slug that is set', () => {
    const loaded = asSentences(loadAuthSettings({ ...one, PROVIDER_GOOGLE_SLUG: 'sso' }));
    expect(loaded).toMatchObject({ settings: { providers: [{ slug: 'sso' }] } });
    expect(loaded.warnings).not.toContain(slugWarning);
  });

  test.each([
    ['its names belong to the proxy', { CLIENT_ID: 'proxy-1', CLIENT_SECRET: 'x', PROVIDER: 'sso' }],
    ['they are left over', { CLIENT_ID: '1234.apps.example.com', GOOGLE_ADMIN_EMAIL: 'admin@example.com' }],
  ])('is not read where a provider is declared and %s', (_when, changes) => {
    const loaded = asSentences(loadAuthSettings({ ...minimalAuth(), ...changes }));
    expect(loaded).toMatchObject({ ok: true, settings: { providers: [{ clientId: 'google-client' }] } });
    expect(loaded.deprecated).toEqual([]);
  });

  test.each([
    ['as it is', 'proxy-1'],
    ['by a reference', '${CLIENT_PROXY_ID}'],
  ])('is not made from the CLIENT_ID of the proxy, given %s', (_how, CLIENT_ID) => {
    const loaded = asSentences(loadAuthSettings({ ...one, CLIENT_ID }));
    expect(loaded.ok ? [] : loaded.errors).toEqual([
      'PROVIDER_<ID>_TYPE: not set, write at least one provider, like PROVIDER_GOOGLE_TYPE=google',
    ]);
  });
});
