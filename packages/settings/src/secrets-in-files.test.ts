import { describe, expect, test } from '@jest/globals';
import { loadAuthSettings } from './load-auth.ts';
import { loadProxySettings } from './load-proxy.ts';
import { asSentences } from '@latchkey/testing/as-sentences';
import { filesOf, freshKey, minimalAuth, minimalProxy } from '@latchkey/testing/environments';

const [first, second, sealing] = [freshKey(), freshKey(), freshKey()];

const readFile = filesOf({
  '/s/client': 'client s3cret which is long enough\n',
  '/s/cookie': `${first},${second}\n`,
  '/s/key': `${sealing}\n`,
  '/s/signing': 'sha256:hunter2\n',
  '/s/pem': '-----BEGIN PRIVATE KEY-----\nMII=\n-----END PRIVATE KEY-----\n',
  '/s/wrong': 'hunter2',
  '/s/account.json': JSON.stringify({
    client_email: 'sso@example.com',
    private_key: '-----BEGIN PRIVATE KEY-----',
  }),
});

type Env = Record<string, string | undefined>;

function loadProxy(changes: Env) {
  return asSentences(
    loadProxySettings({ ...minimalProxy(), UPSTREAM_CONFIGFILE: '/x.yml', ...changes }, { readFile }),
  );
}

function loadAuth(changes: Env) {
  return asSentences(loadAuthSettings({ ...minimalAuth(), ...changes }, { readFile }));
}

describe('secrets in files', () => {
  test('are read by the proxy', () => {
    const loaded = loadProxy({
      CLIENT_SECRET: undefined,
      CLIENT_SECRET_FILE: '/s/client',
      SESSION_COOKIE_SECRET: undefined,
      SESSION_COOKIE_SECRET_FILE: '/s/cookie',
      SSO_CONFIG_WIKI_SIGNING_KEY_FILE: '/s/signing',
      REQUESTSIGNER_KEY_FILE: '/s/pem',
    });
    expect(loaded).toMatchObject({
      ok: true,
      settings: {
        client: { secrets: ['client s3cret which is long enough'] },
        session: { cookie: { secrets: [first, second] } },
        upstream: { templateVariables: { wiki_signing_key: 'sha256:hunter2' } },
      },
      warnings: [],
    });
  });

  test('are read by auth, those of its providers too', () => {
    const loaded = loadAuth({
      SESSION_KEY: '',
      SESSION_KEY_FILE: '/s/key',
      PROVIDER_GOOGLE_CLIENT_SECRET: undefined,
      PROVIDER_GOOGLE_CLIENT_SECRET_FILE: '/s/client',
      PROVIDER_GOOGLE_GOOGLE_IMPERSONATE: 'admin@example.com',
      PROVIDER_GOOGLE_GOOGLE_CREDENTIALS_JSON_FILE: '/s/account.json',
    });
    expect(loaded).toMatchObject({
      ok: true,
      settings: {
        session: { key: [sealing] },
        providers: [{ clientSecret: 'client s3cret which is long enough' }],
      },
    });
  });

  test.each([
    [
      { CLIENT_SECRET_FILE: '/s/client' },
      'CLIENT_SECRET_FILE: set together with CLIENT_SECRET, write only one of the two',
    ],
    [
      { CLIENT_SECRET: '', CLIENT_SECRET_FILE: '/s/none' },
      'CLIENT_SECRET_FILE: the file it names does not exist, write the path of a file that holds the secret alone',
    ],
    [
      { SESSION_COOKIE_SECRET: '', SESSION_COOKIE_SECRET_FILE: '/s/wrong' },
      'SESSION_COOKIE_SECRET_FILE: got a value of 7 characters, write base64 of 32 or 64 random bytes: the output of openssl rand -base64 32',
    ],
    [
      { SSO_CONFIG_WIKI_SIGNING_KEY: 'sha1:x', SSO_CONFIG_WIKI_SIGNING_KEY_FILE: '/s/signing' },
      'SSO_CONFIG_WIKI_SIGNING_KEY_FILE: set together with SSO_CONFIG_WIKI_SIGNING_KEY, write only one of the two',
    ],
    [
      { SSO_CONFIG_WIKI_SIGNING_KEY_FILE: '/s/none' },
      'SSO_CONFIG_WIKI_SIGNING_KEY_FILE: the file it names does not exist, write the path of a file that holds the secret alone',
    ],
  ])('stop the proxy %# %j', (changes, line) => {
    const loaded = loadProxy(changes);
    expect(loaded.ok ? [] : loaded.errors).toEqual([line]);
  });

  test.each([
    [
      {
        PROVIDER_GOOGLE_GOOGLE_CREDENTIALS: '/sso/credentials.json',
        PROVIDER_GOOGLE_GOOGLE_CREDENTIALS_JSON_FILE: '/s/account.json',
      },
      'PROVIDER_GOOGLE_GOOGLE_CREDENTIALS_JSON: set together with PROVIDER_GOOGLE_GOOGLE_CREDENTIALS, write only one of the two',
    ],
    [
      { PROVIDER_GOOGLE_GOOGLE_CREDENTIALS_JSON: '{"private_key":"hunter2"}' },
      'PROVIDER_GOOGLE_GOOGLE_CREDENTIALS_JSON: got a value of 25 characters, write the JSON of a service account with its client_email and private_key, or base64 of it',
    ],
  ])('stop auth %# %j', (changes, line) => {
    const loaded = loadAuth({ PROVIDER_GOOGLE_GOOGLE_IMPERSONATE: 'admin@example.com', ...changes });
    expect(loaded.ok ? [] : loaded.errors).toEqual([line]);
  });
});
