// `HTTPS_PROXY` and `NO_PROXY`: a network in which the provider is reached through an outgoing proxy only.
import { afterEach, expect, jest, test } from '@jest/globals';
import { minimalProxy } from '@latchkey/testing/environments';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { freePort } from '@latchkey/testing/ports';
import { sendRaw } from '../fixtures/raw-request.ts';
import { startService } from '../fixtures/service-process.ts';

jest.setTimeout(30_000);

const key = () => randomBytes(32).toString('base64');
const proxies: Server[] = [];
afterEach(() => {
  for (const proxy of proxies.splice(0)) proxy.closeAllConnections();
});

async function startOutgoingProxy(): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const proxy = createServer();
  proxies.push(proxy);
  proxy.on('connect', (req, socket) => {
    asked.push(String(req.url));
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  const port = await freePort();
  proxy.listen(port, '127.0.0.1').unref();
  await once(proxy, 'listening');
  return { port, asked };
}

test('the proxy says at the start which one it reaches others through', async () => {
  const proxy = startService('proxy', {
    ...minimalProxy(),
    SERVER_PORT: String(await freePort()),
    http_proxy: 'ann:hunter2@proxy.internal:3128',
    no_proxy: '.internal',
  });
  await proxy.prints(/"HTTP_PROXY":"http:\/\/proxy\.internal:3128","NO_PROXY":"\.internal"/);
  await proxy.listening;
  expect(proxy.output()).not.toContain('hunter2');
  proxy.signal('SIGTERM');
  expect(await proxy.ended).toBe(0);
});

test.each([
  ['through it', {}, ['idp.example.test:443']],
  ['past it, where it is on this machine', { PROVIDER_O_OIDC_ISSUER: 'https://127.0.0.2:9' }, []],
  ['past it, where NO_PROXY says so', { NO_PROXY: 'other.test, .example.test' }, []],
  ['by itself, where there is none', { HTTPS_PROXY: '', NO_PROXY: '.example.test' }, []],
])('auth asks the provider %s', async (_, extra, asked) => {
  const outgoing = await startOutgoingProxy();
  const port = await freePort();
  const auth = startService('auth', {
    SERVER_HOST: 'sso.example.com',
    SERVER_PORT: String(port),
    SESSION_KEY: key(),
    SESSION_COOKIE_SECRET: key(),
    CLIENT_PROXY_ID: 'proxy',
    CLIENT_PROXY_SECRET: key(),
    AUTHORIZE_EMAIL_DOMAINS: 'example.com',
    AUTHORIZE_PROXY_DOMAINS: 'example.com',
    PROVIDER_O_TYPE: 'oidc',
    PROVIDER_O_SLUG: 'okta',
    PROVIDER_O_CLIENT_ID: 'latchkey',
    PROVIDER_O_CLIENT_SECRET: 'of the provider',
    PROVIDER_O_OIDC_ISSUER: 'https://idp.example.test',
    HTTPS_PROXY: `ann:hunter2@127.0.0.1:${outgoing.port}`,
    ...extra,
  });
  await auth.listening;
  const head = 'GET /okta/start HTTP/1.1\nHost: sso.example.com\nAccept: text/html\nConnection: close\n\n';
  const answer = await sendRaw(port, head);
  expect([answer.status, outgoing.asked]).toEqual([503, asked]);
  const named = `"HTTPS_PROXY":"http://127.0.0.1:${outgoing.port}"`;
  const isUsed = !('HTTPS_PROXY' in extra);
  expect([auth.output().includes('outgoing proxy'), auth.output().includes(named)]).toEqual([isUsed, isUsed]);
  expect(auth.output()).not.toContain('hunter2');
  auth.signal('SIGTERM');
  expect(await auth.ended).toBe(0);
});
