// PostgreSQL and Redis as Debian has them, through `latchkey tunnel` and the gate: who may, who may not, and who it is by the
// certificate that the proxy makes.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { makeAuthority } from '@latchkey/testing/authority';
import { latchkey } from '@latchkey/testing/latchkey';
import { freePort } from '@latchkey/testing/ports';
import { hasPostgres, startPostgres } from '@latchkey/testing/postgres';
import type { RunningPostgres } from '@latchkey/testing/postgres';
import { hasRedis, startRedis } from '@latchkey/testing/redis';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { connectorAccess, connectorsHost, startConnectorOf, until } from '../fixtures/connector.ts';
import { loginAsProgram, newTokenKey } from '../fixtures/program.ts';
import { signedIn, signOut } from '../fixtures/sign-in.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';
import type { Browser } from '@latchkey/testing/browser';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
}
const [people, strangers, servers] = [makeAuthority(), makeAuthority(), makeAuthority({ name: 'servers' })];
const own = servers.issue();
const ca = write('servers.pem', servers.cert);
const identityBy = (name: string, { cert, key }: { cert: string; key: string }) =>
  `{ca_cert_file: ${write(`${name}.pem`, cert)}, ca_key_file: ${write(`${name}.key`, key)}, subject: 'CN={email}', san_uri: 'spiffe://corp/user/{sub}'}`;
const byPeople = identityBy('people', people);
const byStrangers = identityBy('strangers', strangers);
const { token: connectorToken, lines, assertionKey } = connectorAccess();

const route = (name: string, to: string, identity: string, options = '') =>
  `- {service: ${name}, default: {from: ${name}.latchkey.localhost, to: '${to}', options: {allowed_groups: [engineering@example.com], ca_file: ${ca}, client_identity: ${identity}${options}}}}\n`;

let stack: Stack;
let database: RunningPostgres | undefined;
let cache: Awaited<ReturnType<typeof startRedis>> | undefined;
let cachePort = 0;
const looker = createServer({ ...own, ca: people.cert, requestCert: true }, (socket) => {
  const { subject, subjectAltName } = socket.getPeerX509Certificate() ?? {};
  socket.end(`${subject} ${subjectAltName}`);
});
const browsers: Browser[] = [];
const stops: AbortController[] = [];

beforeAll(async () => {
  if (hasPostgres) {
    database = await startPostgres({
      ...own,
      ca: people.cert,
      hba: ['hostssl all all 127.0.0.1/32 cert map=people'],
      ident: ['people /^([a-z]+)@example[.]com$ \\1'],
    });
    database.sql('create role engineer login; create role admin login');
    database.sql('create table orders (what text); grant all on orders to engineer, admin');
  }
  if (hasRedis) {
    cachePort = await freePort();
    const tls = {
      port: cachePort,
      'cert-file': write('own.pem', own.cert),
      'key-file': write('own.key', own.key),
      'ca-cert-file': join(folder, 'people.pem'),
      'auth-clients': 'yes',
    };
    cache = await startRedis(
      ...Object.entries(tls).flatMap(([name, value]) => [`--tls-${name}`, `${value}`]),
    );
  }
  looker.listen(0, '127.0.0.1');
  await once(looker, 'listening');
  const db = `tcp://127.0.0.1:${database?.port ?? 1}`;
  stack = await startStack({
    upstreams:
      `${lines}services:\n` +
      '- {service: hello, default: {from: hello.latchkey.localhost, to: {{app}}, options: {allowed_email_domains: [example.com]}}}\n' +
      route('db', db, byPeople, ', starttls: postgres') +
      route('private-db', db, byPeople, ', starttls: postgres, via: beside') +
      route('strange-db', db, byStrangers, ', starttls: postgres') +
      route('cache', `tls://127.0.0.1:${cachePort || 1}`, byPeople) +
      route('private-cache', `tls://127.0.0.1:${cachePort || 1}`, byPeople, ', via: beside') +
      route('strange-cache', `tls://127.0.0.1:${cachePort || 1}`, byStrangers) +
      route('looker', `tls://127.0.0.1:${(looker.address() as AddressInfo).port}`, byPeople),
    authEnv: { ACCESS_TOKEN_KEY: newTokenKey(), ASSERTION_KEY: assertionKey },
    proxyEnv: { SESSION_TTL_VALID: '1s', ASSERTION_KEY: assertionKey, CONNECTORS_HOST: connectorsHost },
  });
}, 60_000);
afterEach(async () => {
  for (const stop of stops.splice(0)) stop.abort();
  await Promise.all(browsers.splice(0).map((browser) => browser.close()));
});
afterAll(async () => {
  await stack.close();
  looker.close();
  await cache?.close();
  await database?.close();
  rmSync(folder, { recursive: true });
});

async function isThere(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Signs somebody in, and has `latchkey tunnel` listen for them. */
async function tunnel(host: string, email = 'engineer@example.com') {
  const browser = await signedIn(stack, email);
  browsers.push(browser);
  const { access_token: token } = await loginAsProgram(stack, browser, stack.url(host, '/'));
  const stop = new AbortController();
  stops.push(stop);
  const port = await freePort();
  const done = latchkey({}, ['tunnel', stack.url(host), '--listen', `127.0.0.1:${port}`], {
    env: { LATCHKEY_TOKEN: token },
    stopped: stop.signal,
  });
  while (!(await isThere(port)));
  return { browser, port, stop, done };
}

/** Starts a connector that dials a target for a host, and waits until it is connected. */
async function startBeside(host: string, target: string) {
  const beside = startConnectorOf(stack, {
    CONNECTOR_TOKEN: connectorToken,
    CONNECTOR_TARGETS: `${new URL(stack.url(host)).origin}=${target}`,
  });
  await until(() => beside.connections() === 1, 'a connection to the proxy');
  return beside;
}

const failureOf = (error: { stderr: string }) => ({ stdout: '', stderr: error.stderr });

const psql = async (port: number, user: string, sql: string) =>
  run('psql', ['-h', '127.0.0.1', '-p', `${port}`, '-U', user, '-Atqc', sql, 'postgres']).catch(failureOf);

const cli = async (port: number, ...args: string[]) =>
  run('redis-cli', ['-p', `${port}`, ...args]).catch(failureOf);

const isAsleep = () =>
  database?.sql(
    "select count(*) from pg_stat_activity where query like 'select pg_sleep%' and state = 'active' and usename = 'engineer'",
  ) === '1';

(hasPostgres ? describe : describe.skip)('PostgreSQL', () => {
  test('knows the person by their certificate, and lets them in as themselves alone', async () => {
    const { port } = await tunnel('db');
    expect((await psql(port, 'engineer', 'select current_user')).stdout).toBe('engineer\n');
    const seen =
      'select ssl, client_dn from pg_stat_ssl join pg_stat_activity using (pid) where pid = pg_backend_pid()';
    expect((await psql(port, 'engineer', seen)).stdout).toBe('t|/CN=engineer@example.com\n');
    expect((await psql(port, 'admin', 'select 1')).stderr).toContain('certificate authentication failed');
  });

  test('is not reached by people who are not in the group', async () => {
    const { port, stop, done } = await tunnel('db', 'finance@example.com');
    expect((await psql(port, 'finance', 'select 1')).stdout).toBe('');
    stop.abort();
    expect((await done).stderr).toContain('status 403');
  });

  test('refuses the certificates of another authority', async () => {
    const { port } = await tunnel('strange-db');
    expect((await psql(port, 'engineer', 'select 1')).stdout).toBe('');
  });

  test('takes back what a session that ends in the middle of a transaction has begun', async () => {
    const { port, browser } = await tunnel('db');
    const child = spawn('psql', ['-h', '127.0.0.1', '-p', `${port}`, '-U', 'engineer', '-Atq', 'postgres']);
    child.stdin.write("begin; insert into orders values ('half'); select count(*) from orders;\n");
    const [count] = await once(child.stdout, 'data');
    expect(String(count)).toBe('1\n');
    const cut = stack.nextLine(({ msg }) => msg === 'connection cut');
    await signOut(browser, stack);
    expect(await cut).toMatchObject({ route: 'db', user: 'engineer@example.com' });
    child.stdin.end('commit;\n');
    await once(child, 'exit');
    expect(database?.sql('select count(*) from orders')).toBe('0');
  });

  test('behind a connector knows the person as well, and lets them in as themselves alone', async () => {
    const target = `tcp://127.0.0.1:${database?.port}`;
    const beside = await startBeside('private-db', target);
    const { port } = await tunnel('private-db');
    expect((await psql(port, 'engineer', 'select current_user')).stdout).toBe('engineer\n');
    expect((await psql(port, 'admin', 'select 1')).stderr).toContain('certificate authentication failed');
    const user = 'engineer@example.com';
    expect(beside.lines.find(({ audit }) => audit === 'connection_opened')).toMatchObject({ user, target });
    beside.kill();
  });

  test('a question that takes long is cancelled from a second connection, as Ctrl-C in psql does', async () => {
    const { port } = await tunnel('db');
    const child = spawn('psql', ['-h', '127.0.0.1', '-p', `${port}`, '-U', 'engineer', '-Atq', 'postgres']);
    child.stdin.write('select 1;\nselect pg_sleep(60);\n');
    await once(child.stdout, 'data');
    while (!isAsleep()) await new Promise(setImmediate);
    child.kill('SIGINT');
    child.stdin.end();
    expect(await text(child.stderr)).toContain('canceling statement due to user request');
  });
});

(hasRedis ? describe : describe.skip)('Redis', () => {
  test('lets in who has a certificate of its authority, and nobody else', async () => {
    const { port } = await tunnel('cache');
    expect((await cli(port, 'set', 'a', '1')).stdout).toBe('OK\n');
    expect((await cli(port, 'get', 'a')).stdout).toBe('1\n');
    const { port: strange } = await tunnel('strange-cache');
    expect((await cli(strange, 'get', 'a')).stdout.trim()).not.toBe('1');
  });

  test('behind a connector lets in the same, and is left when a session ends', async () => {
    const beside = await startBeside('private-cache', `tcp://127.0.0.1:${cachePort}`);
    const { port, browser } = await tunnel('private-cache');
    const child = spawn('redis-cli', ['-p', `${port}`]);
    child.stdin.write('ping\n');
    const [answer] = await once(child.stdout, 'data');
    expect(String(answer)).toContain('PONG');
    const cut = stack.nextLine(({ msg }) => msg === 'connection cut');
    await signOut(browser, stack);
    expect(await cut).toMatchObject({ route: 'private-cache', user: 'engineer@example.com' });
    child.stdin.end('ping\n');
    expect(await text(child.stdout)).not.toContain('PONG');

    const { port: refused, stop, done } = await tunnel('private-cache', 'finance@example.com');
    expect((await cli(refused, 'ping')).stdout).not.toContain('PONG');
    stop.abort();
    expect((await done).stderr).toContain('status 403');
    beside.kill();
  });
});

test('a database over TLS gets a certificate that says who asks', async () => {
  const { port } = await tunnel('looker', 'admin@example.com');
  const socket = connect(port, '127.0.0.1');
  expect(await text(socket)).toBe('CN=admin@example.com URI:spiffe://corp/user/demo-1');
});
