// An application that verifies `Gap-Signature` or `Sso-Signature` refused requests without a body: their length was
// signed and then left out, or left out and then sent.
import { expect, test } from '@jest/globals';
import { createHmac, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { sendRaw } from '../fixtures/raw-request.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import type { Received } from '../fixtures/recorder.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const the = useStack({
  proxyEnv: {
    REQUESTSIGNER_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    SSO_CONFIG_HELLO_SIGNING_KEY: 'sha256:the secret of hello',
  },
});

// In the order of the contract.
const signedNames = [
  'Content-Length',
  'Content-Md5',
  'Content-Type',
  'Date',
  'Authorization',
  'X-Forwarded-User',
  'X-Forwarded-Email',
  'X-Forwarded-Groups',
  'X-Forwarded-Access-Token',
  'Cookie',
];

/** Verifies as an application does, with nothing but what arrived. */
function expectToVerify(entry: Received): void {
  const values = signedNames.map((name) => valuesOf(entry, name).join(','));
  const end = `${entry.target}\n${entry.body}`;
  const gapText = `${entry.method}\n${values.map((value) => `${value}\n`).join('')}${end}`;
  const mac = createHmac('sha256', 'the secret of hello').update(gapText, 'latin1').digest('base64');
  expect(valuesOf(entry, 'Gap-Signature')).toEqual([`sha256 ${mac}`]);

  const ssoText = `${values.filter((value) => value !== '').join('\n')}\n${end}`;
  const signature = Buffer.from(valuesOf(entry, 'Sso-Signature')[0] ?? '', 'base64url');
  expect(verify('sha256', Buffer.from(ssoText, 'latin1'), createPublicKey(privateKey), signature)).toBe(true);
}

async function send(method: string, rest: string): Promise<Received> {
  const cookie = await cookieHeader(await the.signedIn(), the.stack.url('hello'));
  await sendRaw(
    the.stack.ports.proxy,
    `${method} /form HTTP/1.1\nHost: hello.latchkey.localhost\nCookie: ${cookie}; mine=1\nConnection: close\n${rest}`,
  );
  const [entry] = the.stack.app.received;
  if (entry === undefined) throw new Error('nothing arrived');
  return entry;
}

const bodies: [what: string, rest: string][] = [
  ['bare', '\n'],
  ['Content-Length: 0', 'Content-Length: 0\n\n'],
  ['Content-Length: 00', 'Content-Length: 00\n\n'],
  ['no chunk but the last', 'Transfer-Encoding: chunked\n\n0\n\n'],
  ['one chunk', 'Transfer-Encoding: chunked\n\n2\nhi\n0\n\n'],
  ['Content-Length: 2', 'Content-Length: 2\n\nhi'],
  ['Content-Length: 002', 'Content-Length: 002\n\nhi'],
];
const methods = ['GET', 'DELETE', 'OPTIONS', 'POST', 'PUT', 'PATCH'];

test.each(methods.flatMap((method) => bodies.map(([what, rest]) => [method, what, rest] as const)))(
  '%s, %s: both signatures fit what arrives',
  async (method, _what, rest) => {
    const entry = await send(method, rest);
    expect(entry.body).toBe(rest.includes('hi') ? 'hi' : '');
    expectToVerify(entry);
  },
);

test('a WebSocket handshake with a length and two lines of cookies, too', async () => {
  const cookie = await cookieHeader(await the.signedIn(), the.stack.url('hello'));
  const socket = connect(the.stack.ports.proxy, '127.0.0.1');
  socket.write(
    `GET /echo HTTP/1.1\r\nHost: hello.latchkey.localhost\r\nCookie: ${cookie}; mine=1\r\nCookie: mine=2\r\n` +
      'Content-Length: 0\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  await once(socket, 'data');
  socket.destroy();
  const [entry] = the.stack.app.received;
  if (entry === undefined) throw new Error('nothing arrived');
  expectToVerify(entry);
});
