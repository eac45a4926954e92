import { describe, expect, test } from '@jest/globals';
import { withOptions } from '@latchkey/testing';
import { latchkey, placesIn } from '@latchkey/testing/latchkey';
import { migrationRules, renderMigrationReference } from '../migrate/rules.ts';

const options = withOptions('allowed_groups: [eng]');
const secret = Buffer.alloc(32, 'the key of the tests').toString('base64');
const otherSecret = Buffer.alloc(32, 'some other test key').toString('base64');
const quiet = `SESSION_COOKIE_DOMAIN=example.com
SERVER_TRUSTED_PROXIES=10.0.0.0/8
UPSTREAM_CLUSTER=prod
`;

/** What the proxy does not start without, but for what stands in `variables`. */
function required(variables = ''): string {
  const lines = [
    'PROVIDER_URL_EXTERNAL=https://sso.example.com',
    'CLIENT_ID=proxy',
    `CLIENT_SECRET=${otherSecret}`,
    `SESSION_COOKIE_SECRET=${secret}`,
  ];
  return lines.filter((line) => !variables.includes(line.replace(/=.*/, ''))).join('\n');
}

/** What is reported about a file and variables, less what every deployment gets. */
async function reported(text: string, variables = ''): Promise<string[]> {
  const files = { 'up.yml': text, 'sso.env': `${quiet}${variables}\n${required(variables)}\n` };
  const { stdout } = await latchkey(files, [
    'migrate',
    'up.yml',
    '--env-file',
    'sso.env',
    '--format',
    'json',
  ]);
  return placesIn(stdout).filter((place) => !/^LK(?:75|76|717)/.test(place));
}

/** Where LK712 is reported about two services with different secrets, and `domain` in both. */
async function placesOfDifferentSecrets(domain: string) {
  const files = {
    'up.yml': options,
    'proxy.env': `SESSION_COOKIE_SECRET=${secret}\nUPSTREAM_CLUSTER=prod\n${domain}`,
    'auth.env': `SESSION_COOKIE_SECRET=${otherSecret}\nSERVER_HOST=sso.example.com\n${domain}`,
  };
  const args = ['migrate', 'up.yml', '--env-file', 'proxy.env', '--env-file', 'auth.env', '--format', 'json'];
  const { stdout } = await latchkey(files, args);
  expect(stdout).not.toContain(secret);
  return placesIn(stdout).filter((place) => place.startsWith('LK712'));
}

function service(body: string): string {
  return `- service: wiki\n${body}`;
}

const inherited = `  default:
    from: a.example.com
    to: http://a
    options: {allowed_groups: [eng], preserve_host: true}
    extra_routes:
      - from: b.example.com
        options: {preserve_host: false}
`;

const twoOptions = `  default:
    from: a.example.com
    to: http://a
    options:
      allowed_groups: [eng]
      timeout: 5s
  prod:
    options:
      timeout: 9s
`;

describe('the upstream file', () => {
  test.each([
    ['LK721 9:5', 'options of a cluster beside those of default', service(twoOptions)],
    [
      'LK721 3:10',
      'the same through an anchor',
      service(
        '  default: {from: a, to: b, options: &o {allowed_groups: [eng], timeout: 5s}}\n  prod: {options: {timeout: 9s}}\n',
      ),
    ],
    [
      'LK722 2:3',
      'options beside the sections',
      service('  options: {allowed_groups: [eng]}\n  default: {from: a, to: b}\n'),
    ],
    [
      'LK723 4:19',
      'two routes for one host',
      `${service('  default: {from: a, to: b, options: {allowed_groups: [eng]}}\n')}- service: b\n  default: {from: A, to: c, options: {allowed_groups: [eng]}}\n`,
    ],
    ['LK724 7:16', 'a duration without a unit', withOptions('allowed_groups: [eng]', 'timeout: 30')],
    [
      'LK725 3:11',
      'anything else that is refused',
      service('  default:\n    from: "*.a b"\n    to: b\n    options: {allowed_groups: [eng]}\n'),
    ],
    ['LK726 3:5', 'a host with capitals', options.replace('wiki.', 'Wiki.')],
    ['LK726 3:5', 'a host with the default port', options.replace('.com', '.com:443')],
    [
      'LK727 3:11',
      'a pattern for a part of the host',
      options.replace('wiki.example.com', 'h\\.com\n    type: rewrite'),
    ],
    ['LK728 7:7', 'flush_interval', withOptions('allowed_groups: [eng]', 'flush_interval: 1s')],
    ['LK729 7:7', 'header_overrides', withOptions('allowed_groups: [eng]', 'header_overrides:', '  X-A: b')],
    [
      'LK730 8:9',
      'a header of ours',
      withOptions('allowed_groups: [eng]', 'inject_request_headers:', '  X-Forwarded-Port: "1"'),
    ],
    ['LK731 8:19', 'an extra route that switches something off', service(inherited)],
    ['LK732 7:7', 'provider_slug', withOptions('allowed_groups: [eng]', 'provider_slug: okta')],
    ['LK733 7:7', 'pass_access_token', withOptions('allowed_groups: [eng]', 'pass_access_token: on')],
    ['LK734 4:5', 'a path in `to`', options.replace('wiki.internal', 'wiki.internal/base')],
    [
      'LK741 3:11',
      'rules of two kinds',
      withOptions('allowed_groups: [eng]', 'allowed_email_domains: [example.com]'),
    ],
    ['LK742 7:25', 'a public pattern', withOptions('allowed_groups: [eng]', 'skip_auth_regex: [^/x]')],
    ['LK743 7:7', 'skip_auth_preflight', withOptions('allowed_groups: [eng]', 'skip_auth_preflight: true')],
  ])('%s: %s', async (place, _, text) => {
    const [code = ''] = place.split(' ');
    expect((await reported(text)).filter((each) => each.startsWith(code))).toEqual([place]);
  });

  test.each([
    ['a plain route', options],
    [
      'options of a cluster that repeat all those of default',
      service(twoOptions.replace('      timeout: 9s', '      allowed_groups: [ops]\n      timeout: 9s')),
    ],
    ['options of another cluster', service(twoOptions.replace('prod', 'staging'))],
    [
      'options that are off',
      withOptions('allowed_groups: [eng]', 'skip_auth_preflight: false', 'pass_access_token: no'),
    ],
    ['the default provider', withOptions('allowed_groups: [eng]', 'provider_slug: google')],
  ])('nothing about %s', async (_, text) => {
    expect(await reported(text)).toEqual([]);
  });
});

describe('the environment', () => {
  test.each([
    ['LK701', 'a duration without a unit', 'SESSION_TTL_VALID=60'],
    ['LK702', 'a value that is refused', 'SESSION_COOKIE_SECURE=maybe'],
    ['LK703', 'blanks in a list', 'UPSTREAM_DEFAULT_GROUPS=a, b'],
    ['LK704', 'an older name', 'SESSION_VALID_TTL=60s'],
    ['LK705', 'a name that was never read', 'UPSTREAM_DEFAULT_TCP_RESET_DEADLINE=60s'],
    ['LK707', 'a level of logging', 'LOGGING_LEVEL=debug'],
    ['LK708', 'a group cache without interval', 'PROVIDER_X_TYPE=google'],
    ['LK710', 'the write timeout', 'SERVER_TIMEOUT_WRITE=5m'],
    ['LK719', 'a variable that nothing heeds yet', 'PROVIDER_SCOPE=x'],
    ['LK720', 'how long the cookie lives', 'SESSION_COOKIE_EXPIRE=1h'],
    ['LK714', 'the name of the cookie', 'SESSION_COOKIE_NAME=_mine'],
    ['LK715', 'a cookie for scripts', 'SESSION_COOKIE_HTTPONLY=false'],
  ])('%s: %s', async (code, _, variables) => {
    expect(await reported(options, variables)).toContain(`${code} 4:1`);
  });

  test('LK706: no cluster', async () => {
    expect(await reported(options, 'UPSTREAM_CLUSTER=\n')).toContain('LK706 4:1');
  });

  test('LK709: one environment for both services, not two files', async () => {
    expect(await reported(options, 'CLIENT_ID=a\nCLIENT_PROXY_ID=a\n')).toContain('LK709 4:1');
    const files = { 'up.yml': options, 'proxy.env': 'CLIENT_ID=a\n', 'auth.env': 'CLIENT_PROXY_ID=a\n' };
    const args = ['migrate', 'up.yml', '--env-file', 'proxy.env', '--env-file', 'auth.env'];
    expect((await latchkey(files, args)).stdout).not.toContain('LK709');
  });

  test('each file is reported, also where a later one says something else', async () => {
    const files = {
      'up.yml': options,
      'a.env': 'CLIENT_ID=a\nSERVER_PORT=x\n',
      'b.env': 'SERVER_HOST=b\nSERVER_PORT=1\n',
    };
    const args = ['migrate', 'up.yml', '--env-file', 'a.env', '--env-file', 'b.env'];
    const { code, stdout } = await latchkey(files, args);
    expect(code).toBe(1);
    expect(stdout).toContain('a.env:2:1 SERVER_PORT: got "x"');
  });

  test('secrets in files are read by nobody and missed by nobody', async () => {
    expect(await reported(options, 'CLIENT_ID=a\nCLIENT_SECRET_FILE=/run/secrets/client\n')).toEqual([]);
  });

  describe('LK712: secrets that differ', () => {
    test('matter where there is a shared cookie', async () => {
      expect(await placesOfDifferentSecrets('SESSION_COOKIE_DOMAIN=example.com\n')).toEqual([
        'LK712 1:1',
        'LK712 1:1',
      ]);
    });

    test('are as they were without one', async () => {
      expect(await placesOfDifferentSecrets('')).toEqual([]);
    });
  });

  test('LK713, LK716 and LK717: what is not set and may well be', async () => {
    const files = { 'up.yml': options, 'sso.env': 'UPSTREAM_CLUSTER=prod\n' };
    const args = ['migrate', 'up.yml', '--env-file', 'sso.env', '--format', 'json'];
    const { stdout } = await latchkey(files, args);
    expect(placesIn(stdout)).toEqual(expect.arrayContaining(['LK713 1:1', 'LK716 1:1', 'LK717 1:1']));
  });

  test('an interval of the group cache is nothing to tell', async () => {
    const variables = 'PROVIDER_X_TYPE=google\nPROVIDER_X_GROUPCACHE_INTERVAL_REFRESH=1m\n';
    expect(await reported(options, variables)).not.toContainEqual(expect.stringContaining('LK708'));
  });
});

test('every deployment gets what is otherwise everywhere', async () => {
  const files = { 'up.yml': options, 'sso.env': quiet + required() };
  const { code, stdout } = await latchkey(files, ['migrate', 'up.yml', '--env-file', 'sso.env']);
  expect(code).toBe(0);
  for (const at of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) expect(stdout).toContain(`notice LK${750 + at} `);
  expect(stdout).toContain('0 to put right before it starts, 0 to look at, 11 to know.');
});

test('the worst is reported first', async () => {
  const files = {
    'up.yml': withOptions('allowed_groups: [eng]', 'timeout: 30'),
    'sso.env': 'LOGGING_LEVEL=debug\n',
  };
  const { stdout } = await latchkey(files, ['migrate', 'up.yml', '--env-file', 'sso.env']);
  const severities = stdout.match(/^(?:error|warning|notice)(?= LK)/gm) ?? [];
  const order = ['error', 'warning', 'notice'];
  expect(severities).toEqual(severities.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
  expect(new Set(severities).size).toBe(3);
});

test('what the file says is reported although it cannot be used', async () => {
  const text = `- service: wiki
  default:
    from: wiki.{{root}}
    to: http://wiki
    type: rewrite
    options: {allowed_groups: [eng], skip_auth_regex: [/x], inject_request_headers: {X-Forwarded-Port: a}, timeout: 5}
`;
  expect(await reported(text)).toEqual(
    expect.arrayContaining(['LK724 6:117', 'LK725 3:16', 'LK727 3:11', 'LK730 6:86', 'LK742 6:56']),
  );
});

test('each difference has its places, what was, what is, and what to do', async () => {
  const files = { 'up.yml': withOptions('allowed_groups: [eng]', 'timeout: 30'), 'sso.env': quiet };
  const { code, stdout } = await latchkey(files, ['migrate', 'up.yml', '--env-file', 'sso.env']);
  expect(code).toBe(1);
  expect(stdout).toContain(`error LK724 A duration that cannot be read
  up.yml:7:16 30 has no unit: write \`30s\` for seconds or \`30ms\` for milliseconds (LK207)
  BuzzFeed SSO: A bare integer is nanoseconds: \`timeout: 30\` gives up at once.
  Latchkey: It is an error.
  What to do: Write a number with its unit: 30s.
`);
});

test('every difference has a code of its own, and a test above', async () => {
  const codes = migrationRules.map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
  for (const code of codes) expect(renderMigrationReference()).toContain(`## ${code}: `);
});
