// `check` and `migrate` called a good deployment broken when the env files were named in another order, because the proxy's
// held the key of auth as the first quickstarts have it; they pointed at line 1 of the wrong file; and `migrate` said that
// nothing had to be put right where start-up then refused.
import { describe, expect, test } from '@jest/globals';
import { withOptions } from '@latchkey/testing';
import { latchkey, placesIn } from '@latchkey/testing/latchkey';

const [key, other, shared] = ['one key', 'another key', 'the secret of both'].map((text) =>
  Buffer.alloc(32, text).toString('base64'),
);

// As the first quickstarts wrote them, with the key of auth in both.
const proxy = `PROVIDER_URL=https://sso.corp.example.com
UPSTREAM_CONFIGS=/sso/up.yml
CLIENT_ID=proxy
CLIENT_SECRET=${shared}
AUTH_CODE_SECRET=${key}
COOKIE_SECRET=${other}
CLUSTER=prod
PORT=4180
`;
const auth = `HOST=sso.corp.example.com
REDIRECT_URL=https://sso.corp.example.com
PROXY_CLIENT_ID=proxy
PROXY_CLIENT_SECRET=${shared}
AUTH_CODE_SECRET=${key}
COOKIE_SECRET=${key}
CLIENT_ID=1234.apps.example.com
CLIENT_SECRET=from the provider
SSO_EMAIL_DOMAIN=example.com
PROXY_ROOT_DOMAIN=example.com
PORT=4190
`;

type Finding = { code: string; file: string; line: number; message: string };

async function run(command: 'check' | 'migrate', files: Record<string, string>): Promise<Finding[]> {
  const envFiles = Object.keys(files).flatMap((name) => ['--env-file', name]);
  const args = [command, 'up.yml', ...envFiles, '--format', 'json'];
  const { stdout } = await latchkey({ 'up.yml': withOptions('allowed_groups: [eng]'), ...files }, args);
  const { findings }: { findings: Finding[] } = JSON.parse(stdout);
  return findings;
}

/** Errors and what the two services disagree about, each as `LK601 auth.env:3 NAME`. */
async function faults(files: Record<string, string>): Promise<string[]> {
  const found = await run('check', files);
  return found
    .filter(({ code }) => /^LK60[134]$/.test(code))
    .map(({ code, file, line, message }) => `${code} ${file}:${line} ${/^\w+/.exec(message)?.[0]}`);
}

describe('the env files of a good deployment', () => {
  test.each([
    ['proxy.env first', { 'proxy.env': proxy, 'auth.env': auth }],
    ['auth.env first', { 'auth.env': auth, 'proxy.env': proxy }],
  ])('are found good, %s', async (_, files) => {
    expect(await faults(files)).toEqual([]);
    expect((await run('migrate', files)).filter(({ code }) => code === 'LK702')).toEqual([]);
  });

  test('are both needed for a word about auth: its key alone makes no file its own', async () => {
    expect(await faults({ 'proxy.env': proxy })).toEqual([]);
  });
});

describe('a finding about a variable', () => {
  const files = { 'proxy.env': proxy, 'auth.env': auth };

  test.each([
    [
      'by its older name',
      { 'auth.env': auth.replace('ROOT_DOMAIN=', 'ROOT_DOMAIN=a b') },
      'LK601 auth.env:10 PROXY_ROOT_DOMAIN',
    ],
    [
      'of the only provider of old',
      { 'auth.env': `${auth}PROVIDER_SLUG=A/B\n` },
      'LK601 auth.env:12 PROVIDER_GOOGLE_SLUG',
    ],
    [
      'that calls for another one',
      { 'auth.env': `${auth}GOOGLE_ADMIN_EMAIL=a@example.com\n` },
      'LK601 auth.env:12 PROVIDER_GOOGLE_GOOGLE_CREDENTIALS',
    ],
    [
      'that is not set, of a provider that there is',
      { 'auth.env': auth.replace('CLIENT_SECRET=from the provider\n', '') },
      'LK603 auth.env:7 PROVIDER_GOOGLE_CLIENT_SECRET',
    ],
    [
      'that the other service has otherwise',
      { 'auth.env': auth.replace('PROXY_CLIENT_ID=proxy', 'PROXY_CLIENT_ID=gate') },
      'LK604 proxy.env:3 CLIENT_ID',
    ],
    [
      'whose scheme auth has otherwise',
      { 'auth.env': auth.replace('https://', 'http://') },
      'LK604 proxy.env:1 PROVIDER_URL_EXTERNAL',
    ],
  ])('%s stands at its line', async (_, changed, finding) => {
    expect(await faults({ ...files, ...changed })).toEqual([finding]);
  });

  test('hides nothing else: a difference between the services is reported beside a slug that is refused', async () => {
    const changed = auth.replace('PROXY_CLIENT_ID=proxy', 'PROXY_CLIENT_ID=gate');
    expect(await faults({ ...files, 'auth.env': `${changed}PROVIDER_SLUG=A/B\n` })).toEqual([
      'LK604 proxy.env:3 CLIENT_ID',
      'LK601 auth.env:12 PROVIDER_GOOGLE_SLUG',
    ]);
  });

  test('names the line of the other service, whatever it is called there', async () => {
    const found = await run('check', { ...files, 'auth.env': auth.replace('ID=proxy', 'ID=gate') });
    expect(found.find(({ code }) => code === 'LK604')?.message).toContain('(auth.env:3)');
  });
});

describe('migrate', () => {
  const start = { 'proxy.env': proxy, 'auth.env': auth.replace(/SSO_EMAIL_DOMAIN.*\nPROXY_ROOT.*\n/, '') };

  test('counts what start-up will refuse, what is not set included', async () => {
    const refused = (await run('migrate', start)).filter(({ code }) => code === 'LK702');
    expect(refused.map(({ message }) => /: (\w+): not set/.exec(message)?.[1])).toEqual([
      'AUTHORIZE_PROXY_DOMAINS',
      'AUTHORIZE_EMAIL_DOMAINS',
    ]);
  });

  test('warns of required secrets that have to come from elsewhere', async () => {
    const files = { 'proxy.env': proxy.replace(/CLIENT_SECRET.*\n/, ''), 'auth.env': auth };
    const found = await run('migrate', files);
    expect(found.filter(({ code }) => /^LK7(?:02|18)$/.test(code)).map(({ code }) => code)).toEqual([
      'LK718',
    ]);
  });
});

test.each([
  ['^(.*)\\.apps\\.example\\.com/app$', ['LK510 2:35']],
  ['^https://(.*)\\.apps\\.example\\.com$', ['LK510 2:35']],
  ['^([^/]+)\\.apps\\.example\\.com$', []],
])('a path or a scheme in the pattern of a host is reported: %s', async (from, places) => {
  const text = `- service: apps\n  default: {type: rewrite, from: '${from}', to: 'http://$1.internal.example.com', options: {allowed_groups: [eng]}}\n`;
  const args = ['check', 'up.yml', '--cluster', 'prod', '--format', 'json'];
  const { stdout } = await latchkey({ 'up.yml': text }, args);
  expect(placesIn(stdout)).toEqual(places);
});
