import { describe, expect, test } from '@jest/globals';
import { latchkey } from '../../test-support/latchkey.ts';

const files = {
  'up.yml': `- service: wiki
  default:
    from: wiki.example.com
    to: http://wiki.internal/base?a=1
    options:
      allowed_groups: [eng]
      allowed_email_addresses: [boss@example.com]
      skip_auth_regex: ['^/public/']
      skip_auth_preflight: true
- service: docs
  default:
    type: rewrite
    from: ^(.*)\\.docs\\.example\\.com$
    to: http://internal:$1
    options: {allowed_email_domains: [example.com], provider_slug: okta}
- service: apps
  default:
    type: launcher
    from: apps.example.com
    options: {allowed_email_domains: ["*"]}
`,
};
const ann = ['--as', 'Ann@Example.com', '--groups', 'eng, oncall'];

async function explain(url: string, ...args: string[]) {
  const asked = ['explain', 'up.yml', '--cluster', 'prod', '--format', 'json', '--url', url];
  const { code, stdout } = await latchkey(files, [...asked, ...args]);
  return { code, ...JSON.parse(stdout) };
}

test('says why somebody cannot get in, rule by rule', async () => {
  const asked = ['explain', 'up.yml', '--cluster', 'prod', '--url', 'https://wiki.example.com/page'];
  const { code, stdout } = await latchkey(files, [
    ...asked,
    '--as',
    'bob@example.com',
    '--groups',
    'Eng,ops',
  ]);
  expect(code).toBe(1);
  expect(stdout).toBe(`request  GET https://wiki.example.com/page
host     wiki.example.com
path     /page
person   bob@example.com, in Eng, ops
route    wiki, simple, from wiki.example.com (up.yml:3)

  miss         skip_auth_preflight: true
  miss         skip_auth_regex: ^/public/
  miss         allowed_groups: eng
  miss         allowed_email_addresses: boss@example.com

not allowed: 403 access_denied. No rule of the application lets this person in.
note: groups are compared letter by letter, capitals included
`);
});

describe('the decision', () => {
  test.each([
    ['a group', 'https://wiki.example.com/', ann, { allow: true, reason: 'allowed_group' }],
    [
      'an address',
      'https://wiki.example.com/',
      ['--as', 'boss@example.com'],
      { reason: 'allowed_email_address' },
    ],
    ['a public path', 'https://wiki.example.com/public/x', [], { allow: true, reason: 'public_path' }],
    ['nobody', 'https://wiki.example.com/', [], { allow: false, reason: 'no_session', error: null }],
    ['a program', 'https://wiki.example.com/', ['--method', 'post'], { error: 'not_signed_in', status: 401 }],
    [
      'no rule',
      'https://wiki.example.com/',
      ['--as', 'x@example.com'],
      { error: 'access_denied', status: 403 },
    ],
    ['an unknown host', 'https://nowhere.example.com/', ann, { error: 'unknown_host', status: 421 }],
    [
      'a host that cannot be read',
      'https://wiki.example.com@evil/',
      ann,
      { error: 'bad_request', status: 400 },
    ],
    [
      'a template that gives no address',
      'https://x.docs.example.com/',
      ann,
      { error: 'upstream_unreachable' },
    ],
    [
      'another provider',
      'https://wiki.example.com/',
      [...ann, '--provider', 'okta'],
      { reason: 'session_other_provider' },
    ],
    ['the launcher', 'https://apps.example.com/', ann, { allow: true, reason: 'signed_in', target: null }],
  ])('about %s', async (_, url, args, expected) => {
    expect(await explain(url, ...args)).toMatchObject({
      ...expected,
      code: 'allow' in expected && expected.allow ? 0 : expect.any(Number),
    });
  });

  test('about a preflight needs all three of its marks', async () => {
    const marks = ['--header', 'Origin: https://a.example', '--header', 'Access-Control-Request-Method: PUT'];
    const preflight = await explain('https://wiki.example.com/', '--method', 'OPTIONS', ...marks);
    expect(preflight).toMatchObject({ code: 0, reason: 'preflight' });
    expect(await explain('https://wiki.example.com/', '--method', 'OPTIONS')).toMatchObject({ code: 1 });
  });

  test('has every rule with hit, miss or not reached', async () => {
    const { rules } = await explain('https://wiki.example.com/', ...ann);
    expect(rules.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      'miss',
      'miss',
      'hit',
      'not reached',
    ]);
  });

  test('of a script is 401, that of a page visit a redirect', async () => {
    const script = await explain('https://wiki.example.com/', '--header', 'Sec-Fetch-Mode: cors');
    expect(script).toMatchObject({ status: 401, outcome: expect.stringContaining('not redirected') });
    const visit = await explain('https://wiki.example.com/');
    expect(visit).toMatchObject({ status: null, outcome: expect.stringContaining('sign in with google') });
  });
});

describe('the path is taken as it stands', () => {
  test.each([
    ['https://wiki.example.com/admin/../public/x', null, '/admin/../public/x'],
    ['https://wiki.example.com/public/..%2fadmin', null, '/public/..%2fadmin'],
    ['https://wiki.example.com//public/x', null, '//public/x'],
    ['https://wiki.example.com/public/%61', '/public/a', '/public/%61'],
    ['https://wiki.example.com/public/ü', '/public/ü', '/public/%C3%BC'],
    ['https://wiki.example.com', '/', '/'],
    ['https://wiki.example.com?q=/public/', '/', '/'],
    ['https://wiki.example.com/#/public/', '/', '/'],
    ['wiki.example.com/public/', '/public/', '/public/'],
  ])('%s', async (url, path, rawPath) => {
    expect(await explain(url)).toMatchObject({ path, rawPath });
  });

  test('and one with two readings is never public', async () => {
    const args = [
      'explain',
      'up.yml',
      '--cluster',
      '',
      '--url',
      'https://wiki.example.com/public/%2e%2e/admin',
    ];
    const { code, stdout } = await latchkey(files, args);
    expect(code).toBe(1);
    expect(stdout).toContain('/public/%2e%2e/admin has two readings, so no public pattern applies to it');
  });
});

describe('the host is read as the proxy reads it', () => {
  test.each(['https://WIKI.example.com./', 'https://wiki.example.com:443/', 'http://wiki.example.com:80/'])(
    '%s',
    async (url) => {
      expect(await explain(url)).toMatchObject({
        host: 'wiki.example.com',
        port: null,
        route: { id: 'wiki' },
      });
    },
  );
});

test('the target has the raw path and query behind those of `to`', async () => {
  const { target } = await explain('https://wiki.example.com/a%20b?c=%2F', ...ann);
  expect(target).toBe('http://wiki.internal/base/a%20b?a=1&c=%2F');
});

test('a file with errors is not explained', async () => {
  const asked = ['explain', 'up.yml', '--cluster', '', '--url', 'https://a/'];
  const { code, stdout } = await latchkey({ 'up.yml': '- x: 1\n' }, asked);
  expect(code).toBe(1);
  expect(stdout).toContain('LK209');
});
