// A cache with no way in that asks for a certificate: TLS is between the proxy and the cache, and the connector carries it unread.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeAuthority } from '@latchkey/testing/authority';
import { freePort } from '@latchkey/testing/ports';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createServer } from 'node:tls';
import { connectorAccess, connectorsHost, startConnectorOf, until } from '../fixtures/connector.ts';
import { loginAsProgram, newTokenKey } from '../fixtures/program.ts';
import { useTunnels } from '../fixtures/tunnel.ts';
import { useStack } from '../fixtures/use-stack.ts';

const folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
function write(name: string, content: string): string {
  writeFileSync(join(folder, name), content, { mode: 0o600 });
  return join(folder, name);
}
const [people, servers] = [makeAuthority(), makeAuthority({ name: 'servers' })];
const identity = `{ca_cert_file: ${write('people.pem', people.cert)}, ca_key_file: ${write('people.key', people.key)}, subject: 'CN={email}'}`;
const port = await freePort();
const { token, lines, assertionKey } = connectorAccess();
const the = useStack({
  proxyEnv: { CONNECTORS_HOST: connectorsHost, ASSERTION_KEY: assertionKey },
  authEnv: { ASSERTION_KEY: assertionKey, ACCESS_TOKEN_KEY: newTokenKey() },
  upstreams: `${lines}
services:
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
- service: cache
  default: {from: cache.latchkey.localhost, to: 'tls://127.0.0.1:${port}', options: {via: beside, allowed_email_domains: [example.com], ca_file: ${write('servers.pem', servers.cert)}, client_identity: ${identity}}}
`,
});
const tunnelTo = useTunnels();

const cache = createServer({ ...servers.issue(), ca: people.cert, requestCert: true }, (socket) =>
  socket.end(socket.getPeerX509Certificate()?.subject ?? 'nobody'),
);
beforeAll(async () => {
  cache.listen(port, '127.0.0.1');
  await once(cache, 'listening');
});
afterAll(() => {
  cache.close();
  rmSync(folder, { recursive: true });
});

test('the application gets a certificate that says who asks, and the connector holds no key of the authority', async () => {
  const origin = new URL(the.stack.url('cache')).origin;
  const connector = startConnectorOf(the.stack, {
    CONNECTOR_TOKEN: token,
    CONNECTOR_TARGETS: `${origin}=tcp://127.0.0.1:${port}`,
  });
  await until(() => connector.connections() === 1, 'a connection to the proxy');
  const browser = await the.signedIn();
  const { access_token: shown } = await loginAsProgram(the.stack, browser, the.stack.url('cache', '/'));
  const { socket } = await tunnelTo(the.stack.url('cache'), shown);
  expect(await text(socket)).toBe('CN=engineer@example.com');
  connector.kill();
});
