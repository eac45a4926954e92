// An application answered with a head that BuzzFeed SSO had always taken (two lengths, bare line feeds, folded lines, a
// control character in a cookie). People read that it "cannot be reached", and the log gave a reason that was not one.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startRawApp } from '../fixtures/raw-app.ts';
import { sendRaw } from '../fixtures/raw-request.ts';
import type { RawApp } from '../fixtures/raw-app.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';

let app: RawApp;
let stack: Stack;

beforeAll(async () => {
  app = await startRawApp();
  stack = await startStack({
    proxyEnv: { SERVER_INTERIM_ANSWERS: 'true' },
    upstreams: `
- service: old
  default: {from: old.latchkey.localhost, to: '127.0.0.1:${app.port}', options: {allowed_email_domains: [example.com], skip_auth_regex: [/]}}
`,
  });
});
afterEach(() => void (app.asked = 0));
afterAll(() => Promise.all([stack.close(), app.close()]));

const navigation =
  'Accept: text/html\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: document\nConnection: close\n';
const handshake =
  'Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\n';

function ask(also = 'Connection: close\n', line = 'GET / HTTP/1.1') {
  return sendRaw(stack.ports.proxy, `${line}\nHost: old.latchkey.localhost\n${also}\n`);
}

const malformed: [what: string, answer: string, detail: RegExp][] = [
  ['two equal lengths', 'HTTP/1.1 200 OK\nContent-Length: 2\nContent-Length: 2\n\nhi', /two lengths/],
  ['a list of lengths', 'HTTP/1.1 200 OK\nContent-Length: 2, 2\n\nhi', /two lengths/],
  [
    'a length beside chunks',
    'HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nContent-Length: 2\n\nhi',
    /Transfer-Encoding/,
  ],
  ['a bare line feed', 'HTTP/1.1 200 OK\nX: 1\vContent-Length: 2\n\nhi', /CR/],
  ['bare line feeds only', 'HTTP/1.1 200 OK\vContent-Length: 2\v\vhi', /CR/],
  ['a folded line', 'HTTP/1.1 200 OK\nX: 1\n  2\n\n', /whitespace/],
  ['a control character in a cookie', 'HTTP/1.1 200 OK\nSet-Cookie: a=\x01\n\n', /header value/],
  [
    'such a cookie behind the length',
    'HTTP/1.1 200 OK\nContent-Length: 2\nSet-Cookie: a=\x01\n\nhi',
    /behind its Content-Length/,
  ],
  ['a head without end', `HTTP/1.1 200 OK\nX: ${'x'.repeat(70_000)}\n\n`, /64 KiB/],
  ['another protocol', '\x15\x03\x01\x00\x02\x02\x16', /HTTP/],
  [
    'a tunnel that nobody asked for',
    'HTTP/1.1 101 Switching Protocols\nConnection: Upgrade\nUpgrade: x\n\n',
    /101/,
  ],
];

describe.each(malformed)('%s', (_, answer, detail) => {
  test('is called malformed, on the page, to programs and in the log, and asked for once', async () => {
    app.answer = answer;
    const line = stack.nextLine(({ error }) => error === 'upstream_malformed');
    const page = await ask(navigation);
    expect(page.status).toBe(502);
    expect(page.body).toContain('The application gave an invalid answer');
    expect((await line)['detail']).toMatch(detail);
    expect(app.asked).toBe(1);

    const json = await ask();
    expect(JSON.parse(json.body)).toMatchObject({ error: 'upstream_malformed' });
  });
});

test.each(malformed.filter(([what]) => /equal|line feed|folded|cookie|another/.test(what)))(
  '%s is called malformed in the answer to a handshake, too',
  async (_, answer) => {
    app.answer = answer;
    expect(JSON.parse((await ask(handshake)).body)).toMatchObject({ error: 'upstream_malformed' });
  },
);

test('an application that hangs up without an answer is still one that cannot be reached', async () => {
  app.answer = '';
  expect(JSON.parse((await ask()).body)).toMatchObject({ error: 'upstream_unreachable' });
});

const asksFirst = 'Content-Length: 2\nExpect: 100-continue\nConnection: close\n\nhi';

test.each([
  ['a request', () => ask()],
  ['one that asks before it sends its body', () => ask(asksFirst, 'POST / HTTP/1.1')],
])('%s that is answered with a status below 100 gets no 200 of ours, and ends nothing', async (_, send) => {
  app.answer = 'HTTP/1.1 099 Odd\nContent-Length: 2\n\nhi';
  expect((await send()).status).toBe(502);
  app.answer = 'HTTP/1.1 200 OK\nContent-Length: 2\n\nhi';
  expect((await ask()).status).toBe(200);
});
