// Auth had renewed a session while its person was just being answered by the proxy itself: the application was down, or a path
// climbed. The new cookie was lost with that answer, and once auth was deployed anew the old one was good for nothing.
import { beforeAll, expect, test } from '@jest/globals';
import { sendRaw } from '../fixtures/raw-request.ts';
import type { RawAnswer } from '../fixtures/raw-request.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

let clock = 0;
let cookie = '';
const rules = 'allowed_email_domains: [example.com], skip_auth_regex: [^/public$]';
const the = useStack({
  now: () => Date.now() + clock,
  upstreams: `
- {service: hello, default: {from: hello.latchkey.localhost, to: '{{app}}', options: {${rules}}}}
- {service: down, default: {from: down.latchkey.localhost, to: '127.0.0.1:1', options: {${rules}}}}
- {service: below, default: {from: below.latchkey.localhost, to: '{{app}}/below', options: {${rules}}}}
`,
});

const handshake =
  'Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\n';

beforeAll(async () => {
  const browser = await the.signedIn('engineer@example.com', the.stack.url('hello'));
  cookie = await cookieHeader(browser, the.stack.url('hello'));
  // A third of the grace period later auth vouches for the session anew.
  clock = 2 * 3_600_000;
});

function ask(host: string, target: string, also: string): Promise<RawAnswer> {
  const name = `${host}.latchkey.localhost:${the.stack.ports.proxy}`;
  return sendRaw(
    the.stack.ports.proxy,
    `GET ${target} HTTP/1.1\nHost: ${name}\nCookie: ${cookie}\n${also || 'Connection: close\n'}\n`,
  );
}

test.each([
  ['502', 'the application is down', 'down', '/', ''],
  ['502', 'a WebSocket of it', 'down', '/', handshake],
  ['400', 'a path climbs', 'below', '/..%2f', ''],
  ['403', 'another site opens a WebSocket', 'hello', '/', `${handshake}Origin: http://evil.example.com\n`],
])('a renewed session comes with %s, where %s', async (status, _, host, target, also) => {
  const answer = await ask(host, target, also);
  expect(String(answer.status)).toBe(status);
  expect(answer.head.match(/^Set-Cookie: _sso_proxy=Fe26/gim)).toHaveLength(1);
});

test('nobody is looked at on a public path, so nothing is renewed there', async () => {
  const { status, head } = await ask('down', '/public', '');
  expect([status, /set-cookie/i.test(head)]).toEqual([502, false]);
});
