// gRPC through a connector, which looks at each call of a connection.
import { credentials, Metadata, status } from '@grpc/grpc-js';
import type { Client, ServiceError } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connectorAccess, connectorsHost, startConnectorOf, until } from '../fixtures/connector.ts';
import type { ConnectorInTest } from '../fixtures/connector.ts';
import { EchoClient, startGrpcApp } from '../fixtures/grpc.ts';
import type { GrpcApp } from '../fixtures/grpc.ts';
import { cookieHeader, signedIn } from '../fixtures/sign-in.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';

const { token, lines, assertionKey } = connectorAccess();

let app: GrpcApp;
let stack: Stack;
let known: Metadata;
let beside: ConnectorInTest;
const clients: Client[] = [];

beforeAll(async () => {
  app = await startGrpcApp();
  stack = await startStack({
    proxyEnv: { SERVER_HTTP2: 'true', CONNECTORS_HOST: connectorsHost, ASSERTION_KEY: assertionKey },
    authEnv: { ASSERTION_KEY: assertionKey },
    upstreams: `${lines}
services:
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
- service: echo
  default: {from: echo.latchkey.localhost, to: 'http://127.0.0.1:${app.port}', options: {via: beside, protocol: h2c, allowed_email_domains: [example.com], skip_auth_regex: ['^/test.Echo/Count$']}}
`,
  });
  const browser = await signedIn(stack);
  known = new Metadata();
  known.set('cookie', await cookieHeader(browser, stack.url('echo')));
  await browser.close();
  beside = await connected();
});
afterEach(() => {
  app.metadata.length = 0;
  for (const client of clients.splice(0)) client.close();
});
afterAll(async () => {
  beside.kill();
  await stack.close();
  app.close();
});

async function connected(env: Record<string, string> = {}): Promise<ConnectorInTest> {
  const started = startConnectorOf(stack, {
    CONNECTOR_TOKEN: token,
    CONNECTOR_TARGETS: `${new URL(stack.url('echo')).origin}=127.0.0.1:${app.port}`,
    ...env,
  });
  await until(() => started.connections() === 1, 'a connection to the proxy');
  return started;
}

function client(): InstanceType<typeof EchoClient> {
  const made = new EchoClient(`127.0.0.1:${stack.ports.proxy}`, credentials.createInsecure(), {
    'grpc.default_authority': `echo.latchkey.localhost:${stack.ports.proxy}`,
  });
  clients.push(made);
  return made;
}

function say(text: string, metadata = known): Promise<string | ServiceError> {
  return new Promise((resolve) => {
    client()['say']?.(text, metadata, (error: ServiceError | null, answer: string) =>
      resolve(error ?? answer),
    );
  });
}

test('a call reaches the application with who asks, and the connector writes down who', async () => {
  const metadata = known.clone();
  metadata.set('x-own-bin', Buffer.from([0, 255]));
  expect(await say('hello', metadata)).toBe('hello');
  const [received = new Metadata()] = app.metadata;
  expect(received.get('x-forwarded-email')).toEqual(['engineer@example.com']);
  expect(received.get('x-own-bin')).toEqual([Buffer.from([0, 255])]);
  expect(beside.lines.at(-1)).toMatchObject({
    audit: 'allowed',
    user: 'engineer@example.com',
    method: 'POST',
    path: '/test.Echo/Say',
  });
});

test('it ends with the status of the application, which comes in trailers', async () => {
  expect(await say('fail')).toMatchObject({ code: status.FAILED_PRECONDITION, details: 'not today: \u00e9' });
});

test('two megabytes go up in a stream', async () => {
  const answer = Promise.withResolvers<string>();
  const call = client()['join']?.(known, (error: ServiceError | null, all: string) =>
    error === null ? answer.resolve(all) : answer.reject(error),
  );
  for (let at = 0; at < 20; at++) call.write('x'.repeat(100_000));
  call.end();
  expect((await answer.promise).length).toBe(2_000_000);
});

test('both sides talk in turn, and several calls share a connection', async () => {
  const shared = client();
  const calls = [shared['talk']?.(known), shared['talk']?.(known)];
  for (const word of ['one', 'two', 'three']) {
    for (const call of calls) {
      call.write(word);
      expect(await once(call, 'data')).toEqual([word.toUpperCase()]);
    }
  }
  for (const call of calls) {
    call.end();
    const [ended] = (await once(call.resume(), 'status')) as [{ code: number }];
    expect(ended.code).toBe(status.OK);
  }
});

test('what the caller cancels is cancelled at the application', async () => {
  const cancelled = Promise.withResolvers<void>();
  app.cancelled = () => cancelled.resolve();
  const call = client()['talk']?.(known);
  call.on('error', () => undefined);
  call.write('one');
  await once(call, 'data');
  call.cancel();
  await cancelled.promise;
});

test('a call that nobody is named by is refused, on a public path as well', async () => {
  const call = client()['count']?.('3', new Metadata());
  const [error] = (await once(call, 'error')) as [ServiceError];
  expect(error.code).toBe(status.PERMISSION_DENIED);
  expect(beside.lines.at(-1)).toMatchObject({
    audit: 'refused',
    reason: 'missing',
    path: '/test.Echo/Count',
  });
  expect(app.metadata).toEqual([]);
});

test('without verification calls go through as they are', async () => {
  beside.kill();
  beside = await connected({ CONNECTOR_VERIFY: 'false' });
  const call = client()['count']?.('3', new Metadata());
  const got: string[] = [];
  call.on('data', (text: string) => got.push(text));
  const [ended] = (await once(call, 'status')) as [{ code: number }];
  expect([got, ended.code]).toEqual([['1', '2', '3'], status.OK]);
});
