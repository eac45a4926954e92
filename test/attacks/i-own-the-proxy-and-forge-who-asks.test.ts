// Somebody has taken over a task of the proxy, and asks a connector for whatever they like in the name of anyone they like.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { ClientHttp2Stream } from 'node:http2';
import { buffer } from 'node:stream/consumers';
import { makeServiceToken } from '@latchkey/access';
import { personHeader, tasksHeader } from '@latchkey/contract';
import { startConnectorAt, until } from '../fixtures/connector.ts';
import type { ConnectorInTest } from '../fixtures/connector.ts';
import { startConnectorProxy } from '../fixtures/connector-proxy.ts';
import type { ConnectorProxy } from '../fixtures/connector-proxy.ts';
import { startHttp2App } from '../fixtures/http2-app.ts';
import type { Http2App } from '../fixtures/http2-app.ts';
import { startRawApp } from '../fixtures/raw-app.ts';
import type { RawApp } from '../fixtures/raw-app.ts';
import { flags, frame, frames, head, literal, uint32 } from '../fixtures/raw-http2.ts';
import { startRecorder, valuesOf } from '../fixtures/recorder.ts';
import type { Recorder } from '../fixtures/recorder.ts';

let app: Recorder;
let grpc: Http2App;
let database: RawApp;
let proxy: ConnectorProxy;
let connector: ConnectorInTest;

beforeAll(async () => {
  app = await startRecorder();
  grpc = await startHttp2App();
  database = await startRawApp();
  database.answer = 'orders';
});
beforeEach(async () => {
  app.received.length = 0;
  grpc.heads.length = 0;
  database.asked = 0;
  proxy = await startConnectorProxy();
  connector = startConnectorAt({
    CONNECTOR_URL: `http://127.0.0.1:${proxy.port}`,
    CONNECTOR_AUTH_URL: `http://127.0.0.1:${proxy.port}`,
    CONNECTOR_TOKEN: makeServiceToken('connector'),
    CONNECTOR_TARGETS: `https://app.example.com=127.0.0.1:${app.port},https://app.example.com=localhost:${grpc.port},https://db.example.com=tcp://127.0.0.1:${database.port}`,
  });
});
afterEach(async () => {
  connector.kill();
  await proxy.close();
  app.answer = undefined;
  app.answerUpgrade = undefined;
});
afterAll(() => Promise.all([app.close(), grpc.close(), database.close()]));

const target = (): string => `127.0.0.1:${app.port}`;

/** Sends bytes on a connection to the application, and gives back all that comes until its end. */
async function send(text: string, { untilEnd = true } = {}): Promise<string> {
  const { stream } = await proxy.open(target());
  stream.write(text.replaceAll('\n', '\r\n'), 'latin1');
  return untilEnd ? readAll(stream) : firstOf(stream);
}

function readAll(stream: ClientHttp2Stream): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    stream.setEncoding('latin1').on('data', (more: string) => (text += more));
    stream.once('end', () => stream.end());
    stream.once('close', () => resolve(text));
  });
}

async function firstOf(stream: ClientHttp2Stream): Promise<string> {
  const [text] = (await once(stream.setEncoding('latin1'), 'data')) as [string];
  return text;
}

const get = (...headers: string[]): string =>
  `GET /x HTTP/1.1\nHost: app\nConnection: close\n${headers.map((line) => `${line}\n`).join('')}\n`;
const shown = (token: string): string => `X-Latchkey-Jwt-Assertion: ${token}`;

test('an assertion of the person lets the request through', async () => {
  expect(await send(get(shown(proxy.assertion())))).toMatch(/^HTTP\/1\.1 200 /);
  expect(app.received).toHaveLength(1);
});

const begun = (fields: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    frame(frames.settings, flags.none, 0),
    frame(frames.headers, flags.endHeaders, 1, fields),
  ]);
const call = (): Buffer =>
  Buffer.concat([
    head('POST', '/test.Echo/Say', 'app'),
    literal('x-latchkey-jwt-assertion', proxy.assertion()),
  ]);

const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const unsigned = [{ alg: 'none', typ: 'latchkey+jwt' }, { email: 'ann@example.com' }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.');

test.each<[string, () => string[]]>([
  ['no assertion', () => []],
  ['an assertion by a key of mine', () => [shown(proxy.assertion({ key: stranger }))]],
  ['one for another application', () => [shown(proxy.assertion({ audience: 'https://other.example.com' }))]],
  ['one that is over', () => [shown(proxy.assertion({ now: Date.now() - 400_000 }))]],
  ['one that nobody signed', () => [shown(`${unsigned}.`)]],
  ['two, of which the application may read the other', () => [shown(proxy.assertion()), shown('x')]],
  ['another spelling beside it', () => [shown(proxy.assertion()), 'X_Latchkey_Jwt_Assertion: x']],
  ['it under another spelling alone', () => [`Authorization: Bearer ${proxy.assertion()}`]],
])('I show %s: nothing reaches the application, and the connector writes it down', async (_, headers) => {
  const answer = await send(get(...headers()));
  expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  expect(app.received).toEqual([]);
  expect(connector.lines.at(-1)).toMatchObject({ audit: 'refused', application: 'https://app.example.com' });
});

test('I say of a person whose assertion I have that they are somebody else: the application hears what was signed', async () => {
  await send(
    get(
      shown(proxy.assertion()),
      'X-Forwarded-Email: boss@example.com',
      'X-Forwarded-User: boss',
      'X_Forwarded_Groups: admins',
      'X-Jwt-Subject: boss',
      'Gap-Auth: boss@example.com',
      'X-Forwarded-For: 192.0.2.1',
    ),
  );
  const [entry = { rawHeaders: [] }] = app.received;
  expect(valuesOf(entry, 'X-Forwarded-Email')).toEqual(['ann@example.com']);
  expect(valuesOf(entry, 'X-Forwarded-User')).toEqual(['ann']);
  expect(valuesOf(entry, 'X-Forwarded-Groups')).toEqual(['staff']);
  expect([...valuesOf(entry, 'X-Jwt-Subject'), ...valuesOf(entry, 'Gap-Auth')]).toEqual([]);
  expect(valuesOf(entry, 'X-Forwarded-For')).toEqual(['192.0.2.1']);
});

test('I say it behind the body, where an application may read it like a header: it is taken out there as well', async () => {
  const trailers = Promise.withResolvers<string[]>();
  app.answer = (req, res) =>
    void req.once('end', () => {
      trailers.resolve(req.rawTrailers);
      res.end();
    });
  const head = `POST /x HTTP/1.1\nHost: app\nConnection: close\n${shown(proxy.assertion())}\n`;
  await send(`${head}Transfer-Encoding: chunked\n\n0\nX-Sum: abc\nX_Forwarded_Email: boss@example.com\n\n`);
  expect(await trailers.promise).toEqual(['X-Sum', 'abc']);
});

test('the same goes for a call', async () => {
  const trailers = Promise.withResolvers<string[]>();
  grpc.answer = (asked) => void asked.resume().once('trailers', (_, _flags, raw) => trailers.resolve(raw));
  const { stream } = await proxy.open(`localhost:${grpc.port}`);
  const last = Buffer.concat([literal('x-sum', 'abc'), literal('x-forwarded-email', 'boss@example.com')]);
  const body = frame(frames.data, flags.none, 1, Buffer.from('hello'));
  const end = frame(frames.headers, flags.endStream | flags.endHeaders, 1, last);
  stream.write(Buffer.concat([begun(call()), body, end]));
  expect(await trailers.promise).toEqual(['x-sum', 'abc']);
});

test('I hide a second request in the body of the first: it stays a body, or nothing goes through', async () => {
  const hidden = 'POST /hidden HTTP/1.1\nHost: app\nContent-Length: 0\n\n';
  const head = `POST /x HTTP/1.1\nHost: app\n${shown(proxy.assertion())}\n`;
  await send(`${head}Content-Length: 4\nTransfer-Encoding: chunked\n\n0\n\n${hidden}`);
  await send(`${head}Transfer-Encoding: xchunked\n\n${hidden}`);
  await send(`${head}Content-Length: 0\nContent-Length: 60\n\n${hidden}`);
  // In chunks of their own the second one is a request like any other, without an assertion.
  await send(`${head}Transfer-Encoding: chunked\n\n0\n\n${hidden}`);
  expect(app.received.map((one) => one.target).filter((path) => path !== '/x')).toEqual([]);
});

test('I ask for another protocol, in which nobody would look at requests', async () => {
  expect(await send(get(shown(proxy.assertion()), 'Upgrade: h2c').replace('close', 'Upgrade'))).toBe('');
  expect(app.received).toEqual([]);
});

test('I go on after a handshake that the application refused: that is no tunnel', async () => {
  app.answerUpgrade = (socket) => socket.write('HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n');
  const { stream } = await proxy.open(target());
  const handshake = get(shown(proxy.assertion()), 'Upgrade: websocket').replace('close', 'Upgrade');
  stream.write(handshake.replaceAll('\n', '\r\n'));
  expect(await firstOf(stream)).toMatch(/^HTTP\/1\.1 401 /);
  stream.write(get('X-Forwarded-Email: boss@example.com').replaceAll('\n', '\r\n'));
  await readAll(stream);
  expect(app.received).toEqual([]);
});

test('I ask for the metadata service, and for other words of the one target that there is', async () => {
  const asked = [
    '169.254.169.254:80',
    `localhost:${app.port}`,
    `127.0.0.1:0${app.port}`,
    'unix:/run/docker.sock',
    '',
  ];
  const answers = await Promise.all(asked.map((one) => proxy.open(one)));
  expect(answers.map(({ status }) => status)).toEqual(asked.map(() => 404));
});

const rawTarget = (): string => `tcp://127.0.0.1:${database.port}`;
const forDatabase = (more: object = {}) => proxy.assertion({ audience: 'https://db.example.com', ...more });

test('an assertion of the person opens what is not HTTP', async () => {
  const { stream } = await proxy.open(rawTarget(), { [personHeader]: forDatabase() });
  stream.write('select');
  expect(await firstOf(stream)).toBe('orders');
  expect(connector.lines.at(-1)).toMatchObject({ audit: 'connection_opened', user: 'ann@example.com' });
});

test.each<[string, () => Record<string, string | string[]>]>([
  ['no assertion', () => ({})],
  ['an assertion by a key of mine', () => ({ [personHeader]: forDatabase({ key: stranger }) })],
  ['one for another application', () => ({ [personHeader]: proxy.assertion() })],
  ['one that is over', () => ({ [personHeader]: forDatabase({ now: Date.now() - 400_000 }) })],
  ['one that nobody signed', () => ({ [personHeader]: `${unsigned}.` })],
  ['two', () => ({ [personHeader]: [forDatabase(), forDatabase()] })],
])('I ask for a database with %s: it is not even connected to', async (_, headers) => {
  const { status, stream } = await proxy.open(rawTarget(), headers());
  stream.on('error', () => undefined).end('select');
  expect([status, database.asked]).toEqual([403, 0]);
  expect(connector.lines.at(-1)).toMatchObject({ audit: 'refused', application: 'https://db.example.com' });
});

test('I ask for the application as if it were no HTTP, and for the database as if it were', async () => {
  const shownTwice = { [personHeader]: proxy.assertion() };
  const answers = [
    await proxy.open(`tcp://127.0.0.1:${app.port}`, shownTwice),
    await proxy.open(`127.0.0.1:${database.port}`, { [personHeader]: forDatabase() }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([404, 404]);
});

test('I speak HTTP to the connector itself', async () => {
  const stream = (await proxy.session).request({
    ':method': 'GET',
    ':path': '/',
    ':authority': 'x',
    ':scheme': 'http',
  });
  const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
  expect(headers[':status']).toBe(405);
});

test('I keep the keys away: nobody gets in until they can be had', async () => {
  proxy.publishes = false;
  expect(await send(get(shown(proxy.assertion())))).toMatch(/^HTTP\/1\.1 503 /);
  expect(app.received).toEqual([]);
  expect(connector.lines.at(-1)).toMatchObject({ audit: 'refused', reason: 'away' });
});

test('the connector says how many streams and how long headers it takes', async () => {
  const session = await proxy.session;
  await until(() => session.remoteSettings.maxConcurrentStreams === 2_500, 'the word of the connector');
  expect(session.remoteSettings.maxHeaderListSize).toBe(16 * 1024);
});

// What arrives in one read, Node says of one by one and late: the beginning of a stream when it is over already.
const cancel = frame(frames.reset, flags.none, 1, uint32(8));
const ping = async (): Promise<void> => {
  const session = await proxy.session;
  await new Promise((resolve) => session.ping(resolve));
};

test('I take back at once the news that I bring: the connector goes on', async () => {
  await ping();
  const news = Buffer.concat([head('PUT', '/tasks', 'x'), literal(tasksHeader, 'one')]);
  await proxy.sendRaw(Buffer.concat([frame(frames.headers, flags.endHeaders, 1, news), cancel]));
  await ping();
  expect(connector.connections()).toBe(1);
});

test.each<[string, () => Buffer]>([
  [
    'a tunnel within a tunnel',
    () => Buffer.concat([literal(':method', 'CONNECT'), literal(':authority', 'x')]),
  ],
  ['a call', call],
])('I take back at once %s that I ask for: the connector goes on', async (_, fields) => {
  const { stream } = await proxy.open(`localhost:${grpc.port}`);
  stream.write(Buffer.concat([begun(fields()), cancel]));
  await once(stream, 'data');
  await ping();
  expect(connector.connections()).toBe(1);
});

test('a call that arrives in one read, from its head to its end, reaches the application whole', async () => {
  const whole = Promise.withResolvers<Buffer>();
  grpc.answer = (asked) => void buffer(asked).then(whole.resolve, whole.reject);
  const { stream } = await proxy.open(`localhost:${grpc.port}`);
  stream.write(Buffer.concat([begun(call()), frame(frames.data, flags.endStream, 1, Buffer.from('hello'))]));
  expect(String(await whole.promise)).toBe('hello');
});
