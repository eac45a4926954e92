// An application behind the IAM of AWS takes what is signed with credentials, and nothing else. The proxy signs with those of its
// task, found as every SDK of AWS finds them.
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { sendRaw } from '../fixtures/raw-request.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { verifySigv4 } from '../fixtures/sigv4-verifier.ts';
import { startTaskCredentials } from '../fixtures/task-credentials.ts';
import type { CredentialsEndpoint } from '../fixtures/task-credentials.ts';
import { useStack } from '../fixtures/use-stack.ts';

const role = { accessKeyId: 'ASIAEXAMPLE', secret: 'a secret of the task role', token: 'its/token+of=today' };
const expected = { ...role, scope: 'eu-central-1/vpc-lattice-svcs' };
const host = 'orders.latchkey.localhost';

const the = useStack({
  proxyEnv: { SERVER_TRUSTED_PROXIES: '127.0.0.1' },
  upstreams: `
device_headers: { managed: X-Device-Managed }
services:
- service: hello
  default:
    from: hello.latchkey.localhost
    to: {{app}}
    options: { allowed_email_domains: [example.com] }
- service: orders
  default:
    from: ${host}
    to: {{app}}
    options:
      allowed_email_domains: [example.com]
      inject_request_headers: { X-Team: ferries }
      aws_sigv4: { service: vpc-lattice-svcs, region: eu-central-1 }
`,
});

let credentials: CredentialsEndpoint;
beforeAll(async () => {
  credentials = await startTaskCredentials(role);
  credentials.isAway = true;
});
afterAll(() => credentials.close());

async function ask(line: string, more = '', body = '') {
  const cookie = await cookieHeader(await the.signedIn(), the.stack.url('hello'));
  const head = `${line} HTTP/1.1\nHost: ${host}\nConnection: close\nCookie: ${cookie}\n${more}\n${body}`;
  return sendRaw(the.stack.ports.proxy, head);
}

const arrived = () => {
  const entry = the.stack.app.received.at(-1);
  if (entry === undefined) throw new Error('nothing arrived');
  return entry;
};

test('without credentials the application is not asked, and the log says why', async () => {
  const line = the.stack.nextLine(({ error }) => error === 'aws_credentials');
  expect((await ask('GET /', 'Accept: application/json\n')).status).toBe(502);
  expect(await line).toMatchObject({ detail: expect.stringMatching(/^aws_sigv4: /) });
  expect(the.stack.app.received).toEqual([]);
  credentials.isAway = false;
  credentials.asked = 0;
});

test.each([
  'GET /',
  'GET /orders?b=2&a=1&a=0',
  'GET //orders/./%C3%A9%20x/../~-_.!*()',
  'GET /?q=%2Fa%20b&empty&%C3%BC=%26&sign=a=b',
  'POST /orders/',
])('%s is signed as it is sent', async (line) => {
  const more = line.startsWith('POST') ? 'Content-Type: text/plain\nContent-Length: 5\n' : '';
  const { status } = await ask(line, more, more === '' ? '' : 'hello');
  expect(status).toBe(200);
  expect(verifySigv4(arrived(), expected)).toMatchObject({ payload: 'UNSIGNED-PAYLOAD' });
  expect(arrived().body).toBe(more === '' ? '' : 'hello');
});

test('what says who asks, and with what, is within the signature', async () => {
  await ask('GET /', 'X-Device-Managed: true\n');
  const verdict = verifySigv4(arrived(), expected);
  expect(verdict).toMatchObject({
    signed: expect.arrayContaining([
      'host',
      'x-device-managed',
      'x-forwarded-email',
      'x-forwarded-user',
      'x-team',
    ]),
  });
  expect(verdict).not.toMatchObject({ signed: expect.arrayContaining(['x-forwarded-for']) });
  const rawHeaders = arrived().rawHeaders.map((text) => text.replace('engineer@', 'security@'));
  expect(rawHeaders).not.toEqual(arrived().rawHeaders);
  expect(verifySigv4({ ...arrived(), rawHeaders }, expected)).toEqual({ refused: 'the signature differs' });
  expect(credentials.asked).toBe(1);
});

test('what a caller writes where the signature goes does not travel on', async () => {
  await ask(
    'GET /',
    'Authorization: AWS4-HMAC-SHA256 Credential=x\nX-Amz-Date: 20200101T000000Z\nX_Amz_Security_Token: mine\nX-Amz-Content-Sha256: mine\n',
  );
  expect(verifySigv4(arrived(), expected)).toHaveProperty('signed');
  expect(valuesOf(arrived(), 'X-Amz-Security-Token')).toEqual([role.token]);
});

test('the handshake of a WebSocket is signed, too', async () => {
  const cookie = await cookieHeader(await the.signedIn(), the.stack.url('hello'));
  const socket = new WebSocket(`ws://127.0.0.1:${the.stack.ports.proxy}/live?a=1`, {
    headers: { Host: host, Cookie: cookie },
  });
  await once(socket, 'open');
  expect(verifySigv4(arrived(), expected)).toHaveProperty('signed');
  socket.close();
  await once(socket, 'close');
});
