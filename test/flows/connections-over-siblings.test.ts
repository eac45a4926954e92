// What is no request of HTTP/1.1 at a task of the proxy to which the connector is not connected: TCP and gRPC over the other task.
import { credentials, Metadata } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { hashOfToken, makeServiceToken } from '@latchkey/access';
import { freePort } from '@latchkey/testing/ports';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { connectorAccess, connectorsHost, startConnectorOf, until } from '../fixtures/connector.ts';
import type { ConnectorInTest } from '../fixtures/connector.ts';
import { EchoClient, startGrpcApp } from '../fixtures/grpc.ts';
import { loginAsProgram, newTokenKey } from '../fixtures/program.ts';
import { siblingPorts, siblingVariables, useSiblingOf } from '../fixtures/sibling-task.ts';
import { cookieHeader, signOut } from '../fixtures/sign-in.ts';
import { said, useTunnels } from '../fixtures/tunnel.ts';
import { useStack } from '../fixtures/use-stack.ts';

const { token, lines, assertionKey } = connectorAccess();
const machine = makeServiceToken('backup');
const ports = await siblingPorts();
const { other } = ports;
const databasePort = await freePort();
const app = await startGrpcApp();
const options = (more: string) => `{via: beside, allowed_email_domains: [example.com], ${more}}`;

const the = useStack({
  proxyEnv: {
    CONNECTORS_HOST: connectorsHost,
    ASSERTION_KEY: assertionKey,
    SERVER_HTTP2: 'true',
    SESSION_TTL_VALID: '1s',
    ...siblingVariables(ports),
  },
  authEnv: { ASSERTION_KEY: assertionKey, ACCESS_TOKEN_KEY: newTokenKey() },
  publicPorts: [other],
  upstreams: `${lines.replace('[{', `[{name: backup, secret_hashes: [{hash: '${hashOfToken(machine)}'}]}, {`)}
services:
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
- service: db
  default: {from: db.latchkey.localhost, to: 'tcp://127.0.0.1:${databasePort}', options: ${options('allowed_clients: [backup]')}}
- service: echo
  default: {from: echo.latchkey.localhost, to: 'http://127.0.0.1:${app.port}', options: ${options('protocol: h2c')}}
`,
});

let serve: (socket: Socket) => void;
const database = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => undefined);
  serve(socket);
});

useSiblingOf(the, ports);
beforeAll(async () => {
  database.listen(databasePort, '127.0.0.1');
  await once(database, 'listening');
});
afterAll(() => {
  database.close();
  app.close();
});

const at = (host: string) => `http://${host}.latchkey.localhost:${other}`;

// It knows of the first task alone, so that it is never connected to the second, which is the one that is asked.
let beside: ConnectorInTest;
beforeEach(async () => {
  beside = startConnectorOf(the.stack, {
    CONNECTOR_TOKEN: token,
    CONNECTOR_TARGETS: `${at('db')}=tcp://127.0.0.1:${databasePort},${at('echo')}=127.0.0.1:${app.port}`,
  });
  const browser = await the.signedIn();
  const isServed = async () => (await browser.fetch(`${at('echo')}/`)).status !== 503;
  while (!(await isServed())) await until(() => beside.connections() === 1, 'a connection to the proxy');
});
afterEach(() => beside.kill());

const tunnel = useTunnels();
async function personal() {
  const browser = await the.signedIn();
  const { access_token } = await loginAsProgram(the.stack, browser, at('db'));
  return { browser, ...(await tunnel(at('db'), access_token)) };
}

test('a program reaches a database, each way ends by itself, and the connector knows by the assertion who it is', async () => {
  serve = (socket) => void buffer(socket).then((all) => socket.end(`${all.length} bytes`));
  const { socket } = await personal();
  socket.end(Buffer.alloc(3_000_000, 7));
  expect(String(await buffer(socket))).toBe('3000000 bytes');
  await until(() => beside.lines.at(-1)?.['audit'] === 'connection_ended', 'its last line');
  expect(beside.lines.at(-1)).toMatchObject({
    user: 'engineer@example.com',
    application: at('db'),
    target: `tcp://127.0.0.1:${databasePort}`,
    request_id: expect.any(String),
    bytes_to: 3_000_000,
    bytes_from: 13,
  });
});

test('a machine has no assertion, so nothing of it reaches the database', async () => {
  let reached = 0;
  serve = () => (reached += 1);
  const { socket, stop, done } = await tunnel(at('db'), machine);
  await once(socket, 'error');
  stop.abort();
  expect((await done).stderr).toContain('status 502');
  expect(beside.lines.at(-1)).toMatchObject({ audit: 'refused', reason: 'missing' });
  expect(reached).toBe(0);
});

test.each<[string, (socket: Socket) => void]>([
  ['the connector is killed', () => beside.kill()],
  ['the database breaks off', (socket) => void socket.resetAndDestroy()],
])('when %s the program has a reset', async (_, cut) => {
  const reached = Promise.withResolvers<Socket>();
  serve = (socket) => reached.resolve(socket.pipe(socket));
  const { socket } = await personal();
  expect(await said(socket, 'begin')).toBe('begin');
  cut(await reached.promise);
  expect((await once(socket, 'error'))[0]).toMatchObject({ code: 'ECONNRESET' });
});

test('it ends with the session, and by a reset at the database', async () => {
  const broken = Promise.withResolvers<unknown>();
  serve = (socket) => void socket.on('error', broken.resolve).pipe(socket);
  const { socket, browser } = await personal();
  expect(await said(socket, 'begin')).toBe('begin');
  await signOut(browser, the.stack);
  expect((await once(socket, 'error'))[0]).toMatchObject({ code: 'ECONNRESET' });
  expect(await broken.promise).toMatchObject({ code: 'ECONNRESET' });
});

test('calls of gRPC go both ways in turn, and the connector writes down who', async () => {
  const known = new Metadata();
  known.set('cookie', await cookieHeader(await the.signedIn(), at('echo')));
  const client = new EchoClient(`127.0.0.1:${other}`, credentials.createInsecure(), {
    'grpc.default_authority': new URL(at('echo')).host,
  });
  const answer = await new Promise((resolve) => {
    client['say']?.('hello', known, (error: ServiceError | null, text: string) => resolve(error ?? text));
  });
  expect(answer).toBe('hello');
  const [received = new Metadata()] = app.metadata;
  expect(received.get('x-forwarded-email')).toEqual(['engineer@example.com']);
  const call = client['talk']?.(known);
  for (const word of ['one', 'two']) {
    call.write(word);
    expect(await once(call, 'data')).toEqual([word.toUpperCase()]);
  }
  call.end();
  await once(call.resume(), 'status');
  client.close();
  expect(beside.lines.filter(({ audit }) => audit === 'allowed').slice(-2)).toMatchObject(
    ['/test.Echo/Say', '/test.Echo/Talk'].map((path) => ({ user: 'engineer@example.com', path })),
  );
});
