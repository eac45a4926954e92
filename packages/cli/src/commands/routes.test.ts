import { expect, test } from '@jest/globals';
import { withOptions } from '@latchkey/testing';
import { latchkey } from '@latchkey/testing/latchkey';

const files = {
  'up.yml': `- service: wiki
  default:
    from: Wiki.example.com
    to: wiki.internal:8080/x
    options:
      allowed_groups: [eng, ops]
      allowed_email_domains: [Example.com]
      skip_auth_regex: ['^/a', '^/b']
      inject_request_headers: {Authorization: Bearer s3cret-value}
      timeout: 90s
      tls_skip_verify: true
      ca_file: /etc/ca.pem
      client_cert_file: /etc/proxy.pem
      client_key_file: /etc/proxy.key
      server_name: wiki.mesh
- service: apps
  prod: {type: rewrite, from: '^(.*)\\.apps\\.example\\.com$', to: 'http://$1.internal', options: {allowed_groups: ["*"]}}
- service: home
  default: {type: launcher, from: home.example.com, options: {allowed_email_addresses: [ann@example.com]}}
`,
};

test('lists one route per line, with what is not as it comes', async () => {
  const { code, stdout } = await latchkey(files, ['routes', 'up.yml', '--cluster', 'prod']);
  expect(code).toBe(0);
  expect(stdout.split('\n').map((line) => line.split('\t'))).toEqual([
    [
      'Wiki.example.com',
      'simple',
      'https://wiki.internal:8080/x',
      'group eng, ops; domain example.com',
      '2 public patterns, sets Authorization on requests, timeout 90s, certificate not checked, authorities of /etc/ca.pem, shows the certificate of /etc/proxy.pem, certificate for wiki.mesh',
    ],
    ['^(.*)\\.apps\\.example\\.com$', 'rewrite', 'http://$1.internal', 'everybody who can sign in', ''],
    ['home.example.com', 'launcher', 'the launcher', 'address ann@example.com', ''],
    [''],
  ]);
});

test('aligns the columns on a terminal', async () => {
  const { stdout } = await latchkey(files, ['routes', 'up.yml', '--cluster', 'prod'], { isTerminal: true });
  const columns = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.search(/ (?:simple|rewrite|launcher) /));
  expect(new Set(columns).size).toBe(1);
});

test('gives every setting as JSON, and no value of a header', async () => {
  const { stdout } = await latchkey(files, ['routes', 'up.yml', '--cluster', 'prod', '--format', 'json']);
  const [wiki] = JSON.parse(stdout);
  expect(wiki).toMatchObject({
    id: 'wiki',
    publicPaths: ['^/a', '^/b'],
    injectRequestHeaders: ['Authorization'],
    timeoutMs: 90_000,
    position: { line: 3, column: 11 },
  });
  expect(stdout).not.toContain('s3cret');
});

test('of a file with errors lists the errors', async () => {
  const broken = { 'up.yml': withOptions('timeout: 5') };
  expect(await latchkey(broken, ['routes', 'up.yml', '--cluster', ''])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('LK207'),
  });
});

test('as yaml it is a file that means the same, for any cluster and without an environment', async () => {
  const env = { ...files, 'prod.env': 'UPSTREAM_CLUSTER=prod\nUPSTREAM_DEFAULT_TIMEOUT=7s\n' };
  const asked = await latchkey(env, ['routes', 'up.yml', '--env-file', 'prod.env', '--format', 'yaml']);
  expect(asked).toMatchObject({ code: 0, stderr: '' });
  const flat = { 'flat.yml': asked.stdout, ...env };
  const json = async (...args: string[]): Promise<object[]> =>
    JSON.parse((await latchkey(flat, ['routes', ...args, '--format', 'json'])).stdout);
  const elsewhere = { position: expect.anything() };
  expect(await json('flat.yml', '--cluster', '')).toMatchObject(
    (await json('up.yml', '--env-file', 'prod.env')).map((route) => ({ ...route, ...elsewhere })),
  );
});

test('says when no service has a section for the cluster', async () => {
  const { stderr } = await latchkey(files, ['routes', 'up.yml', '--cluster', 'prdo']);
  expect(stderr).toMatch(/"prdo".*\(LK405\)/);
});
