// Hono in 2026: a cookie whose name began with a no-break space was read under the name behind it (cc067c85); line ends and
// semicolons in a cookie's name or domain wrote further attributes (a586cd72, 44ae0c8c, 905aedbc); a header that the answer
// names in its own `Connection` was relayed (720b5662); and several `Set-Cookie` were joined into one (7ae7cbae).
import { beforeAll, expect, test } from '@jest/globals';
import { loadAuthSettings, loadProxySettings } from '@latchkey/settings';
import { sendRaw } from '../fixtures/raw-request.ts';
import { useStack } from '../fixtures/use-stack.ts';
import { asSentences } from '@latchkey/testing/as-sentences';

const the = useStack();
let sealed: string | undefined;
beforeAll(async () => {
  sealed = (await the.signedIn()).cookie(the.stack.url('hello'), '_sso_proxy');
});

test.each(['\u00a0', '\u0085', '\u001f', '\u00ad', '"', '$', 'x', '%20'])(
  'a cookie with %j before its name is not ours',
  async (before) => {
    const head = `GET / HTTP/1.1\nHost: hello.latchkey.localhost\nConnection: close\nCookie: `;
    const answer = await sendRaw(the.stack.ports.proxy, `${head}${before}_sso_proxy=${sealed}\n\n`);
    expect([400, 401]).toContain(answer.status);
    expect(the.stack.app.received).toEqual([]);
    expect((await sendRaw(the.stack.ports.proxy, `${head}_sso_proxy=${sealed}\n\n`)).status).toBe(200);
  },
);

test.each([
  ['SESSION_COOKIE_NAME', 'a; Path=/x'],
  ['SESSION_COOKIE_NAME', 'a\r\nSet-Cookie: b'],
  ['SESSION_COOKIE_NAME', 'a=b'],
  ['SESSION_COOKIE_DOMAIN', 'example.com; SameSite=None'],
  ['SESSION_COOKIE_DOMAIN', 'example.com\r\nSet-Cookie: b'],
  ['SESSION_COOKIE_DOMAIN', 'example.com,evil.test'],
])('neither service starts with a %s of %j', (name, value) => {
  for (const load of [loadProxySettings, loadAuthSettings]) {
    const loaded = asSentences<unknown>(load({ [name]: value }));
    expect(loaded.ok ? [] : loaded.errors).toContainEqual(expect.stringContaining(`${name}: `));
  }
});

test('what an answer names in its Connection ends at the proxy', async () => {
  const browser = await the.signedIn();
  the.stack.app.answer = (_req, res) =>
    void res.writeHead(200, { Connection: 'X-Internal, keep-alive', 'X-Internal': '1', 'X-Kept': '1' }).end();
  const { headers } = await browser.fetch(the.stack.url('hello'));
  expect([headers['x-internal'], headers['x-kept']]).toEqual([undefined, '1']);
});

test('each Set-Cookie of an application stays a header of its own', async () => {
  const browser = await the.signedIn();
  const cookies = ['a=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT', 'b=2; Path=/, x', 'c=3'];
  the.stack.app.answer = (_req, res) => void res.writeHead(200, { 'Set-Cookie': cookies }).end();
  expect((await browser.fetch(the.stack.url('hello'))).headers['set-cookie']).toEqual(cookies);
});
