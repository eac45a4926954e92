// @fastify/reply-from, in four ways: `/ho/%2E%2E/hi` climbed out of the path in front (GHSA-2q7r-29rg-6m5h; its first mend
// refused `/[...slug]`, too); the path `-extra` made `/exposed` to `/exposed-extra` (GHSA-qmw8-3v4g-gwj4); upstream and
// path were one text as a key, so that port 3100 and `1/private` were port 31001 and `/private` (GHSA-v574-6498-x57v); and
// a body was read by a content type that the application reads otherwise (GHSA-v2v2-hph8-q5xp). Here what was decided
// about is what is sent, byte for byte, or nothing is.
import { beforeAll, expect, test } from '@jest/globals';
import { sendRaw } from '../fixtures/raw-request.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  proxyEnv: { UPSTREAM_DANGEROUSLY_ALLOW_LOCAL_TARGETS: 'true' },
  upstreams: `
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
- service: exposed
  default: {from: exposed.latchkey.localhost, to: 'http://{{app}}/exposed', options: {allowed_email_domains: [example.com]}}
- service: numbered
  default: {from: '^a([0-9]+)[.]latchkey[.]localhost$', to: 'http://127.0.0.1:$1', type: rewrite, options: {allowed_email_domains: [example.com]}}
`,
});

let cookie = '';
beforeAll(async () => {
  cookie = await cookieHeader(await the.signedIn(), the.stack.url('hello'));
});

function ask(host: string, requestLine: string, rest = '') {
  return sendRaw(
    the.stack.ports.proxy,
    `${requestLine} HTTP/1.1\nHost: ${host}.latchkey.localhost\nCookie: ${cookie}\nConnection: close\n${rest || '\n'}`,
  );
}
const targets = () => the.stack.app.received.map(({ target }) => target);

test.each([
  '/ho/%2E%2E/%2e%2e/hi',
  '/..%2f',
  '/foo/..%2f..%2fbar',
  '/%2e%2e',
  '/%252e%252e%252fadmin',
  '/..;/admin',
  '/..%5cadmin',
  '/../exposed-extra',
])('%s does not climb out of the path in front', async (target) => {
  expect((await ask('exposed', `GET ${target}`)).status).toBe(400);
  expect(targets()).toEqual([]);
});

test.each(['/[...slug]', '/...', '/a..b/..c/d..', '/x/%5B...x%5D'])('%s climbs nowhere', async (target) => {
  expect((await ask('exposed', `GET ${target}`)).status).toBe(200);
  expect(targets()).toEqual([`/exposed${target}`]);
});

test.each(['-extra', '@evil.test/', '.evil.test/', ':80/'])(
  'a target that begins with no slash is none: %s',
  async (target) => {
    expect((await ask('exposed', `GET ${target}`)).status).toBe(400);
    expect(targets()).toEqual([]);
  },
);

test('no port and path together are another port and path', async () => {
  const port = String(the.stack.app.port);
  expect((await ask(`a${port}`, 'GET /private')).status).toBe(200);
  // The same text behind `http://127.0.0.1:`, cut elsewhere.
  const cut = await ask(`a${port.slice(0, -1)}`, `GET ${port.slice(-1)}/private`);
  expect(cut.status).toBe(400);
  expect((await ask(`a${port.slice(0, -1)}`, `GET /${port.slice(-1)}/private`)).status).not.toBe(200);
  expect(targets()).toEqual(['/private']);
});

test.each([
  'application/json ; charset',
  'application/json\t; charset=utf-8',
  'application/JSON;foo',
  'text/plain; boundary=--x; application/json',
  ';',
])('a body of the type %j travels unread, and its type as it came', async (type) => {
  const body = '{"a": 1, "a": 2, ';
  const rest = `Content-Type: ${type}\nContent-Length: ${body.length}\n\n${body}`;
  expect((await ask('hello', 'POST /form', rest)).status).toBe(200);
  const [entry] = the.stack.app.received;
  expect(entry?.body).toBe(body);
  expect(entry?.rawHeaders).toContain(type);
});
