// Every redirect to the sign-in carries a signature made with the secret of the two services. Anyone who sees one may try
// guesses against it at home, and with the right one signs return addresses and seals sessions of anybody.
import { describe, expect, test } from '@jest/globals';
import { deriveKeys, signReturnAddress } from '@latchkey/session';
import { loadAuthSettings, loadProxySettings } from '@latchkey/settings';
import { createHmac, hkdfSync } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { publicDeployments, versionOneDeployment } from '../fixtures/public-deployments.ts';
import { asSentences } from '@latchkey/testing/as-sentences';

const [{ proxy, auth }] = publicDeployments('/sso');
const services = [
  [
    'the proxy',
    'CLIENT_SECRET',
    (secret: string) => asSentences(loadProxySettings({ ...proxy, CLIENT_SECRET: secret })),
  ],
  [
    'auth',
    'CLIENT_PROXY_SECRET',
    (secret: string) => asSentences(loadAuthSettings({ ...auth, CLIENT_PROXY_SECRET: secret })),
  ],
] as const;

describe.each(services)('%s', (_, name, load) => {
  test.each([
    ['a word', 'hunter2'],
    ['a placeholder', 'changeme'],
    ['one character less than it needs', 'qwertzuiopasdfg'],
    ['one character again and again', 'x'.repeat(44)],
    ['a word again and again', 'changeme'.repeat(6)],
    ['few characters', 'abcabcabbcaacbbabcabcacb'],
    ['blanks', ' '.repeat(32)],
  ])('does not start with %s, and says what to write', (_what, secret) => {
    const loaded = load(secret);
    expect(loaded).toMatchObject({
      ok: false,
      errors: [
        expect.stringMatching(new RegExp(`^${name}: got .* write the output of openssl rand -base64 32, `)),
      ],
    });
    expect(JSON.stringify(loaded)).not.toContain(secret);
  });

  test.each([
    ['a passphrase', 'correct horse battery'],
    ['16 random characters', 'f3b81c0d9e7a4625'],
  ])('starts with %s, which a deployment may have, and warns of it once', (_what, secret) => {
    const loaded = load(secret);
    expect(loaded.ok).toBe(true);
    const warnings = loaded.warnings.filter((line) => line.includes('SECRET'));
    expect(warnings).toEqual([
      expect.stringMatching(new RegExp(`^${name}: .* write the output of openssl rand -base64 32, `)),
    ]);
    expect(warnings.join('')).not.toContain(secret);
  });

  test.each([
    ['openssl rand -base64 32', 'q0rGd3m5c4mOaSxJ6N2p7b9yXtWvE1zUfK8hLrTgPnA='],
    ['openssl rand -hex 16', '5f1d7c3b9a2e48068d4fb17c6e3a9052'],
  ])('has nothing to say of what %s writes', (_what, secret) => {
    expect(load(secret).warnings.join('')).not.toContain('SECRET');
  });
});

test('the public deployments of BuzzFeed SSO start as they are, without a word about their secrets', () => {
  for (const one of [...publicDeployments('/sso'), versionOneDeployment('/sso')]) {
    for (const loaded of [
      asSentences(loadProxySettings(one.proxy)),
      asSentences(loadAuthSettings(one.auth)),
    ]) {
      expect(loaded).toMatchObject({ ok: true });
      expect(loaded.warnings.filter((line) => /openssl|guess/.test(line))).toEqual([]);
    }
  }
});

test.each([
  ['zeroes', Buffer.alloc(32)],
  ['a word again and again', Buffer.alloc(32, 'changeme')],
])('no service starts with a key of %s either, although it is of 32 bytes', (_, bytes) => {
  const key = bytes.toString('base64');
  expect(asSentences(loadProxySettings({ ...proxy, SESSION_COOKIE_SECRET: key })).ok).toBe(false);
  expect(asSentences(loadAuthSettings({ ...auth, SESSION_COOKIE_SECRET: key })).ok).toBe(false);
  expect(asSentences(loadAuthSettings({ ...auth, SESSION_KEY: key })).ok).toBe(false);
});

test.each(['return address', 'session token', 'sign-out hint'] as const)(
  'a guess at what a %s was made with costs far more than a hash',
  (purpose) => {
    const guesses = ['one', 'two', 'three'].map((word) => {
      const startedAt = performance.now();
      deriveKeys([`a secret made of the word ${word} for ${purpose}`], purpose);
      return performance.now() - startedAt;
    });
    expect(Math.min(...guesses)).toBeGreaterThan(4);
  },
);

test('the signature of a redirect is none of the secret by a cheap derivation', () => {
  const secret = 'correct horse battery';
  const {
    redirect_uri: url,
    ts,
    sig,
  } = signReturnAddress('https://wiki.example.com/', deriveKeys([secret], 'return address')[0], Date.now());
  const cheap = Buffer.from(hkdfSync('sha256', secret, 'latchkey', 'return address', 32)).toString(
    'base64url',
  );
  for (const key of [secret, cheap]) {
    expect(
      createHmac('sha256', key)
        .update(JSON.stringify([url, ts]))
        .digest('base64url'),
    ).not.toBe(sig);
  }
});
