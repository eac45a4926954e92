// An application behind a connector that asks for TLS: the connector begins it, and checks whom it speaks to.
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { makeAuthority } from '@latchkey/testing/authority';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@latchkey/testing/ports';
import { WebSocket, WebSocketServer } from 'ws';
import { connectorAccess, connectorsHost, startConnectorOf, until } from '../fixtures/connector.ts';
import type { ConnectorInTest } from '../fixtures/connector.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const { token, lines, assertionKey } = connectorAccess();
const authority = makeAuthority();
const folder = mkdtempSync(join(tmpdir(), 'latchkey-connector-'));
const caFile = join(folder, 'ca.pem');
writeFileSync(caFile, authority.cert);

const port = await freePort();
const application = createServer(authority.issue(), (req, res) =>
  res.end(String(req.headers['x-forwarded-email'])),
);
const echo = new WebSocketServer({ server: application });
echo.on('connection', (socket) => socket.on('message', (text: Buffer) => socket.send(text.toString())));

const options = 'options: {via: beside, allowed_email_domains: [example.com]}';
const the = useStack({
  proxyEnv: { CONNECTORS_HOST: connectorsHost, ASSERTION_KEY: assertionKey },
  authEnv: { ASSERTION_KEY: assertionKey },
  upstreams: `${lines}
services:
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
- service: secure
  default: {from: secure.latchkey.localhost, to: 'https://localhost:${port}', ${options}}
`,
});

let beside: ConnectorInTest | undefined;
beforeAll(() => once(application.listen(port, '127.0.0.1'), 'listening'));
afterEach(() => beside?.kill());
afterAll(() => {
  application.closeAllConnections();
  application.close();
  rmSync(folder, { recursive: true });
});

async function connector(env: Record<string, string>): Promise<ConnectorInTest> {
  const started = startConnectorOf(the.stack, {
    CONNECTOR_TOKEN: token,
    CONNECTOR_TARGETS: `${new URL(the.stack.url('secure')).origin}=https://localhost:${port}`,
    ...env,
  });
  beside = started;
  await until(() => started.connections() === 1, 'a connection to the proxy');
  return started;
}

test('requests and WebSockets go over TLS to an application of the authority', async () => {
  await connector({ CONNECTOR_TARGETS_CA_FILE: caFile });
  const browser = await the.signedIn();
  const answer = await browser.fetch(the.stack.url('secure'));
  expect([answer.status, answer.body]).toEqual([200, 'engineer@example.com']);
  const cookie = await cookieHeader(browser, the.stack.url('secure'));
  const socket = new WebSocket(`ws://127.0.0.1:${the.stack.ports.proxy}/`, {
    headers: { host: `secure.latchkey.localhost:${the.stack.ports.proxy}`, cookie },
  });
  await once(socket, 'open');
  socket.send('hello');
  expect(String(((await once(socket, 'message')) as [Buffer])[0])).toBe('hello');
  socket.terminate();
});

test('an application of another authority is not spoken to, and the log of the connector says why', async () => {
  const started = await connector({});
  const browser = await the.signedIn();
  const answer = await browser.fetch(the.stack.url('secure'));
  expect([answer.status, JSON.parse(answer.body)]).toMatchObject([502, { error: 'connector_failed' }]);
  expect(started.lines.at(-1)).toMatchObject({
    target: `https://localhost:${port}`,
    detail: expect.stringMatching(/certificate/),
  });
});

test('a target with TLS is another one than the same without', async () => {
  await connector({
    CONNECTOR_TARGETS: `${new URL(the.stack.url('secure')).origin}=localhost:${port}`,
    CONNECTOR_TARGETS_CA_FILE: caFile,
  });
  const browser = await the.signedIn();
  expect((await browser.fetch(the.stack.url('secure'))).status).toBe(502);
  expect(beside?.lines.at(-1)).toMatchObject({
    audit: 'target_refused',
    target: `https://localhost:${port}`,
  });
});
