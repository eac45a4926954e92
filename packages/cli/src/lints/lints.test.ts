import { describe, expect, test } from '@jest/globals';
import { withOptions } from '@latchkey/testing';
import { latchkey, placesIn } from '@latchkey/testing/latchkey';
import { lints, renderLintReference } from './table.ts';

async function check(text: string): Promise<string[]> {
  const { stdout } = await latchkey({ 'up.yml': text }, [
    'check',
    'up.yml',
    '--cluster',
    'prod',
    '--format',
    'json',
  ]);
  return placesIn(stdout);
}

function rewrite(from: string, to: string): string {
  return `- service: apps\n  default: {type: rewrite, from: '${from}', to: '${to}', options: {allowed_groups: [eng]}}\n`;
}

/** Two routes, the host or pattern of the second on line 4. */
function after(first: string, second: string): string {
  const routes = [first, second].map((from, at) => {
    const type = /[\\^*]/.test(from) ? 'rewrite' : 'simple';
    return `- service: s${at}\n  default: {from: '${from}', to: http://a, type: ${type}, options: {allowed_groups: [eng]}}\n`;
  });
  return routes.join('');
}

describe('public patterns', () => {
  test.each([
    ['/public/', ['LK501 7:26']],
    ['^/public/', []],
    ['(?i)^/public/', []],
    ['(^/x|^/y)', []],
    ['^/x|/y', ['LK501 7:26']],
    ['^/x|^/y[|(]', []],
    ['\\A/public/', []],
    ['^/admin', ['LK502 7:26']],
    ['^/.*', ['LK502 7:26']],
    ['.*', ['LK501 7:26', 'LK502 7:26']],
    ['\\.(css|js)$', ['LK501 7:26']],
    ['^/\\.env$', ['LK502 7:26']],
  ])('%s', async (pattern, places) => {
    expect(await check(withOptions('allowed_groups: [eng]', `skip_auth_regex: ['${pattern}']`))).toEqual(
      places,
    );
  });

  test('are found on their own line, and reported once although an extra route inherits them', async () => {
    const text = `${withOptions('allowed_groups: [eng]', 'skip_auth_regex:', '  - ^/ok/', '  - "\\\\d/x"')}    extra_routes: [{from: old.example.com}]\n`;
    expect(await check(text)).toEqual(['LK501 9:12']);
  });
});

describe('open to everybody', () => {
  test.each(['allowed_groups', 'allowed_email_domains', 'allowed_email_addresses'])('%s', async (option) => {
    expect(await check(withOptions(`${option}: ["*"]`))).toEqual([`LK503 6:${option.length + 11}`]);
  });

  test('through the environment is reported at the route', async () => {
    const args = ['check', 'up.yml', '--env-file', 'x.env', '--format', 'json'];
    const files = { 'up.yml': withOptions('timeout: 5s'), 'x.env': 'UPSTREAM_DEFAULT_EMAIL_DOMAINS=*\n' };
    const { stdout } = await latchkey(files, args);
    expect(placesIn(stdout)).toContain('LK503 3:11');
    expect(stdout).toContain('UPSTREAM_DEFAULT_EMAIL_DOMAINS is');
  });
});

test('a certificate that nobody checks', async () => {
  expect(await check(withOptions('allowed_groups: [eng]', 'tls_skip_verify: yes'))).toEqual(['LK504 7:7']);
});

describe('more than one kind of rule', () => {
  test('is reported by the file itself', async () => {
    expect(await check(withOptions('allowed_groups: [eng]', 'allowed_email_domains: [example.com]'))).toEqual(
      ['LK401 3:11'],
    );
  });
});

describe('a rewrite that leads anywhere', () => {
  test.each([
    ['^(.*)$', 'http://$1'],
    ['^(.*)\\.apps\\.example\\.com$', 'http://$1'],
    ['^(\\w+)\\.apps\\.example\\.com$', '$1:8080'],
    ['^([^.]+)\\.apps\\.example\\.com$', 'http://${1}.com/x'],
    ['^(?P<app>[a-z-]+)\\.apps\\.example\\.com$', 'http://app-$app'],
    ['^(?:x-)?(.+)--(.+)\\.example\\.com$', 'http://$1.$2'],
    ['^(.*)$', 'http://$0'],
    ['^(\\d+)\\.example\\.com$', 'http://$1'],
    ['^(\\pL+)\\.example\\.com$', 'http://$1'],
    ['^(0x[0-9a-f]+)\\.example\\.com$', 'http://$1'],
    ['^(0\\d+)\\.example\\.com$', 'http://$1'],
    ['^(\\d+\\.\\d+\\.\\d+\\.\\d+)\\.example\\.com$', 'http://$1'],
    ['^(\\d+)\\.example\\.com$', 'http://10.0.0.$1'],
    ['^(\\d+)-(\\d+)\\.example\\.com$', 'http://169.254.$1.$2'],
    ['^(.*)\\.apps\\.example\\.com$', 'http://$1.internal'],
    ['^(.*)\\.apps\\.example\\.com$', 'http://$1.google.internal'],
    ['^(.*)\\.apps\\.example\\.com$', 'http://$1.svc.cluster.local'],
    ['^([^.]+)\\.apps\\.example\\.com$', 'http://$1.co.uk'],
    ['^([^.]+)\\.apps\\.example\\.com$', 'http://$1.github.io'],
    ['^([^.]+)\\.apps\\.example\\.com$', 'http://app-$1.co.uk'],
  ])('%s to %s', async (from, to) => {
    expect(await check(rewrite(from, to))).toContainEqual(expect.stringMatching(/^LK505 2:/));
  });

  test.each([
    ['^(.*)\\.apps\\.example\\.com$', 'http://$1.internal.example.com'],
    ['^([^.]+)\\.apps\\.example\\.com$', 'http://$1.internal'],
    ['^([^.]+)\\.apps\\.example\\.com$', 'http://$1.example.co.uk'],
    ['^([^.]+)\\.apps\\.example\\.com$', 'http://$1.team.svc.cluster.local'],
    ['^(.*)\\.apps\\.example\\.com$', 'http://wiki.example.com/$1'],
    ['^(.*)\\.apps\\.example\\.com$', 'http://wiki.example.com/?app=$1'],
    ['^(wiki|docs)\\.apps\\.example\\.com$', 'http://$1'],
    ['^(\\w+)\\.(one|two)\\.example\\.com$', 'http://$2'],
    ['^p(\\d+)\\.example\\.com$', 'http://internal:$1'],
    ['^(.*\\.corp\\.example\\.com)$', 'http://$1'],
  ])('not %s to %s', async (from, to) => {
    expect(await check(rewrite(from, to))).toEqual([]);
  });
});

test.each(['http://127.0.0.1:$1', 'http://localhost:8$1', 'http://169.254.170.2:$1'])(
  'a rewrite to a port of the own machine that the client chooses: %s',
  async (to) => {
    expect(await check(rewrite('^p(\\d+)\\.example\\.com$', to))).toEqual([
      expect.stringMatching(/^LK509 2:/),
    ]);
  },
);

describe('a route that is never reached', () => {
  test.each([
    ['^.*$', '^(.*)\\.example\\.com$'],
    ['(.*)', '^wiki\\.example\\.com$'],
    ['^(.*)\\.example\\.com$', '^(\\w+)\\.apps\\.example\\.com$'],
    ['^(.+)\\.example\\.com$', '^(?P<app>[^.]+)\\.EXAMPLE\\.com$'],
    ['^(\\w+)\\.example\\.com$', '^(?:\\w+)\\.example\\.com$'],
    ['wiki.example.com', '^wiki\\.example\\.com$'],
  ])('behind %s: %s', async (first, second) => {
    expect(await check(after(first, second))).toEqual(['LK506 4:20']);
  });

  test.each([
    ['^(\\w+)\\.example\\.com$', '^(.*)\\.example\\.com$'],
    ['^(.*)\\.apps\\.example\\.com$', '^(.*)\\.example\\.com$'],
    ['wiki.example.com', '^(.*)\\.example\\.com$'],
    ['^(.*)\\.example\\.org$', '^wiki\\.example\\.com$'],
  ])('not behind %s: %s', async (first, second) => {
    expect(await check(after(first, second))).toEqual([]);
  });
});

describe('a secret in the file', () => {
  test.each([
    ['Authorization: Bearer abcdefgh'],
    ['X-Api-Key: "12345"'],
    ['X-Anything: 0123456789abcdef0123456789abcdef'],
    ['X-Auth: Basic dXNlcjpwYXNzd29yZA=='],
    ['X-Service-Token: hunter2'],
    ['X-Note: AKIAABCDEFGHIJKLMNOP'],
  ])('%s', async (header) => {
    const text = withOptions('allowed_groups: [eng]', 'inject_request_headers:', `  ${header}`);
    const { stdout } = await latchkey({ 'up.yml': text }, [
      'check',
      'up.yml',
      '--cluster',
      '',
      '--format',
      'json',
    ]);
    expect(placesIn(stdout)).toEqual([expect.stringMatching(/^LK507 8:/)]);
    expect(stdout).not.toContain(header.split(': ')[1]);
  });

  test.each([['Authorization: "Bearer {{wiki_token}}"'], ['X-Team: engineering'], ['X-Api-Key: ""']])(
    'is not %s',
    async (header) => {
      const text = withOptions('allowed_groups: [eng]', 'inject_request_headers:', `  ${header}`);
      expect(await check(text)).not.toContainEqual(expect.stringContaining('LK507'));
    },
  );

  test('is found in a comment, in another cluster, and in a file with errors', async () => {
    const text = `# password: correct-horse\n- service: wiki\n  staging: {options: {inject_request_headers: {X-Token: abc}}}\n`;
    expect(await check(text)).toEqual(['LK511 1:1', 'LK507 1:3', 'LK405 2:3', 'LK301 2:3', 'LK507 3:48']);
    expect(await check(`${text}  oops: 1\n`)).toEqual(expect.arrayContaining(['LK507 1:3', 'LK507 3:48']));
  });
});

describe('a header that only the proxy sets', () => {
  test('is reported at its line', async () => {
    const text = withOptions(
      'allowed_groups: [eng]',
      'inject_request_headers: {x_forwarded_user: a, X-Team: b}',
    );
    expect(await check(text)).toEqual(['LK508 7:32']);
  });
});

test('headers about devices are reported where no server in front is believed', async () => {
  const text = `device_headers: {managed: X-Device-Managed}\nservices:\n${withOptions('allowed_groups: [eng]').replaceAll(/^(?=.)/gm, '  ')}`;
  const found = async (env: string) => {
    const asked = ['check', 'up.yml', '--env-file', 'proxy.env', '--format', 'json'];
    return placesIn((await latchkey({ 'up.yml': text, 'proxy.env': env }, asked)).stdout);
  };

  expect(await found('UPSTREAM_CLUSTER=prod\n')).toContain('LK520 1:1');
  expect(await found('SERVER_TRUSTED_PROXIES=10.0.0.7\n')).not.toContain('LK520 1:1');
});

describe('a route that answers a server in front', () => {
  const text = withOptions('allowed_groups: [eng]', 'forward_auth: true');
  const found = async (env: string) => {
    const files = { 'up.yml': text, 'proxy.env': env };
    const asked = ['check', 'up.yml', '--env-file', 'proxy.env', '--format', 'json'];
    return placesIn((await latchkey(files, asked)).stdout);
  };

  test('is reported where no server in front is believed', async () => {
    expect(await found('UPSTREAM_CLUSTER=prod\n')).toContain('LK607 7:7');
    expect(await found('SERVER_TRUSTED_PROXIES=10.0.0.7\n')).not.toContain('LK607 7:7');
    expect(await check(text)).toEqual([]);
  });
});

test('every lint has a heading of its own in the reference', () => {
  const reference = renderLintReference();
  const codes = Object.values(lints).map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
  for (const code of codes) expect(reference).toContain(`## ${code}: `);
  expect(reference).toMatch(/^## .*[^\n]\n$/s);
});
