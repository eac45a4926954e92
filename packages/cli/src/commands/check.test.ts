import { describe, expect, test } from '@jest/globals';
import { withOptions } from '@latchkey/testing';
import { latchkey, placesIn } from '@latchkey/testing/latchkey';

const fine = withOptions('allowed_groups: [eng]');
const env = `PROVIDER_URL_EXTERNAL=https://sso.example.com
CLIENT_ID=proxy
UPSTREAM_CONFIGFILE=/sso/up.yml
UPSTREAM_CLUSTER=prod
UPSTREAM_DEFAULT_GROUPS=eng
SSO_CONFIG_ROOT=example.com
SESSION_COOKIE_DOMAIN=example.com
`;

/** What `check` finds with these env files: code, place, and the variable that a line begins with. */
async function found(files: Record<string, string>): Promise<string[]> {
  const envFiles = Object.keys(files).flatMap((file) => ['--env-file', file]);
  const args = ['check', 'up.yml', ...envFiles, '--format', 'json'];
  const { stdout } = await latchkey({ 'up.yml': fine, ...files }, args);
  const { findings }: { findings: Array<{ code: string; file: string; line: number; message: string }> } =
    JSON.parse(stdout);
  return findings.map(
    ({ code, file, line, message }) => `${code} ${file}:${line} ${message.split(/[: ]/)[0]}`,
  );
}

test('a file with nothing wrong ends with 0', async () => {
  expect(await latchkey({ 'up.yml': fine }, ['check', 'up.yml', '--cluster', 'prod'])).toEqual({
    code: 0,
    stdout: 'up.yml: 1 route, no errors, no warnings.\n',
    stderr: '',
  });
});

test('a file with keys of an issuer is looked at where it is on this machine', async () => {
  const text = `issuers: [{issuer: https://idp.example.com, audiences: [api], jwks_file: /k.json}]
services: [{service: a, default: {from: a.example.com, to: http://a, options: {allowed_groups: [eng]}}}]
`;
  const ask = (files: Record<string, string>) =>
    latchkey({ 'up.yml': text, ...files }, ['check', 'up.yml', '--cluster=']);

  const bad = await ask({ '/k.json': '{"keys": []}' });
  expect(bad.code).toBe(1);
  expect(bad.stdout).toContain(
    'up.yml:1:74 error LK521 `jwks_file`: "/k.json" has no key in `keys`: write a',
  );
  const cut = await ask({ '/k.json': '{"keys": [null]}' });
  expect(cut.stdout).toContain('has an entry in `keys` that is no key');
  const elsewhere = await ask({});
  expect(elsewhere.code).toBe(0);
  expect(elsewhere.stdout).toContain(
    'up.yml:1:74 notice LK522 `jwks_file`: "/k.json" cannot be read on this',
  );
});

test('a file with five mistakes names them all, and what follows from them, each with its line', async () => {
  const text = `- service: wiki
  default:
    from: wiki.example.com/docs
    to: ftp://wiki
    options:
      allowed_group: [eng]
- service: vault
  options:
    allowed_groups: [security]
  default:
    from: vault.example.com
    to: http://vault
    options: {timeout: 30}
`;
  const { code, stdout } = await latchkey({ 'up.yml': text }, ['check', 'up.yml', '--cluster', 'prod']);
  expect(code).toBe(1);
  expect(stdout.split('\n').map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
    'up.yml:3:11 error LK310',
    'up.yml:3:11 warning LK311',
    'up.yml:4:9 error LK306',
    'up.yml:6:7 warning LK202',
    'up.yml:8:3 error LK210',
    'up.yml:13:24 error LK207',
    '4 errors, 2',
    '',
  ]);
});

test('a placeholder without a value does not hide the other mistakes', async () => {
  const text = `- service: wiki
  default:
    from: wiki.{{root}}
    to: http://wiki:{{port}}
    options: {timeout: 30, allowed_groups: [eng]}
- service: vault
  options: {allowed_groups: [security]}
  default: {from: vault.example.com, to: x}
- service: docs
  default: {from: docs.example.com, to: x, type: static, options: {allowed_groups: [eng]}}
`;
  const args = ['check', 'up.yml', '--cluster', 'prod', '--format', 'json'];
  const { stdout } = await latchkey({ 'up.yml': text }, args);
  expect(placesIn(stdout)).toEqual(['LK106 3:16', 'LK106 4:21', 'LK207 5:24', 'LK210 7:3', 'LK304 10:50']);
});

describe('the env file', () => {
  const files = {
    'up.yml': '- {service: wiki, prod: {from: "wiki.{{root}}", to: http://wiki}}\n',
    'prod.env': env,
    'bad.env': `${env}SESSION_TTL_VALID=60\nCOOKIE_EXPIRE=1h\nCLIENT_ID=\n`,
  };

  test('gives cluster, defaults and template variables', async () => {
    const { code, stdout } = await latchkey(files, [
      'check',
      'up.yml',
      '--env-file',
      'prod.env',
      '--format',
      'json',
    ]);
    // Only the two secrets, which come from elsewhere.
    expect([code, placesIn(stdout)]).toEqual([0, ['LK603 1:1', 'LK603 1:1']]);
  });

  test('is asked for when the file needs one', async () => {
    const { code, stderr } = await latchkey(files, ['check', 'up.yml', '--cluster', 'prod']);
    expect(code).toBe(1);
    expect(stderr).toContain('add --env-file');
  });

  test('gives way to --cluster', async () => {
    const args = ['check', 'up.yml', '--env-file', 'prod.env', '--cluster', 'staging', '--format', 'json'];
    expect(placesIn((await latchkey(files, args)).stdout)).toContain('LK301 1:4');
  });

  test('with mistakes is reported line by line, and the file is checked all the same', async () => {
    const args = ['check', 'up.yml', '--env-file', 'bad.env', '--format', 'json'];
    const { code, stdout } = await latchkey(files, args);
    expect([code, placesIn(stdout).toSorted()]).toEqual([
      1,
      ['LK601 10:1', 'LK601 8:1', 'LK602 9:1', 'LK603 1:1', 'LK603 1:1'],
    ]);
  });

  test('may be several, of which the last counts', async () => {
    const both = { ...files, 'late.env': 'UPSTREAM_CLUSTER=staging\n' };
    const args = ['check', 'up.yml', '--env-file', 'prod.env', '--env-file', 'late.env', '--format', 'json'];
    expect(placesIn((await latchkey(both, args)).stdout)).toContain('LK301 1:4');
  });

  test('may name files of the container for its secrets, which are not read here', async () => {
    const secrets =
      'CLIENT_SECRET_FILE=/run/secrets/client\nSESSION_COOKIE_SECRET_FILE=/run/secrets/cookie\n';
    const args = ['check', 'up.yml', '--env-file', 'files.env', '--fail-on', 'warning'];
    expect(await latchkey({ ...files, 'files.env': env + secrets }, args)).toMatchObject({ code: 0 });
  });

  test('is the only environment: that of the command is not read', async () => {
    const { code } = await latchkey(files, ['check', 'up.yml', '--cluster', 'prod'], {
      env: { SSO_CONFIG_ROOT: 'example.com', UPSTREAM_DEFAULT_GROUPS: 'eng' },
    });
    expect(code).toBe(1);
  });
});

describe('the env files of both services', () => {
  const client = 'the secret of both which is long enough';
  const secret = Buffer.alloc(32, 'the key of the tests').toString('base64');
  const proxy = `PROVIDER_URL_EXTERNAL=https://sso.example.com
CLIENT_ID=proxy
CLIENT_SECRET=${client}
SESSION_COOKIE_DOMAIN=example.com
SESSION_COOKIE_SECRET=${secret}
UPSTREAM_CLUSTER=prod
UPSTREAM_CONFIGFILE=/sso/up.yml
`;
  const auth = `SERVER_HOST=sso.example.com
SERVER_PORT=4180
CLIENT_PROXY_ID=proxy
CLIENT_PROXY_SECRET=${client}
SESSION_COOKIE_DOMAIN=example.com
SESSION_COOKIE_SECRET=${secret}
AUTHORIZE_EMAIL_DOMAINS=example.com
AUTHORIZE_PROXY_DOMAINS=example.com
PROVIDER_G_TYPE=google
PROVIDER_G_SLUG=google
PROVIDER_G_CLIENT_ID=x
`;
  test('say what auth would say, and only its missing secrets are no error', async () => {
    expect(await found({ 'proxy.env': proxy, 'auth.env': auth })).toEqual([
      'LK603 auth.env:1 SESSION_KEY',
      'LK603 auth.env:9 PROVIDER_G_CLIENT_SECRET',
    ]);
  });

  test('may name a file of the container for the service account of Google', async () => {
    const google = 'PROVIDER_G_GOOGLE_IMPERSONATE=a@b.test\nPROVIDER_G_GOOGLE_CREDENTIALS_JSON_FILE=/run/g\n';
    expect(await found({ 'proxy.env': proxy, 'auth.env': auth + google })).toEqual([
      'LK603 auth.env:1 SESSION_KEY',
      'LK603 auth.env:9 PROVIDER_G_CLIENT_SECRET',
    ]);
  });

  test('are read each for its own service', async () => {
    const files = { 'proxy.env': `${proxy}SERVER_PORT=x\n`, 'auth.env': auth };
    expect(await found(files)).toContain('LK601 proxy.env:8 SERVER_PORT');
  });

  test('may have a third beside them that is for both', async () => {
    const files = { 'common.env': 'LOGGING_LEVEL=loud\n', 'proxy.env': proxy, 'auth.env': auth };
    expect((await found(files)).filter((line) => line.startsWith('LK601'))).toEqual([
      'LK601 common.env:1 LOGGING_LEVEL',
    ]);
  });

  test('may be one file', async () => {
    expect(await found({ 'all.env': `${proxy}${auth}AUTHORIZE_EMAIL_ADDRESSES=a@b.test\n` })).toEqual([
      'LK603 all.env:1 SESSION_KEY',
      'LK603 all.env:16 PROVIDER_G_CLIENT_SECRET',
      'LK601 all.env:19 AUTHORIZE_EMAIL_ADDRESSES',
    ]);
  });

  test('may be that of auth alone, and then nothing is missed of the proxy', async () => {
    expect((await found({ 'auth.env': auth })).filter((line) => line.startsWith('LK601'))).toEqual([]);
  });

  test.each([
    ['CLIENT_ID', 'CLIENT_PROXY_ID=proxy', 'CLIENT_PROXY_ID=other'],
    ['CLIENT_SECRET', `PROXY_SECRET=${client}`, `PROXY_SECRET=another ${client}`],
    ['PROVIDER_URL_EXTERNAL', 'SERVER_HOST=sso.', 'SERVER_HOST=auth.'],
    ['PROVIDER_URL_INTERNAL', 'SERVER_PORT=4180', 'SERVER_INTERNAL_PORT=4181'],
    ['SESSION_COOKIE_NAME', 'SERVER_PORT=4180', 'SESSION_COOKIE_NAME=mine'],
    ['SESSION_COOKIE_DOMAIN', 'DOMAIN=example.com', 'DOMAIN=sso.example.com'],
    [
      'SESSION_COOKIE_SECRET',
      `SECRET=${secret}`,
      `SECRET=${Buffer.alloc(32, 'some other test key').toString('base64')}`,
    ],
    ['SESSION_COOKIE_SECURE', 'SERVER_PORT=4180', 'SESSION_COOKIE_SECURE=false'],
  ])('that do not agree about %s are reported, without a value', async (name, written, other) => {
    const files = { 'proxy.env': proxy, 'auth.env': auth.replace(written, other) };
    expect((await found(files)).filter((line) => line.startsWith('LK604'))).toEqual([
      expect.stringMatching(new RegExp(`^LK604 proxy.env:\\d ${name}$`)),
    ]);
  });

  function foundWith(ofProxy: string, ofAuth: string): Promise<string[]> {
    const [forProxy, forAuth] = [ofProxy, ofAuth].map(
      (own) => `ADMIN_PORT=9464\nADMIN_SECRET=${own}-that-operators-of-it-have-and-nobody-else\n`,
    );
    return found({ 'proxy.env': proxy + forProxy, 'auth.env': auth + forAuth });
  }

  test('that have one secret for operators in common are reported: it would end sessions at auth', async () => {
    expect(await foundWith('one-secret', 'one-secret')).toContainEqual(
      expect.stringMatching(/^LK604 proxy.env:\d+ ADMIN_SECRET$/),
    );
    expect((await foundWith('one-secret', 'another')).join()).not.toContain('LK604');
  });

  test('may hold a secret that is being changed', async () => {
    const changing = proxy.replace(
      secret,
      `${Buffer.alloc(32, 'some other test key').toString('base64')},${secret}`,
    );
    expect(await found({ 'proxy.env': changing, 'auth.env': auth })).toHaveLength(2);
  });

  test('are held against the routes: providers, and hosts that auth sends nobody back to', async () => {
    const other = auth.replace('SLUG=google', 'SLUG=okta').replace('PROXY_DOMAINS=', 'PROXY_DOMAINS=www.');
    expect(await found({ 'proxy.env': proxy, 'auth.env': other })).toEqual(
      expect.arrayContaining([
        'LK605 up.yml:3 UPSTREAM_DEFAULT_PROVIDER',
        'LK606 up.yml:3 AUTHORIZE_PROXY_DOMAINS',
      ]),
    );
  });

  test('are held against each provider of a list', async () => {
    const file = `- service: wiki
  default:
    from: wiki.example.com
    to: http://x
    options: {allowed_groups: [eng], provider_slug: [google, gone]}
`;
    const { stdout } = await latchkey({ 'up.yml': file, 'proxy.env': proxy, 'auth.env': auth }, [
      'check',
      'up.yml',
      '--env-file',
      'proxy.env',
      '--env-file',
      'auth.env',
    ]);
    expect(stdout).toMatch(
      /up\.yml:5:\d+ .*LK605.*`provider_slug` names "gone", and auth has google: .* with it/s,
    );
    expect(stdout).not.toContain('names "google"');
  });

  test.each([
    ['hunter2', 'LK601 proxy.env:3 CLIENT_SECRET', 'LK601 auth.env:4 CLIENT_PROXY_SECRET'],
    ['correct horse battery', 'LK602 proxy.env:3 CLIENT_SECRET', 'LK602 auth.env:4 CLIENT_PROXY_SECRET'],
  ])('say so where a secret like %s may be found by trying', async (weak, ...lines) => {
    const files = { 'proxy.env': proxy.replace(client, weak), 'auth.env': auth.replace(client, weak) };
    expect((await found(files)).filter((line) => !line.startsWith('LK603'))).toEqual(lines);
  });

  test('hold signing keys that are looked at, and those in files are not', async () => {
    const keys = 'SSO_CONFIG_WIKI_SIGNING_KEY=none\nSSO_CONFIG_DOCS_SIGNING_KEY_FILE=/run/docs\n';
    expect((await found({ 'proxy.env': proxy + keys })).filter((line) => line.startsWith('LK601'))).toEqual([
      'LK601 proxy.env:8 SSO_CONFIG_WIKI_SIGNING_KEY',
    ]);
  });
});

describe('the exit code', () => {
  const warned = { 'up.yml': withOptions('allowed_groups: [eng]', 'tls_skip_verify: true') };
  const args = ['check', 'up.yml', '--cluster', 'prod'];

  test('is 0 with warnings alone', async () => {
    expect((await latchkey(warned, args)).code).toBe(0);
  });

  test('is 1 with warnings and --fail-on warning', async () => {
    expect((await latchkey(warned, [...args, '--fail-on', 'warning'])).code).toBe(1);
  });
});

describe('formats', () => {
  const files = { 'up.yml': withOptions('allowed_groups: [eng]', 'tls_skip_verify: true', 'timeout: 5') };
  const args = ['check', 'up.yml', '--cluster', 'prod', '--format'];

  test('json counts and lists', async () => {
    const { stdout } = await latchkey(files, [...args, 'json']);
    expect(JSON.parse(stdout)).toEqual({
      findings: [
        {
          code: 'LK207',
          severity: 'error',
          message: expect.stringContaining('write `5s`'),
          file: 'up.yml',
          line: 8,
          column: 16,
        },
      ],
      summary: { errors: 1, warnings: 0, notices: 0 },
    });
  });

  test('github points at lines', async () => {
    const { stdout } = await latchkey(files, [...args, 'github']);
    expect(stdout).toMatch(/^::error file=up\.yml,line=8,col=16,title=LK207::5 has no unit[^\n]*\n$/);
  });

  test('github cannot be led to other commands by the file or its name', async () => {
    const text = withOptions('allowed_groups: [eng]', '"a\\n::set-output name=x::%0A": 1');
    const { stdout } = await latchkey({ 'a,b:c.yml': text }, [
      'check',
      'a,b:c.yml',
      '--cluster',
      '',
      '--format',
      'github',
    ]);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(stdout).toMatch(/^::warning file=a%2Cb%3Ac\.yml,line=7,col=7,title=LK202::/);
    expect(stdout).toContain('%250A');
  });
});

test.each([
  ['bytes that are no text', new Uint8Array([0x2d, 0x20, 0xff, 0xfe]), 'LK102'],
  ['nothing', '', 'LK216'],
  ['half a file', fine.slice(0, 40), 'LK'],
  ['a file full of NUL', '\0'.repeat(100), 'LK103'],
])('%s is reported in a line', async (_, content, code) => {
  const { stdout } = await latchkey({ 'up.yml': content }, ['check', 'up.yml', '--cluster', 'prod']);
  expect(stdout).toContain(code);
});
