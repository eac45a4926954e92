// A WebSocket under rules: at its handshake, and while it is open.
import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { sendRaw } from '../fixtures/raw-request.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const hourMs = 3_600_000;
const closing = new Date(Date.now() + hourMs).toISOString();
let clock = 0;
const the = useStack({
  now: () => Date.now() + clock,
  proxyEnv: { SESSION_TTL_VALID: '1s' },
  upstreams: `
- service: live
  default:
    from: hello.latchkey.localhost
    to: {{app}}
    options:
      allowed_email_domains: [example.com]
      policy:
        - name: until-closing
          deny_if: request.time >= timestamp("${closing}")
        - name: one-line
          deny_if: '"x-line" in request.headers && request.headers["x-line"] != "1"'
          message: There is one line.
`,
});

async function cookieOf(): Promise<string> {
  return cookieHeader(await the.signedIn(), the.stack.url('hello'));
}

function handshake(cookie: string, line: string) {
  const upgrade =
    'Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
  return sendRaw(
    the.stack.ports.proxy,
    `GET /echo HTTP/1.1\nHost: hello.latchkey.localhost\nCookie: ${cookie}\nX-Line: ${line}\n${upgrade}\n\n`,
  );
}

async function open(cookie: string): Promise<WebSocket> {
  const { proxy } = the.stack.ports;
  const headers = { host: `hello.latchkey.localhost:${proxy}`, cookie, 'x-line': '1' };
  const socket = new WebSocket(`ws://127.0.0.1:${proxy}/echo`, { headers });
  await once(socket, 'open');
  return socket;
}

test('a handshake is refused by a rule, which it names, and reaches no application', async () => {
  const { status, body } = await handshake(await cookieOf(), '2');

  expect([status, JSON.parse(body)]).toMatchObject([
    403,
    { error: 'request_denied', policy: 'one-line', detail: 'There is one line.' },
  ]);
  expect(the.stack.app.received).toEqual([]);
});

test('one that is let in is open as long as the rules let it in, and ends with their reason', async () => {
  const cookie = await cookieOf();
  const socket = await open(cookie);
  socket.send('hello');
  expect(String((await once(socket, 'message'))[0])).toBe('hello');

  const line = the.stack.nextLine(({ msg }) => msg === 'WebSocket cut');
  const closed = once(socket, 'close');
  clock += 2 * hourMs;
  expect((await closed)[0]).toBe(1008);
  expect(await line).toMatchObject({ reason: 'denied_by_rule', user: 'engineer@example.com' });

  expect(await handshake(cookie, '1')).toMatchObject({ status: 403 });
});
