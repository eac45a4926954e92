import { credentials, Metadata, status } from '@grpc/grpc-js';
import type { Client, ServiceError } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { EchoClient, startGrpcApp } from '../fixtures/grpc.ts';
import type { GrpcApp } from '../fixtures/grpc.ts';
import { cookieHeader, signedIn, signOut } from '../fixtures/sign-in.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';

let app: GrpcApp;
let stack: Stack;
let known: Metadata;
const clients: Client[] = [];

beforeAll(async () => {
  app = await startGrpcApp();
  const route = (name: string, rule: string, port = app.port) =>
    `- {service: ${name}, default: {from: ${name}.latchkey.localhost, to: 'http://127.0.0.1:${port}', options: {${rule}, protocol: h2c}}}\n`;
  stack = await startStack({
    proxyEnv: {
      SERVER_HTTP2: 'true',
      SERVER_TIMEOUT_READ: '500ms',
      SESSION_TTL_VALID: '200ms',
      ASSERTION_KEY: generateKeyPairSync('ec', { namedCurve: 'P-256' })
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString(),
    },
    upstreams:
      route('echo', 'allowed_email_domains: [example.com]') +
      route('vault', 'allowed_groups: [security@example.com]') +
      route('away', 'allowed_email_domains: [example.com]', 9) +
      '- {service: hello, default: {from: hello.latchkey.localhost, to: {{app}}, options: {allowed_email_domains: [example.com]}}}\n',
  });
  const browser = await signedIn(stack);
  known = new Metadata();
  known.set('cookie', await cookieHeader(browser, stack.url('echo')));
  await browser.close();
});
afterEach(() => {
  app.metadata.length = 0;
  for (const client of clients.splice(0)) client.close();
});
afterAll(async () => {
  await stack.close();
  app.close();
});

function clientOf(host = 'echo'): InstanceType<typeof EchoClient> {
  const client = new EchoClient(`127.0.0.1:${stack.ports.proxy}`, credentials.createInsecure(), {
    'grpc.default_authority': `${host}.latchkey.localhost:${stack.ports.proxy}`,
  });
  clients.push(client);
  return client;
}

function say(text: string, metadata: Metadata, host?: string): Promise<string | ServiceError> {
  return new Promise((resolve) => {
    clientOf(host)['say']?.(text, metadata, (error: ServiceError | null, answer: string) =>
      resolve(error ?? answer),
    );
  });
}

describe('a gRPC call over HTTP/2', () => {
  test('reaches the application with who asks, and without the session', async () => {
    const metadata = known.clone();
    metadata.set('x-forwarded-user', 'root');
    metadata.set('x-own', 'kept');
    metadata.set('x-own-bin', Buffer.from([0, 255]));
    expect(await say('hello', metadata)).toBe('hello');
    const [received = new Metadata()] = app.metadata;
    expect(received.get('x-forwarded-user')).toEqual(['engineer']);
    expect(received.get('x-forwarded-email')).toEqual(['engineer@example.com']);
    expect(received.get('x-latchkey-jwt-assertion')).toHaveLength(1);
    expect(received.get('x-own')).toEqual(['kept']);
    expect(received.get('x-own-bin')).toEqual([Buffer.from([0, 255])]);
    expect(received.get('cookie')).toEqual([]);
  });

  test('ends with the status of the application, which comes in trailers', async () => {
    expect(await say('fail', known)).toMatchObject({
      code: status.FAILED_PRECONDITION,
      details: 'not today: \u00e9',
    });
  });

  test('is decided about like any other request, and refused in a way that clients understand', async () => {
    expect(await say('hello', new Metadata())).toMatchObject({ code: status.UNAUTHENTICATED });
    expect(await say('hello', known, 'vault')).toMatchObject({ code: status.PERMISSION_DENIED });
    expect(await say('hello', known, 'away')).toMatchObject({ code: status.UNAVAILABLE });
    expect(app.metadata).toEqual([]);
  });

  test('brings a stream of answers', async () => {
    const call = clientOf()['count']?.('3', known);
    const got: string[] = [];
    call.on('data', (text: string) => got.push(text));
    const [ended] = (await once(call, 'status')) as [{ code: number }];
    expect([got, ended.code]).toEqual([['1', '2', '3'], status.OK]);
  });

  test('takes a stream of requests', async () => {
    const answer = Promise.withResolvers<string>();
    const call = clientOf()['join']?.(known, (error: ServiceError | null, all: string) =>
      error === null ? answer.resolve(all) : answer.reject(error),
    );
    const piece = 'x'.repeat(100_000);
    for (let at = 0; at < 20; at++) call.write(piece);
    call.end();
    expect((await answer.promise).length).toBe(2_000_000);
  });

  test('goes both ways, word by word', async () => {
    const call = clientOf()['talk']?.(known);
    for (const word of ['one', 'two', 'three']) {
      call.write(word);
      expect(await once(call, 'data')).toEqual([word.toUpperCase()]);
    }
    call.end();
    const [ended] = (await once(call.resume(), 'status')) as [{ code: number }];
    expect(ended.code).toBe(status.OK);
  });

  test('may be silent for longer than a body may pause, once the application has begun to answer', async () => {
    const call = clientOf()['talk']?.(known);
    for (const word of ['one', 'two']) {
      call.write(word);
      expect(await once(call, 'data')).toEqual([word.toUpperCase()]);
      await pause(1_200);
    }
    call.end();
    const [ended] = (await once(call.resume(), 'status')) as [{ code: number }];
    expect(ended.code).toBe(status.OK);
  });

  test('is cancelled at the application when the caller cancels it', async () => {
    const cancelled = Promise.withResolvers<void>();
    app.cancelled = () => cancelled.resolve();
    const call = clientOf()['talk']?.(known);
    call.on('error', () => undefined);
    call.write('one');
    await once(call, 'data');
    call.cancel();
    await cancelled.promise;
  });

  test('ends while it goes on when its person has signed out', async () => {
    const browser = await signedIn(stack);
    const own = new Metadata();
    own.set('cookie', await cookieHeader(browser, stack.url('echo')));
    const call = clientOf()['talk']?.(own);
    call.write('one');
    await once(call, 'data');
    const failed = once(call, 'error');
    await signOut(browser, stack);
    expect(await failed).toMatchObject([{ code: status.INTERNAL }]);
    await browser.close();
  });
});
