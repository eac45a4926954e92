// A connector can have a rule of its own, so that the application is no more open than its owner wants, whatever the proxy lets in.
import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { connectorAccess, connectorsHost, startConnectorOf, until } from '../fixtures/connector.ts';
import type { ConnectorInTest } from '../fixtures/connector.ts';
import { startService } from '../fixtures/service-process.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const { token, lines, assertionKey } = connectorAccess();
const rule = 'request.method == "GET" && request.path != "/echo"';

const the = useStack({
  proxyEnv: { CONNECTORS_HOST: connectorsHost, ASSERTION_KEY: assertionKey },
  authEnv: { ASSERTION_KEY: assertionKey },
  upstreams: `${lines}
services:
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
- service: intranet
  default: {from: intranet.latchkey.localhost, to: 'http://{{app}}', options: {via: beside, allowed_email_domains: [example.com]}}
`,
});

let beside: ConnectorInTest;
afterEach(() => beside.kill());

const intranet = (target?: string) => the.stack.url('intranet', target);

async function connect(): Promise<void> {
  beside = startConnectorOf(the.stack, {
    CONNECTOR_TOKEN: token,
    CONNECTOR_TARGETS: `${new URL(intranet()).origin}=127.0.0.1:${the.stack.app.port}`,
    CONNECTOR_ALLOW_IF: rule,
  });
  await until(() => beside.connections() === 1, 'a connection to the proxy');
}

test('what the rule does not let in does not reach the application, and the log names the rule', async () => {
  await connect();
  const browser = await the.signedIn();
  expect((await browser.fetch(intranet('/page'))).status).toBe(200);
  const refused = await browser.fetch(intranet('/page'), { method: 'POST', body: 'x' });
  expect([refused.status, refused.body]).toEqual([403, expect.stringContaining('a rule of its own')]);
  expect(beside.lines.at(-1)).toMatchObject({
    audit: 'refused',
    reason: 'rule',
    rule,
    detail: 'engineer@example.com: request.method: "POST", request.path: "/page"',
  });
  expect(the.stack.app.received).toHaveLength(1);
});

test('the same goes for a WebSocket', async () => {
  await connect();
  const browser = await the.signedIn();
  const { proxy: port } = the.stack.ports;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/echo`, {
    headers: {
      host: `intranet.latchkey.localhost:${port}`,
      cookie: await cookieHeader(browser, intranet()),
    },
  });
  const [error] = (await once(socket, 'error')) as [Error];
  expect(error.message).toContain('403');
  expect(beside.lines.at(-1)).toMatchObject({ audit: 'refused', reason: 'rule' });
});

test('a rule that cannot be read ends the start, with what to write', async () => {
  await connect();
  const wrong = startService('connector', {
    CONNECTOR_NAME: 'beside',
    CONNECTOR_URL: `http://${connectorsHost}:${the.stack.ports.proxy}`,
    CONNECTOR_TOKEN: token,
    CONNECTOR_AUTH_URL: new URL(the.stack.authUrl()).origin,
    CONNECTOR_TARGETS: `${new URL(intranet()).origin}=127.0.0.1:${the.stack.app.port}`,
    CONNECTOR_ALLOW_IF: 'user.emial == "ann@example.com"',
  });
  wrong.listening.catch(() => undefined);
  expect(await wrong.ended).toBe(1);
  expect(wrong.output()).toContain('CONNECTOR_ALLOW_IF: at character 6: There is no fact `user.emial`');
});
