// A rewrite route that puts the caller's host name into its target makes the proxy call whatever the caller names: its own
// machine, the credentials of its task (169.254.170.2), the metadata of the cloud. An address may be written in many ways,
// and a name of one's own may lead to any of them.
import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { sendRaw } from '../fixtures/raw-request.ts';
import type { RawAnswer } from '../fixtures/raw-request.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';
import type { StackInUse } from '../fixtures/use-stack.ts';

const rules = 'options: {allowed_email_domains: [example.com]}';
const upstreams = `
- {service: hello, default: {from: hello.latchkey.localhost, to: {{app}}, ${rules}}}
- {service: fixed, default: {type: rewrite, from: '^(.*)\\.fixed\\.latchkey\\.localhost$', to: 'http://{{app}}/$1', ${rules}}}
- {service: plain, default: {type: rewrite, from: '^(.*)-(\\d+)\\.plain\\.latchkey\\.localhost$', to: 'http://$1:$2', ${rules}}}
- {service: tls, default: {type: rewrite, from: '^(.*)-(\\d+)\\.tls\\.latchkey\\.localhost$', to: 'https://$1:$2', ${rules}}}
- {service: port, default: {type: rewrite, from: '^p(\\d+)\\.port\\.latchkey\\.localhost$', to: 'http://127.0.0.1:$1', ${rules}}}
`;
const handshake =
  'Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n';

const refused = {
  error: 'upstream_unreachable',
  detail: expect.stringContaining('UPSTREAM_DANGEROUSLY_ALLOW_LOCAL_TARGETS'),
};

const the = useStack({ upstreams });
const lenient = useStack({ upstreams, proxyEnv: { UPSTREAM_DANGEROUSLY_ALLOW_LOCAL_TARGETS: 'true' } });

async function ask(inUse: StackInUse, host: string, more: string): Promise<RawAnswer> {
  const cookie = await cookieHeader(await inUse.signedIn(), inUse.stack.url('hello'));
  const head = `GET / HTTP/1.1\nHost: ${host}.latchkey.localhost\nCookie: ${cookie}\n${more}\n`;
  return sendRaw(inUse.stack.ports.proxy, head);
}

describe.each([
  ['a request', 'Connection: close\n'],
  ['a WebSocket', handshake],
])('%s', (_, more) => {
  test.each([
    ['127.0.0.1', 'written out'],
    ['0x7f000001', 'as a hexadecimal number'],
    ['017700000001', 'as an octal number'],
    ['2130706433', 'as a decimal number'],
    ['127.1', 'shortened'],
    ['0', 'as the address of no machine, which the kernel takes for this one'],
    ['localhost', 'by name'],
  ])('does not reach the own machine by %s (%s)', async (name) => {
    const line = the.stack.nextLine(({ status }) => status === 502);
    expect((await ask(the, `${name}-${the.stack.app.port}.plain`, more)).status).toBe(502);
    expect(the.stack.app.received).toEqual([]);
    expect(await line).toMatchObject(refused);
  });

  test.each(['127.0.0.1', 'localhost'])('does not reach it over TLS either, by %s', async (name) => {
    const line = the.stack.nextLine(({ status }) => status === 502);
    expect((await ask(the, `${name}-${the.stack.app.port}.tls`, more)).status).toBe(502);
    expect(await line).toMatchObject(refused);
  });

  test('does not choose a port of the own machine', async () => {
    expect((await ask(the, `p${the.stack.app.port}.port`, more)).status).toBe(502);
    expect(the.stack.app.received).toEqual([]);
  });

  test.each(['169.254.169.254', '169.254.170.2', '2852039166', '0xa9feaa02'])(
    'does not reach what the cloud tells its machines, at %s',
    async (name) => {
      const line = the.stack.nextLine(({ status }) => status === 502);
      expect((await ask(the, `${name}-80.plain`, more)).status).toBe(502);
      expect(await line).toMatchObject(refused);
    },
  );
});

test('where the setting says so, a request and a WebSocket reach it', async () => {
  const host = `127.0.0.1-${lenient.stack.app.port}.plain.latchkey.localhost`;
  const cookie = await cookieHeader(await lenient.signedIn(), lenient.stack.url('hello'));
  const head = `GET / HTTP/1.1\nHost: ${host}\nCookie: ${cookie}\nConnection: close\n\n`;
  expect((await sendRaw(lenient.stack.ports.proxy, head)).status).toBe(200);
  const socket = new WebSocket(`ws://127.0.0.1:${lenient.stack.ports.proxy}/`, { headers: { host, cookie } });
  await once(socket, 'open');
  socket.terminate();
});

test('a host that only goes into the path is no target, and leads to the own machine as the file says', async () => {
  expect((await ask(the, 'wiki.fixed', 'Connection: close\n')).status).toBe(200);
  expect(the.stack.app.received).toMatchObject([{ target: '/wiki/' }]);
});

test('a connection that another route has opened to the own machine is not handed out', async () => {
  expect((await ask(the, 'hello', 'Connection: close\n')).status).toBe(200);
  const name = `127.0.0.1-${the.stack.app.port}.plain`;
  expect((await ask(the, name, 'Connection: close\n')).status).toBe(502);
  expect(the.stack.app.received).toEqual([]);
});
