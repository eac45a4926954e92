// A gigabyte up through a connector: nobody on the way holds it.
import { afterAll, expect, jest, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IncomingMessage } from 'node:http';
import { connectorAccess, connectorsHost, startConnectorOf, until } from '../fixtures/connector.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

jest.setTimeout(120_000);
const { token, lines, assertionKey } = connectorAccess();
const socket = `unix:${join(tmpdir(), `latchkey-upload-${process.pid}.sock`)}`;
const the = useStack({
  proxyEnv: { CONNECTORS_HOST: connectorsHost, ASSERTION_KEY: assertionKey },
  authEnv: { ASSERTION_KEY: assertionKey },
  upstreams: `${lines}
services:
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
- service: intranet
  default: {from: intranet.latchkey.localhost, to: '${socket}', options: {via: beside, allowed_email_domains: [example.com]}}
`,
});
let kill = () => undefined as void;
afterAll(() => kill());

test('a GiB arrives whole, and there is never more than a little of it on the way', async () => {
  let arrived = 0;
  await using app = createServer((req, res) => {
    req.on('data', ({ length }: Buffer) => (arrived += length));
    req.on('end', () => res.end(String(arrived)));
  }).listen(socket.slice('unix:'.length));
  await once(app, 'listening');
  const url = the.stack.url('intranet', '/up');
  const beside = startConnectorOf(the.stack, {
    CONNECTOR_TOKEN: token,
    CONNECTOR_TARGETS: `${new URL(url).origin}=${socket}`,
  });
  kill = () => beside.kill();
  await until(() => beside.connections() === 1, 'a connection to the proxy');
  const cookie = await cookieHeader(await the.signedIn(), url);
  const piece = Buffer.alloc(256 * 1024);
  const total = 4096 * piece.length;
  const before = process.memoryUsage().rss;
  let most = 0;
  let memory = 0;
  const asked = request({
    host: '127.0.0.1',
    port: the.stack.ports.proxy,
    method: 'PUT',
    path: '/up',
    headers: { host: new URL(url).host, cookie, 'content-length': total },
  });
  const answered = once(asked, 'response') as Promise<[IncomingMessage]>;
  for (let sent = 0; sent < total; sent += piece.length) {
    if (!asked.write(piece)) await once(asked, 'drain');
    memory = Math.max(memory, process.memoryUsage().rss - before);
    most = Math.max(most, sent + piece.length - arrived);
  }
  asked.end();
  const [answer] = await answered;
  expect(String(await once(answer, 'data'))).toBe(String(total));
  // In MiB; held, it would be 1024.
  expect(most / 1024 / 1024).toBeLessThan(16);
  expect(memory / 1024 / 1024).toBeLessThan(256);
});
