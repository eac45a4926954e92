// What the audit log tells of people, hosts and operators, line by line, and what becomes of people while it cannot be written.
import { afterAll, describe, expect, test } from '@jest/globals';
import { hashOfToken, makeServiceToken } from '@latchkey/access';
import { independentCheck } from '@latchkey/contract';
import { Browser } from '@latchkey/testing/browser';
import { findProgram } from '@latchkey/testing/programs';
import { latchkey } from '@latchkey/testing/latchkey';
import { freePort } from '@latchkey/testing/ports';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { cookieHeader, signIn, signOut, signOutAtProvider } from '../fixtures/sign-in.ts';
import { startStack } from '../fixtures/stack.ts';
import { useTunnels } from '../fixtures/tunnel.ts';
import { useStack } from '../fixtures/use-stack.ts';

const folder = mkdtempSync(join(tmpdir(), 'latchkey-audit-'));
afterAll(() => rmSync(folder, { recursive: true }));
const files = { auth: join(folder, 'auth.jsonl'), proxy: join(folder, 'proxy.jsonl') };
const internalPort = String(await freePort());
const adminSecret = 'the-secret-of-those-who-operate-all-this';

const upstreams = `
- service: hello
  default:
    from: hello.latchkey.localhost
    to: {{app}}
    options: {allowed_email_domains: [example.com]}
- service: payroll
  default:
    from: payroll.elsewhere.test
    to: {{app}}
    options: {allowed_email_domains: [example.com]}
- service: vault
  default:
    from: vault.latchkey.localhost
    to: {{app}}
    options: {allowed_groups: [security@example.com]}
`;

type Line = { readonly event: string; readonly [field: string]: unknown };

function linesOf(service: 'auth' | 'proxy'): Line[] {
  return readFileSync(files[service], 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

function entriesOf(event: string): Line[] {
  return [...linesOf('auth'), ...linesOf('proxy')].filter((line) => line.event === event);
}

const engineer = {
  sub: 'demo-2',
  email: 'engineer@example.com',
  idp: 'google',
  session: expect.stringMatching(/^[\w-]{32}$/),
};
const asked = { client: '127.0.0.1', request: expect.any(String) };

test('what happens to people is a line that fits the schema, without a secret, and the chains are whole', async () => {
  const stack = await startStack({
    upstreams,
    authEnv: {
      AUDIT_LOG: `stdout,file:${files.auth}`,
      AUTHORIZE_PROXY_DOMAINS: 'latchkey.localhost,elsewhere.test',
      SERVER_INTERNAL_PORT: internalPort,
      ADMIN_SECRET: adminSecret,
    },
    proxyEnv: {
      AUDIT_LOG: `file:${files.proxy}`,
      PROVIDER_URL_INTERNAL: `http://127.0.0.1:${internalPort}`,
    },
  });
  const operate = (args: string, secret = adminSecret) =>
    latchkey(
      {},
      ['sessions', ...args.split(' '), '--auth', `http://127.0.0.1:${internalPort}`, '--operator', 'ops'],
      {
        env: { ADMIN_SECRET: secret },
      },
    );
  const hello = stack.url('hello', '/a-path?token=hunter2');
  const browser = new Browser();
  await signIn(browser, hello, 'engineer@example.com');
  const secrets = [await cookieHeader(browser, hello), stack.serviceSecret, adminSecret, 'a-path', 'hunter2'];
  await browser.visit(stack.url('vault'));
  await browser.visit(`http://payroll.elsewhere.test:${stack.ports.proxy}/`);
  const stranger = new Browser();
  await signIn(stranger, hello, 'guest@elsewhere.test');
  await operate('list --email engineer@example.com');
  await operate('list', 'another-secret-than-that-of-the-operators');
  await signOut(browser, stack);
  await operate('revoke --email engineer@example.com');
  await Promise.all([browser.close(), stranger.close()]);
  await stack.close();

  expect(linesOf('auth').map(({ event }) => event)).toEqual([
    'start',
    'sign_in',
    'session_handed_over',
    'sign_in',
    'operator',
    'credentials_refused',
    'sign_out',
    'sign_out',
    'stop',
  ]);
  expect(linesOf('proxy').map(({ event }) => event)).toEqual(['start', 'access_refused', 'stop']);
  const host = (name: string) => `${name}:${stack.ports.proxy}`;
  expect(entriesOf('sign_in')).toMatchObject([
    { outcome: 'done', principal: engineer, idp: 'google', host: host('hello.latchkey.localhost'), ...asked },
    {
      outcome: 'refused',
      reason: 'account_refused',
      principal: { email: 'guest@elsewhere.test', idp: 'google' },
      ...asked,
    },
  ]);
  expect(entriesOf('session_handed_over')).toMatchObject([
    { outcome: 'done', principal: engineer, host: host('payroll.elsewhere.test'), ...asked },
  ]);
  expect(entriesOf('access_refused')).toMatchObject([
    {
      outcome: 'refused',
      reason: 'no_rule_matches',
      rule: 'allowed_groups: security@example.com',
      principal: engineer,
      host: 'vault.latchkey.localhost',
      route: 'vault',
      ...asked,
    },
  ]);
  expect(entriesOf('operator')).toMatchObject([
    {
      outcome: 'done',
      action: 'list',
      operator: 'ops',
      principal: { email: 'engineer@example.com' },
      sessions: 1,
    },
  ]);
  expect(entriesOf('credentials_refused')).toMatchObject([
    { outcome: 'refused', reason: 'operator_refused' },
  ]);
  expect(entriesOf('sign_out')).toMatchObject([
    { outcome: 'done', by: 'person', principal: engineer, ...asked },
    {
      outcome: 'done',
      by: 'operator',
      operator: 'ops',
      principal: { email: 'engineer@example.com' },
      sessions: 0,
    },
  ]);
  const sessions = ['sign_in', 'access_refused', 'sign_out']
    .flatMap(entriesOf)
    .map(({ principal }) => (principal as typeof engineer).session);
  expect(new Set(sessions.filter((name) => name !== undefined)).size).toBe(1);

  const fits = new Ajv2020({ formats: { 'date-time': true } }).compile(
    JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/audit.schema.json'), 'utf8')) as object,
  );
  for (const line of [...linesOf('auth'), ...linesOf('proxy')]) {
    fits(line);
    expect(fits.errors).toBeNull();
  }
  const text = readFileSync(files.auth, 'utf8') + readFileSync(files.proxy, 'utf8');
  for (const secret of secrets) expect(text).not.toContain(secret);

  const printed = stack.log.map((line) => JSON.stringify(line)).join('\n');
  const read = { auth: readFileSync(files.auth), proxy: readFileSync(files.proxy), printed };
  expect(await latchkey(read, ['audit', 'verify', 'auth', 'proxy', 'printed'])).toEqual({
    code: 0,
    stdout: expect.stringMatching(
      /^(?:(?:auth|proxy) [\w-]{16}: whole, (?:3|9) lines, 20\S+Z to 20\S+Z; stopped\n){3}$/,
    ),
    stderr: '',
  });
  const cut = read.auth.toString().split('\n').toSpliced(3, 1).join('\n');
  expect(await latchkey({ cut }, ['audit', 'verify', 'cut'])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('cut:4: line 4 is missing before it'),
  });
});

test('a file that is to hold the key and holds none is not taken for no key', async () => {
  const env = { AUDIT_KEY_FILE: 'key' };
  expect(await latchkey({ key: '\n', log: '' }, ['audit', 'verify', 'log'], { env })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('AUDIT_KEY is not a key'),
  });
});

describe('what ends without a word of its person', () => {
  const clock = { later: 0 };
  const the = useStack({
    upstreams,
    providerType: 'oidc',
    backChannelLogout: true,
    now: () => Date.now() + clock.later,
    authEnv: { AUDIT_LOG: 'stdout' },
    proxyEnv: { AUDIT_LOG: 'stdout' },
  });
  const nextEntry = (event: string) =>
    the.stack.nextLine((line) => line['audit'] === 1 && line['event'] === event);

  test('a sign-out at the provider leaves a line, and what it cuts one of the proxy', async () => {
    const browser = await the.signedIn();
    const host = `hello.latchkey.localhost:${the.stack.ports.proxy}`;
    const cookie = await cookieHeader(browser, the.stack.url('hello'));
    const socket = new WebSocket(`ws://127.0.0.1:${the.stack.ports.proxy}/`, { headers: { host, cookie } });
    await once(socket, 'open');
    const [signedOut, cut] = [nextEntry('sign_out'), nextEntry('access_cut')];
    await signOutAtProvider(browser, the.stack);

    expect(await signedOut).toMatchObject({
      service: 'auth',
      outcome: 'done',
      by: 'provider',
      principal: { email: engineer.email, idp: 'google' },
      sessions: 1,
      ...asked,
    });
    expect(await cut).toMatchObject({
      service: 'proxy',
      reason: 'session_ended',
      what: 'WebSocket',
      principal: engineer,
      host: 'hello.latchkey.localhost',
      route: 'hello',
      ...asked,
    });
  });

  test('a session that the provider vouches for no more leaves a line', async () => {
    const browser = await the.signedIn();
    const ended = nextEntry('session_ended');
    the.stack.idp.behaviour.disabled.add(engineer.email);
    clock.later += 3_700_000;
    expect((await browser.fetch(the.stack.url('hello'))).status).toBe(401);
    expect(await ended).toMatchObject({ service: 'auth', why: 'provider_refused', principal: engineer });
  });
});

const python = findProgram('python3');

function checkWithPython(file: string): string {
  return execFileSync(python ?? '', ['-c', independentCheck, file], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

(python === undefined ? test.skip : test)(
  'ten lines of Python check a chain, and find what was altered',
  () => {
    expect(checkWithPython(files.auth)).toMatch(/^\{'[\w-]{16}': 9\}\n$/);
    const altered = join(folder, 'altered.jsonl');
    writeFileSync(altered, readFileSync(files.auth, 'utf8').replace('engineer@', 'somebody@'));
    expect(() => checkWithPython(altered)).toThrow();
  },
);

// Only Linux has one.
const full = 'file:/dev/full';
const describeWithFullDisk = existsSync('/dev/full') ? describe : describe.skip;

describeWithFullDisk('while the audit log cannot be written', () => {
  const token = makeServiceToken('backup');
  const account = `{name: backup, secret_hashes: [{hash: '${hashOfToken(token)}'}]}`;
  const database = `{from: db.latchkey.localhost, to: tcp://127.0.0.1:${internalPort}, options: {allowed_clients: [backup]}}`;
  const the = useStack({
    upstreams: `
service_accounts: [${account}]
services:
${upstreams}
- service: db
  default: ${database}
`,
    authEnv: { AUDIT_LOG: full },
    proxyEnv: { AUDIT_LOG: full, AUDIT_LOG_ON_FAILURE: 'refuse' },
  });
  const careful = useStack({ upstreams, authEnv: { AUDIT_LOG: full, AUDIT_LOG_ON_FAILURE: 'refuse' } });

  test('people sign in and are refused as ever, unless it is to be refused; who may pass goes on', async () => {
    const browser = await the.signedIn();
    expect((await browser.fetch(the.stack.url('hello'))).status).toBe(200);
    const refused = await browser.fetch(the.stack.url('vault'));
    expect([refused.status, JSON.parse(refused.body)]).toEqual([
      503,
      expect.objectContaining({ error: 'audit_unavailable' }),
    ]);
    expect((await signOut(browser, the.stack)).status).toBe(200);
  });

  const tunnelTo = useTunnels();

  test('no TCP connection is opened where that is to be refused, since it would leave lines', async () => {
    const { socket, stop, done } = await tunnelTo(the.stack.url('db'), token);
    await once(socket, 'error');
    stop.abort();
    expect(await done).toMatchObject({ stderr: expect.stringContaining('status 503') });
  });

  test('nobody signs in where that is to be refused', async () => {
    const page = await signIn(careful.browser(), careful.stack.url('hello'), 'engineer@example.com');
    expect(page.status).toBe(503);
    expect(page.body).toContain('has to be written into a log first');
    expect(careful.stack.log.filter(({ error }) => error === 'audit_unavailable')).toHaveLength(1);
  });
});
