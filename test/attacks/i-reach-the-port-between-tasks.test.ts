// Somebody inside the network reaches the port at which tasks of the proxy ask each other for connectors.
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { reasonHeader, targetHeader } from '@latchkey/contract';
import { deriveKeys } from '@latchkey/session';
import { freshKey } from '@latchkey/testing/environments';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { connect as connectTcp, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { connectorAccess, connectorsHost, startConnectorOf, until } from '../fixtures/connector.ts';
import type { ConnectorInTest } from '../fixtures/connector.ts';
import { siblingPorts, siblingVariables, useSiblingOf } from '../fixtures/sibling-task.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const { token, lines, assertionKey } = connectorAccess();
const ports = await siblingPorts();
const { other } = ports;
const [atOne, atOther] = ports.siblings;

const the = useStack({
  proxyEnv: { CONNECTORS_HOST: connectorsHost, ASSERTION_KEY: assertionKey, ...siblingVariables(ports) },
  authEnv: { ASSERTION_KEY: assertionKey },
  publicPorts: [other],
  upstreams: `${lines}
services:
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
- service: intranet
  default: {from: intranet.latchkey.localhost, to: 'http://{{app}}', options: {via: beside, allowed_email_domains: [example.com]}}
`,
});

useSiblingOf(the, ports);
let beside: ConnectorInTest;
beforeAll(async () => {
  const origins = [`http://intranet.latchkey.localhost:${other}`, new URL(the.stack.url('intranet')).origin];
  beside = startConnectorOf(the.stack, {
    CONNECTOR_TOKEN: token,
    CONNECTOR_TARGETS: origins.map((origin) => `${origin}=127.0.0.1:${the.stack.app.port}`).join(),
  });
  await until(() => beside.connections() > 0, 'a connection to the proxy');
});
afterAll(() => beside.kill());

const open: (Socket | ClientHttp2Session)[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) one.destroy();
  // Whatever was done, people go on at both.
  const browser = await the.signedIn();
  for (const url of [the.stack.url('intranet'), `http://intranet.latchkey.localhost:${other}/`])
    expect([url, (await browser.fetch(url)).status]).toEqual([url, 200]);
});

function comeTls(options: { port?: number; secret?: string; id?: string } = {}): TLSSocket {
  const { secrets } = the.stack.proxySettings.session.cookie;
  const [known] = deriveKeys(options.secret === undefined ? secrets : [options.secret], 'sibling task');
  const psk = Buffer.from(known.secret, 'base64url');
  const socket = connectTls({
    host: '127.0.0.1',
    port: options.port ?? atOne,
    ciphers: 'TLS_AES_128_GCM_SHA256',
    minVersion: 'TLSv1.3',
    pskCallback: () => ({ psk, identity: options.id ?? known.id }),
    checkServerIdentity: () => undefined,
  });
  open.push(socket);
  return socket;
}

function come(socket = comeTls()): ClientHttp2Session {
  const session = connect('http://task', { createConnection: () => socket });
  session.on('error', () => undefined);
  open.push(session);
  return session;
}

const appTarget = () => `127.0.0.1:${the.stack.app.port}`;

function ask(session: ClientHttp2Session, name = 'beside', target = appTarget()): ClientHttp2Stream {
  const stream = session.request(
    { ':method': 'CONNECT', ':authority': name, [targetHeader]: target },
    { endStream: false },
  );
  stream.on('error', () => undefined);
  return stream;
}

async function answerTo(stream: ClientHttp2Stream): Promise<[status: number, reason: string]> {
  const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
  return [Number(headers[':status']), String(headers[reasonHeader] ?? '')];
}

/** The first that is heard of a connection, once it has ended. */
function endOf(socket: Socket): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let heard = '';
  socket.on('error', (error: NodeJS.ErrnoException) => (heard ||= error.code ?? error.message));
  socket.on('data', (bytes: Buffer) => (heard ||= `it says ${bytes.toString('latin1')}`));
  socket.once('close', () => resolve(heard));
  return promise;
}

test('I speak HTTP, or TLS as browsers do, or with a key that I made up: there is no handshake', async () => {
  const plain = connectTcp(atOne, '127.0.0.1');
  plain.end('GET /news HTTP/1.1\r\nHost: task\r\n\r\n');
  // What comes back is an alert of TLS: of a record of type 21, with nothing of ours in it.
  expect(await endOf(plain)).not.toContain('HTTP');
  expect(await endOf(connectTls({ host: '127.0.0.1', port: atOne, rejectUnauthorized: false }))).toMatch(
    /ALERT/,
  );
  expect(await endOf(comeTls({ secret: freshKey() }))).toMatch(/^ERR_SSL/);
});

test('I know which key is asked for, and not the key', async () => {
  const [{ id }] = deriveKeys(the.stack.proxySettings.session.cookie.secrets, 'sibling task');
  expect(await endOf(comeTls({ secret: freshKey(), id }))).toMatch(/^ERR_SSL/);
});

test('I play back what a task has said once', async () => {
  const said: Buffer[] = [];
  const relay = createServer((near) => {
    const far = connectTcp(atOne, '127.0.0.1');
    open.push(near, far);
    near.on('data', (bytes) => said.push(bytes)).pipe(far);
    far.pipe(near);
    for (const socket of [near, far]) socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const session = come(comeTls({ port: (relay.address() as AddressInfo).port }));
  expect(await answerTo(ask(session))).toEqual([200, '']);
  session.destroy();
  relay.close();
  const before = beside.lines.length;
  const again = connectTcp(atOne, '127.0.0.1');
  open.push(again);
  for (const bytes of said) again.write(bytes);
  // The handshake is another one, so that none of it can be read.
  await endOf(again);
  expect(beside.lines.length).toBe(before);
});

test('I say nothing: my connection ends in its time', async () => {
  const silent = connectTcp(atOne, '127.0.0.1');
  open.push(silent);
  await endOf(silent);
}, 15_000);

test('I am a task, and ask one that has no connector: it does not ask the one that has', async () => {
  const [status, reason] = await answerTo(ask(come(comeTls({ port: atOther }))));
  expect([status, reason]).toEqual([421, 'no connector beside is connected to this task']);
});

test('I am a task that was taken over: I reach no target that the connector does not have, and no other name', async () => {
  const session = come();
  expect((await answerTo(ask(session, 'beside', '127.0.0.1:1')))[0]).toBe(404);
  expect((await answerTo(ask(session, 'payroll')))[0]).toBe(421);
  expect((await answerTo(ask(session, '__proto__')))[0]).toBe(421);
});

test('I open streams by the thousand, and headers without end', async () => {
  const session = come();
  await once(session, 'remoteSettings');
  const many = Array.from({ length: 900 }, () => answerTo(ask(session, 'payroll')));
  expect(new Set((await Promise.all(many)).map(([status]) => status))).toEqual(new Set([421]));
  const large = session.request({ ':method': 'GET', ':path': '/news', 'x-large': 'x'.repeat(60_000) });
  const failed = once(large, 'error').catch(() => undefined);
  await Promise.race([failed, once(session, 'close')]);
});

test('I am signed in, ask for forty megabytes through two tasks, and read none of them: they stay at the application', async () => {
  const asked = Promise.withResolvers<ServerResponse>();
  the.stack.app.answer = (req, res) => {
    if (req.url !== '/large') return void res.end('fine');
    res.end(Buffer.alloc(40 * 1024 * 1024));
    return asked.resolve(res);
  };
  const browser = await the.signedIn();
  const url = `http://intranet.latchkey.localhost:${other}/`;
  const slow = connectTcp(other, '127.0.0.1');
  open.push(slow);
  const cookie = await cookieHeader(browser, url);
  slow.write(`GET /large HTTP/1.1\r\nHost: ${new URL(url).host}\r\nCookie: ${cookie}\r\n\r\n`);
  const answer = await asked.promise;
  const answers = Array.from({ length: 5 }, () => browser.fetch(url));
  expect((await Promise.all(answers)).map(({ body }) => body)).toEqual(
    Array.from({ length: 5 }, () => 'fine'),
  );
  expect(answer.writableFinished).toBe(false);
  slow.destroy();
  await once(answer, 'close');
});
