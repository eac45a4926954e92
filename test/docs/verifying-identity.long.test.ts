// What docs/verifying-identity.md gives applications to copy is run against real assertions.
import { execFile, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import type { JSONWebKeySet } from 'jose';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort } from '@latchkey/testing/ports';
import { findProgram } from '@latchkey/testing/programs';
import { startProgram } from '../fixtures/running-program.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { useStack } from '../fixtures/use-stack.ts';
import { nginxWith } from '../fronts/nginx.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/verifying-identity.md'), 'utf8');
const { privateKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

const grafanaRoute = snippet('Grafana', 'yaml')
  .replaceAll('grafana.corp.example.com', 'grafana.latchkey.localhost')
  .replace('http://grafana.internal:3000', "'{{app}}'");
let clock = 0;
const the = useStack({
  now: () => Date.now() + clock,
  proxyEnv: { ASSERTION_KEY: privateKey },
  upstreams: `
- service: wiki
  default: {from: wiki.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
${grafanaRoute}`,
});

let ofWiki = '';
let ofHello = '';
let ofGrafana = '';
let ofYesterday = '';
let keys: { url: string; set: JSONWebKeySet; close: () => void };

beforeAll(async () => {
  clock = -86_400_000;
  let browser = await the.signedIn();
  async function assertionAt(host: string): Promise<string> {
    await browser.fetch(the.stack.url(host));
    return valuesOf(the.stack.app.received.at(-1) ?? { rawHeaders: [] }, 'X-Latchkey-Jwt-Assertion')[0] ?? '';
  }
  ofYesterday = await assertionAt('wiki');
  clock = 0;
  browser = await the.signedIn();
  [ofWiki, ofHello, ofGrafana] = [
    await assertionAt('wiki'),
    await assertionAt('hello'),
    await assertionAt('grafana'),
  ];
  const answer = await browser.fetch(the.stack.url('wiki', '/oauth2/v1/jwks'));
  // Not every program finds names below `.localhost`.
  const server = createServer((_req, res) =>
    res.setHeader('Content-Type', 'application/json').end(answer.body),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const set = JSON.parse(answer.body) as JSONWebKeySet;
  keys = { url: `http://127.0.0.1:${port}/oauth2/v1/jwks`, set, close: () => server.close() };
});
afterAll(() => keys.close());

function snippet(title: string, language: string): string {
  const [, section = ''] = new RegExp(`\\n## ${title}\\n([^]*?)(?=\\n## |$)`).exec(page) ?? [];
  const [, code = ''] = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(section) ?? [];
  if (code === '') throw new Error(`no ${language} below ${title}`);
  return code;
}

// For this installation, in place of the one that the page talks about.
function here(code: string): string {
  return code
    .replaceAll('https://sso.corp.example.com/oauth2/v1/jwks', keys.url)
    .replaceAll('https://sso.corp.example.com', new URL(the.stack.authUrl()).origin)
    .replaceAll('https://wiki.corp.example.com', new URL(the.stack.url('wiki')).origin)
    .replaceAll('https://grafana.corp.example.com', new URL(the.stack.url('grafana')).origin);
}

type Run = { status: number; stdout: string };

// Not in step: the keys come from this very process.
async function run(program: string, args: readonly string[]): Promise<Run> {
  const cwd = join(import.meta.dirname, '..');
  return new Promise((resolve) => {
    execFile(program, args, { cwd, timeout: 10_000 }, (error, stdout) =>
      resolve({ status: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout }),
    );
  });
}

const pythons = ['python3', '/usr/bin/python3'].map((name) => findProgram(name) ?? name);
const python = pythons.find((path) => spawnSync(path, ['-c', 'import jwt, cryptography']).status === 0);
if (python === undefined)
  process.stderr.write('no python3 with jwt and cryptography (python3-jwt): not run\n');

function inNode(token: string): Promise<Run> {
  const code = `${here(snippet('Node', 'js')).replace('export ', '')}
const person = await verifyIdentity({ 'x-latchkey-jwt-assertion': ${JSON.stringify(token)} });
process.stdout.write(person.email);`;
  return run(process.execPath, ['--input-type=module', '--eval', code]);
}

function inPython(token: string): Promise<Run> {
  const code = `${here(snippet('Python', 'python'))}
print(verify_identity({"X-Latchkey-Jwt-Assertion": ${JSON.stringify(token)}})["email"], end="")`;
  return run(python ?? '', ['-c', code]);
}

const nginx = findProgram('nginx');
const njs = '/usr/lib/nginx/modules/ngx_http_js_module.so';
const hasNjs = nginx !== undefined && existsSync(njs);
if (!hasNjs) process.stderr.write('no nginx with njs (libnginx-mod-http-js): not run\n');

async function inNginx(token: string): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-njs-'));
  const port = await freePort();
  const server = here(snippet('nginx', 'nginx'))
    .replace('listen 8080', `listen 127.0.0.1:${port}`)
    .replace('/var/cache/nginx/latchkey', `${folder}/cache`)
    .replace('root /srv/wiki', 'return 200 $person');
  const plan = nginxWith(folder, { wiki: server }, [njs]);
  const files = { ...plan.files, 'latchkey.js': here(snippet('nginx', 'js')) };
  const running = await startProgram(nginx ?? '', { ...plan, files }, { folder, port });
  try {
    const headers = { 'X-Latchkey-Jwt-Assertion': token };
    const answer = await fetch(`http://127.0.0.1:${port}/`, { headers });
    const isRefused = answer.status === 403;
    return { status: isRefused ? 1 : answer.status - 200, stdout: isRefused ? '' : await answer.text() };
  } finally {
    await running.stop();
    rmSync(folder, { recursive: true });
  }
}

const cases = [
  ['Node', inNode, test],
  ['Python', inPython, python === undefined ? test.skip : test],
  ['nginx', inNginx, hasNjs ? test : test.skip],
] as const;

describe.each(cases)('the lines for %s', (_, verify, test) => {
  test('tell who asks', async () => {
    expect(await verify(ofWiki)).toMatchObject({ status: 0, stdout: 'engineer@example.com' });
  });

  test('refuse what is over, what is for another application, what was changed or forged, and what is not there', async () => {
    const [head = '', body = '', signature = ''] = ofWiki.split('.');
    const changed = `${head}.${body.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))}.${signature}`;
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const forged = await new SignJWT(decodeJwt(ofWiki))
      .setProtectedHeader({ ...decodeProtectedHeader(ofWiki), alg: 'ES256' })
      .sign(stranger);
    for (const token of [ofYesterday, ofHello, changed, forged, ''])
      expect(await verify(token)).toMatchObject({ status: 1, stdout: '' });
  });
});

// What Grafana does with these settings: https://grafana.com/docs/grafana/latest/setup-grafana/configure-security/configure-authentication/jwt/
describe('the settings of Grafana', () => {
  const settings = new Map<string, string>();
  beforeAll(() => {
    for (const line of here(snippet('Grafana', 'ini')).split('\n')) {
      const { name, value } = /^(?<name>\w+) = (?<value>.*)$/.exec(line)?.groups ?? {};
      if (name !== undefined && value !== undefined) settings.set(name, value);
    }
  });

  async function accepted(token: string): Promise<Record<string, unknown>> {
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys.set), { clockTolerance: 60 });
    for (const [claim, wanted] of Object.entries(
      JSON.parse(settings.get('expect_claims') ?? '{}') as object,
    )) {
      if (![payload[claim]].flat().includes(wanted)) throw new Error(`${claim} is another one`);
    }
    return {
      user: payload[settings.get('username_claim') ?? ''],
      email: payload[settings.get('email_claim') ?? ''],
      role: payload[settings.get('role_attribute_path') ?? ''],
    };
  }

  test('sign a person in with their role', async () => {
    expect(settings.get('header_name')).toBe('X-Latchkey-Jwt-Assertion');
    expect(settings.get('jwk_set_url')).toBe(keys.url);
    const email = 'engineer@example.com';
    expect(await accepted(ofGrafana)).toEqual({ user: email, email, role: 'Viewer' });
  });

  test('refuse the assertion of another application', async () => {
    await expect(accepted(ofWiki)).rejects.toThrow('aud is another one');
  });
});
