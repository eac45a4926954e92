// `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`: a network in which applications are reached through an outgoing proxy only.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { startHttp2App } from '../fixtures/http2-app.ts';
import type { Http2App } from '../fixtures/http2-app.ts';
import { startOutgoingProxy } from '../fixtures/outgoing-proxy.ts';
import type { OutgoingProxy } from '../fixtures/outgoing-proxy.ts';
import { sendRaw } from '../fixtures/raw-request.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';

const tlsFile = (name: string) => join(import.meta.dirname, '../fixtures/tls', name);
const credentials = `Basic ${Buffer.from('latchkey:p@ss word').toString('base64')}`;
const overTls = createServer({
  key: readFileSync(tlsFile('app.key')),
  cert: readFileSync(tlsFile('app.crt')),
});
overTls.on('request', (_, res) => res.end('over TLS'));
const route = (name: string, to: string, more = '') =>
  `- {service: ${name}, default: {from: ${name}.latchkey.localhost, to: '${to}', options: {allowed_email_domains: [example.com], skip_auth_regex: ['^/']${more}}}}\n`;
let proxy: OutgoingProxy;
let http2App: Http2App;
let stack: Stack;

beforeAll(async () => {
  overTls.listen(0, '127.0.0.1');
  await once(overTls, 'listening');
  proxy = await startOutgoingProxy();
  http2App = await startHttp2App();
  const address = `http://latchkey:p%40ss%20word@127.0.0.1:${proxy.port}`;
  const authority = `, ca_file: ${tlsFile('authority.crt')}`;
  stack = await startStack({
    proxyEnv: { HTTP_PROXY: address, HTTPS_PROXY: address, NO_PROXY: 'past.internal,10.0.0.0/8' },
    upstreams:
      route('plain', 'http://app.internal:8080') +
      route('secure', 'https://app.internal', authority) +
      route('other', 'https://other.internal', authority) +
      route('first', 'http://first.internal:22') +
      route('lost', 'http://lost.internal') +
      route('two', 'http://two.internal', ', protocol: h2c') +
      route('near', '{{app}}') +
      `- {service: any, default: {type: rewrite, from: '^(.*)[.]any[.]latchkey[.]localhost$', to: 'http://$1', options: {allowed_email_domains: [example.com], skip_auth_regex: ['^/']}}}\n`,
  });
  proxy.places.set('app.internal:8080', stack.app.port);
  proxy.places.set('first.internal:22', stack.app.port);
  proxy.places.set('two.internal:80', http2App.port);
  const { port } = overTls.address() as AddressInfo;
  for (const host of ['app', 'other']) proxy.places.set(`${host}.internal:443`, port);
});
afterEach(() => {
  stack.app.received.length = 0;
  proxy.asked.length = 0;
  proxy.refusal = undefined;
  proxy.greeting = '';
});
afterAll(async () => {
  await stack.close();
  await proxy.close();
  await http2App.close();
  overTls.closeAllConnections();
  overTls.close();
});

function ask(name: string, head = 'GET /a?x=%2F', rest = '\n') {
  return sendRaw(
    stack.ports.proxy,
    `${head} HTTP/1.1\nHost: ${name}.latchkey.localhost\nAccept: application/json\nConnection: close\n${rest}`,
  );
}

describe('an application', () => {
  test('is reached by a connection that the proxy leads on, and gets what it always gets', async () => {
    expect((await ask('plain')).status).toBe(200);
    expect((await ask('plain')).status).toBe(200);
    expect(proxy.asked).toEqual([{ authority: 'app.internal:8080', credentials }]);
    const [received = { target: '', rawHeaders: [] }] = stack.app.received;
    expect(received.target).toBe('/a?x=%2F');
    expect(valuesOf(received, 'host')).toEqual(['app.internal:8080']);
    expect(received.rawHeaders.map((text) => text.toLowerCase())).not.toContain('proxy-authorization');
  });

  // CVE-2016-5385: in CGI it would be `HTTP_PROXY`.
  test('does not get the header `Proxy`, and neither do we take it', async () => {
    expect((await ask('plain', 'GET /', 'Proxy: http://evil.test:3128\n\n')).status).toBe(200);
    expect(valuesOf(stack.app.received[0] ?? { rawHeaders: [] }, 'proxy')).toEqual([]);
    expect(proxy.asked.every(({ authority }) => authority === 'app.internal:8080')).toBe(true);
  });

  test('is verified through it', async () => {
    expect((await ask('secure')).body).toBe('over TLS');
    expect(proxy.asked).toEqual([{ authority: 'app.internal:443', credentials }]);
  });

  test('with the certificate of another is refused, and the log says whose it showed', async () => {
    const line = stack.nextLine(({ error }) => error === 'upstream_certificate');
    expect((await ask('other')).status).toBe(502);
    expect((await line)['detail']).toContain('the application showed "CN=app.internal"');
  });

  test('that speaks HTTP/2 does so through it', async () => {
    expect((await ask('two', 'POST /', 'Content-Length: 4\n\nbody')).body).toContain('body');
    expect(http2App.heads).toHaveLength(1);
    expect(proxy.asked).toEqual([{ authority: 'two.internal:80', credentials }]);
  });

  test('is asked first whether it wants a body', async () => {
    const rest = 'Expect: 100-continue\nContent-Length: 4\n\nbody';
    expect((await ask('plain', 'POST /', rest)).status).toBe(100);
    expect(stack.app.received).toMatchObject([{ method: 'POST', body: 'body' }]);
    expect(proxy.asked).toHaveLength(1);
  });

  test.each(['SSH-2.0-OpenSSH_9.9\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil'])(
    'that speaks before it is asked is asked once, and not believed: %j',
    async (greeting) => {
      proxy.greeting = greeting;
      const line = stack.nextLine(({ error }) => error === 'upstream_malformed');
      expect((await ask('first')).status).toBe(502);
      expect((await line)['detail']).toBe('the application spoke before it was asked');
      expect(proxy.asked).toEqual([{ authority: 'first.internal:22', credentials }]);
    },
  );

  test('on this machine is reached without it', async () => {
    expect((await ask('near')).status).toBe(200);
    expect(proxy.asked).toEqual([]);
  });

  test('that NO_PROXY names is reached without it', async () => {
    const line = stack.nextLine(({ error }) => error === 'upstream_unreachable');
    expect((await ask('past.internal.any')).status).toBe(502);
    await line;
    expect(proxy.asked).toEqual([]);
  });

  test('that a host name makes of an address of a cloud is refused as without it', async () => {
    const line = stack.nextLine(({ error }) => error === 'upstream_unreachable');
    expect((await ask('169.254.169.254.any')).status).toBe(502);
    expect((await line)['detail']).toContain('169.254.169.254');
    expect(proxy.asked).toEqual([]);
  });
});

test('a WebSocket goes through it', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${stack.ports.proxy}/`, {
    headers: { host: `plain.latchkey.localhost:${stack.ports.proxy}` },
  });
  await once(socket, 'open');
  socket.send('hello');
  const [message] = (await once(socket, 'message')) as [Buffer];
  expect(message.toString()).toBe('hello');
  expect(proxy.asked).toEqual([{ authority: 'app.internal:8080', credentials }]);
  socket.terminate();
});

// The last one is not there any more.
describe('a proxy that does not lead on is named in the log, without its password', () => {
  test.each<[string, string, () => unknown, string]>([
    [
      'wants to know who asks',
      'lost',
      () => (proxy.refusal = '407 Who Asks'),
      'answered 407 when it was asked for lost.internal:80',
    ],
    ['does not lead there', 'lost', () => undefined, 'answered 502 when it was asked for lost.internal:80'],
    ['is not there', 'lost', () => proxy.close(), 'cannot be asked: connect ECONNREFUSED'],
  ])('since it %s', async (_, name, spoil, why) => {
    await spoil();
    const line = stack.nextLine(({ error }) => error === 'outgoing_proxy_failed');
    const answer = await ask(name);
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([502, { error: 'outgoing_proxy_failed' }]);
    const { detail } = await line;
    expect(detail).toContain(`the outgoing proxy http://127.0.0.1:${proxy.port} ${why}`);
    expect(stack.logText()).not.toMatch(/p%40ss|p@ss/);
  });
});
