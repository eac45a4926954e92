// A database with no way in: `to: tcp://…` with `via`. The connector lets a connection through with the assertion of a person alone.
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { hashOfToken, makeServiceToken } from '@latchkey/access';
import { freePort } from '@latchkey/testing/ports';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { connectorAccess, connectorsHost, startConnectorOf, until } from '../fixtures/connector.ts';
import type { ConnectorInTest } from '../fixtures/connector.ts';
import { loginAsProgram, newTokenKey } from '../fixtures/program.ts';
import { signOut } from '../fixtures/sign-in.ts';
import { said, useTunnels } from '../fixtures/tunnel.ts';
import { useStack } from '../fixtures/use-stack.ts';

const [port, nobody] = [await freePort(), await freePort()];
const machine = makeServiceToken('backup');
const { token, lines, assertionKey } = connectorAccess();
const options = (more: string) => `{via: beside, allowed_email_domains: [example.com], ${more}}`;

const the = useStack({
  proxyEnv: { CONNECTORS_HOST: connectorsHost, ASSERTION_KEY: assertionKey, SESSION_TTL_VALID: '1s' },
  authEnv: { ASSERTION_KEY: assertionKey, ACCESS_TOKEN_KEY: newTokenKey() },
  upstreams: `${lines.replace('[{', `[{name: backup, secret_hashes: [{hash: '${hashOfToken(machine)}'}]}, {`)}
services:
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
- service: db
  default: {from: db.latchkey.localhost, to: 'tcp://127.0.0.1:${port}', options: ${options('allowed_clients: [backup]')}}
- service: short
  default: {from: short.latchkey.localhost, to: 'tcp://127.0.0.1:${port}', options: ${options('tcp: {max_duration: 300ms}')}}
- service: quiet
  default: {from: quiet.latchkey.localhost, to: 'tcp://127.0.0.1:${port}', options: ${options('tcp: {idle_timeout: 200ms}')}}
- service: away
  default: {from: away.latchkey.localhost, to: 'tcp://127.0.0.1:${nobody}', options: ${options('')}}
- service: unlisted
  default: {from: unlisted.latchkey.localhost, to: 'tcp://127.0.0.1:1', options: ${options('')}}
`,
});

let serve: (socket: Socket) => void;
const database: Server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => undefined);
  serve(socket);
});
beforeAll(async () => {
  database.listen(port, '127.0.0.1');
  await once(database, 'listening');
});
afterAll(() => void database.close());

const running: ConnectorInTest[] = [];
async function connector(env: Record<string, string> = {}): Promise<ConnectorInTest> {
  const origin = (host: string) => new URL(the.stack.url(host)).origin;
  const open = ['db', 'short', 'quiet'].map((host) => `${origin(host)}=tcp://127.0.0.1:${port}`);
  const started = startConnectorOf(the.stack, {
    CONNECTOR_TOKEN: token,
    CONNECTOR_TARGETS: [...open, `${origin('away')}=tcp://127.0.0.1:${nobody}`].join(),
    ...env,
  });
  running.push(started);
  await until(() => started.connections() === 1, 'a connection to the proxy');
  return started;
}
afterEach(() => {
  for (const one of running.splice(0)) one.kill();
});

const tunnel = useTunnels();
async function personal(host: string) {
  const browser = await the.signedIn();
  const { access_token } = await loginAsProgram(the.stack, browser, the.stack.url(host));
  return { browser, ...(await tunnel(the.stack.url(host), access_token)) };
}
const echo = (socket: Socket) => void socket.pipe(socket);

test('a program reaches it, byte for byte, each way ends by itself, and the connector writes down who', async () => {
  const beside = await connector();
  serve = (socket) => {
    void buffer(socket).then((all) => socket.end(`${all.length} bytes`));
  };
  const { socket } = await personal('db');
  socket.end(Buffer.alloc(3_000_000, 7));
  expect(String(await buffer(socket))).toBe('3000000 bytes');
  await until(() => beside.lines.at(-1)?.['audit'] === 'connection_ended', 'its last line');
  const who = {
    user: 'engineer@example.com',
    application: expect.stringContaining(new URL(the.stack.url('db')).origin),
    target: `tcp://127.0.0.1:${port}`,
    request_id: expect.any(String),
  };
  expect(beside.lines.slice(-2)).toMatchObject([
    { audit: 'connection_opened', ...who },
    { audit: 'connection_ended', ...who, bytes_to: 3_000_000, bytes_from: 13 },
  ]);
});

test('the end of one way arrives while the other goes on', async () => {
  await connector();
  serve = (socket) => {
    socket.end('that is all I have to say');
    void buffer(socket).then((all) => heard.resolve(all.length));
  };
  const heard = Promise.withResolvers<number>();
  const { socket } = await personal('db');
  expect(String(await buffer(socket))).toBe('that is all I have to say');
  socket.end(Buffer.alloc(2_000_000, 1));
  expect(await heard.promise).toBe(2_000_000);
});

test('a program that takes nothing for a while slows the database down, and gets all of it', async () => {
  await connector();
  const size = 30_000_000;
  serve = (socket) => void socket.end(Buffer.alloc(size, 1));
  const { socket } = await personal('db');
  socket.pause();
  await wait(1_000);
  expect((await buffer(socket)).length).toBe(size);
});

test('what breaks at the database is reset here', async () => {
  await connector();
  serve = (socket) => {
    socket.once('data', () => socket.write('half of it', () => socket.resetAndDestroy()));
  };
  const { socket } = await personal('db');
  socket.write('begin');
  const [error] = await once(socket.resume(), 'error');
  expect(error).toMatchObject({ code: 'ECONNRESET' });
});

test('what breaks here is reset at the database', async () => {
  await connector();
  const broken = Promise.withResolvers<unknown>();
  serve = (socket) => {
    socket.on('error', broken.resolve).pipe(socket);
  };
  const { socket } = await personal('db');
  expect(await said(socket, 'begin')).toBe('begin');
  socket.resetAndDestroy();
  expect(await broken.promise).toMatchObject({ code: 'ECONNRESET' });
});

test('a connector that is killed in the middle is a reset on both sides', async () => {
  const beside = await connector();
  const broken = Promise.withResolvers<unknown>();
  serve = (socket) => {
    socket.on('error', broken.resolve).pipe(socket);
  };
  const { socket } = await personal('db');
  expect(await said(socket, 'begin')).toBe('begin');
  beside.kill();
  const [error] = await once(socket, 'error');
  expect(error).toMatchObject({ code: 'ECONNRESET' });
  expect(await broken.promise).toMatchObject({ code: 'ECONNRESET' });
});

test('it ends with the session, and by a reset at the database', async () => {
  await connector();
  const broken = Promise.withResolvers<unknown>();
  serve = (socket) => {
    socket.on('error', broken.resolve).pipe(socket);
  };
  const { socket, browser } = await personal('db');
  expect(await said(socket, 'begin; update')).toBe('begin; update');
  await signOut(browser, the.stack);
  const [error] = await once(socket, 'error');
  expect(error).toMatchObject({ code: 'ECONNRESET' });
  expect(await broken.promise).toMatchObject({ code: 'ECONNRESET' });
});

test.each([
  ['short', 'too_long'],
  ['quiet', 'idle'],
])('it ends by the limits of its route (%s)', async (host, ending) => {
  await connector();
  serve = echo;
  const ended = the.stack.nextLine(({ msg }) => msg === 'connection ended');
  const { socket } = await personal(host);
  expect(await said(socket, 'x')).toBe('x');
  await once(socket, 'error');
  expect(await ended).toMatchObject({ route: host, ending, bytes_to: 1, bytes_from: 1 });
});

test.each([
  ['away', 'ECONNREFUSED'],
  ['unlisted', 'is not in CONNECTOR_TARGETS'],
])('what the connector does not lead to is 502, and the log says why (%s)', async (host, why) => {
  await connector();
  const line = the.stack.nextLine(({ error }) => error === 'connector_failed');
  const { socket, stop, done } = await personal(host);
  await once(socket, 'error');
  stop.abort();
  expect((await done).stderr).toContain('status 502');
  expect(JSON.stringify(await line)).toContain(why);
});

test('without a connector it is 503', async () => {
  const { socket, stop, done } = await personal('db');
  await once(socket, 'error');
  stop.abort();
  expect((await done).stderr).toContain('status 503');
});

test('a machine has no assertion, so the connector refuses it, unless it verifies nothing', async () => {
  let reached = 0;
  serve = (socket) => {
    reached += 1;
    echo(socket);
  };
  const beside = await connector();
  const refused = await tunnel(the.stack.url('db'), machine);
  await once(refused.socket, 'error');
  refused.stop.abort();
  expect((await refused.done).stderr).toContain('status 502');
  expect(beside.lines.at(-1)).toMatchObject({ audit: 'refused', reason: 'missing' });
  expect(reached).toBe(0);
  beside.kill();
  await until(() => beside.connections() === 0, 'the end of its connection');
  await connector({ CONNECTOR_VERIFY: 'false' });
  const { socket } = await tunnel(the.stack.url('db'), machine);
  expect(await said(socket, 'x')).toBe('x');
});

test.each([
  ['names somebody else', 'user.email == "admin@example.com"'],
  ['is about requests, of which there are none', 'request.method == "GET"'],
])('a rule of the connector that %s keeps a person from the database', async (_, rule) => {
  let reached = 0;
  serve = () => (reached += 1);
  const beside = await connector({ CONNECTOR_ALLOW_IF: rule });
  const { socket, stop, done } = await personal('db');
  await once(socket, 'error');
  stop.abort();
  expect((await done).stderr).toContain('status 502');
  expect(beside.lines.at(-1)).toMatchObject({
    audit: 'refused',
    target: `tcp://127.0.0.1:${port}`,
    reason: 'rule',
    rule,
    detail: expect.stringContaining('engineer@example.com: '),
  });
  expect(reached).toBe(0);
});

test('a rule of the connector that holds lets them through', async () => {
  await connector({ CONNECTOR_ALLOW_IF: 'user.email == "engineer@example.com"' });
  serve = echo;
  const { socket } = await personal('db');
  expect(await said(socket, 'x')).toBe('x');
});
