// The rules of BuzzFeed SSO as it documents them, asked of the function that the proxy asks.
import { describe, expect, test } from '@jest/globals';
import { aPerson } from '@latchkey/testing';
import { decide } from '@latchkey/access';
import { loadProxySettings } from '@latchkey/settings';
import { loadUpstreams } from '@latchkey/upstreams';
import type { LoadedUpstreams } from '@latchkey/upstreams';
import { startUp } from '@latchkey/testing/environments';

const secret = Buffer.alloc(32, 'the key of the tests').toString('base64');

/** A file of one upstream with these options, in an environment with these variables besides the necessary ones. */
function load(options: string, env: Record<string, string> = {}): LoadedUpstreams {
  const settings = startUp(
    loadProxySettings({
      PROVIDER_URL_EXTERNAL: 'https://sso.example.com',
      CLIENT_ID: 'proxy',
      CLIENT_SECRET: 'the secret of both which is long enough',
      SESSION_COOKIE_SECRET: secret,
      ...env,
    }),
  );
  return loadUpstreams({
    ...settings.upstream,
    file: 'upstream_configs.yml',
    text: `- {service: wiki, default: {from: wiki.example.com, to: wiki.internal, options: {${options}}}}`,
  });
}

// A session holds the address in lower case; rules may be written in any.
function letsIn(email: string, groups: string[], options: string, env?: Record<string, string>): boolean {
  const { table, diagnostics } = load(options, env);
  const route = table?.routes[0];
  if (route === undefined) throw new Error(JSON.stringify(diagnostics));
  return decide(aPerson({ email, groups }), route.policy, { path: '/', preflight: false }).allow;
}

describe('who gets in', () => {
  test.each([
    ['of the group', 'ann@example.com', ['ops', 'staff'], true],
    ['of no group', 'ann@example.com', [], false],
    ['of a group that is written in another case', 'ann@example.com', ['OPS'], false],
  ])('the three lists: allowed_groups, somebody %s', (_, email, groups, allowed) => {
    expect(letsIn(email, groups, 'allowed_groups: [ops, admins]')).toBe(allowed);
  });

  test.each([
    ['ann@example.com', true],
    ['ann@sub.example.com', false],
    ['ann@badexample.com', false],
    ['ann@example.com.evil.test', false],
  ])('the three lists: allowed_email_domains, %s', (email, allowed) => {
    expect(letsIn(email, [], 'allowed_email_domains: [Example.com]')).toBe(allowed);
  });

  test.each([
    ['ann@example.com', true],
    ['bob@example.com', false],
  ])('the three lists: allowed_email_addresses, %s', (email, allowed) => {
    expect(letsIn(email, [], 'allowed_email_addresses: [Ann@example.com]')).toBe(allowed);
  });

  test.each(['allowed_groups', 'allowed_email_domains', 'allowed_email_addresses'])(
    'the three lists: `*` alone in %s is anybody who is signed in, and beside others nobody',
    (list) => {
      expect(letsIn('guest@elsewhere.test', [], `${list}: ['*']`)).toBe(true);
      expect(letsIn('guest@elsewhere.test', [], `${list}: ['*', other]`)).toBe(false);
    },
  );

  test.each([
    ['UPSTREAM_DEFAULT_GROUPS', 'staff,ops'],
    ['UPSTREAM_DEFAULT_EMAIL_DOMAINS', 'example.com'],
    ['UPSTREAM_DEFAULT_EMAIL_ADDRESSES', 'ann@example.com'],
  ])('defaults from the environment: %s', (name, value) => {
    expect(letsIn('ann@example.com', ['ops'], 'timeout: 5s', { [name]: value })).toBe(true);
    expect(letsIn('guest@elsewhere.test', [], 'timeout: 5s', { [name]: value })).toBe(false);
  });

  test('defaults from the environment: a list of the file takes the place of its default', () => {
    const env = { UPSTREAM_DEFAULT_GROUPS: 'staff' };
    expect(letsIn('ann@example.com', ['staff'], 'allowed_groups: [ops]', env)).toBe(false);
    expect(letsIn('ann@example.com', ['staff'], 'allowed_groups: []', env)).toBe(true);
  });

  test('"missing setting" error', () => {
    const { table, diagnostics } = load('timeout: 5s');
    expect(table).toBeUndefined();
    expect(diagnostics).toMatchObject([
      {
        severity: 'error',
        message: expect.stringContaining(
          'missing setting: ALLOWED_EMAIL_DOMAINS, ALLOWED_EMAIL_ADDRESSES, ALLOWED_GROUPS default in environment or override in upstream config',
        ),
      },
    ]);
  });
});
