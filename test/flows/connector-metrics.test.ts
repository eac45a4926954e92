// What operators see of connectors in the metrics of the proxy: who is connected, and why others are not.
import { makeServiceToken } from '@latchkey/access';
import { createMetrics } from '@latchkey/telemetry';
import { afterEach, expect, test } from '@jest/globals';
import { connectorAccess, connectorsHost, startConnectorOf, until } from '../fixtures/connector.ts';
import type { ConnectorInTest } from '../fixtures/connector.ts';
import { useStack } from '../fixtures/use-stack.ts';

const { token, lines } = connectorAccess();
const registries = { proxy: createMetrics(), auth: createMetrics() };
const the = useStack({
  proxyEnv: { CONNECTORS_HOST: connectorsHost },
  registries,
  upstreams: `${lines}
services:
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
`,
});

const running: ConnectorInTest[] = [];
afterEach(() => {
  for (const one of running.splice(0)) one.kill();
});

function connector(env: Record<string, string>): ConnectorInTest {
  const started = startConnectorOf(the.stack, {
    CONNECTOR_TOKEN: token,
    CONNECTOR_TARGETS: 'localhost:3000',
    CONNECTOR_VERIFY: 'false',
    ...env,
  });
  running.push(started);
  return started;
}

async function shown(name: string): Promise<string[]> {
  const text = await registries.proxy.metrics();
  return text.split('\n').filter((line) => line.startsWith(`${name}{`));
}

const connections = () => shown('latchkey_connector_connections');

test('a connector of the upstream file has so many connections, and none before it connects and after it has left', async () => {
  expect(await connections()).toEqual(['latchkey_connector_connections{connector="beside"} 0']);
  const beside = connector({ CONNECTOR_CONNECTIONS: '2' });
  await until(() => beside.connections() === 2, 'two connections');
  expect(await connections()).toEqual(['latchkey_connector_connections{connector="beside"} 2']);
  const ended = the.stack.nextLine(
    ({ msg, connections: left }) => msg === 'a connection of a connector has ended' && left === 0,
  );
  beside.kill();
  await ended;
  expect(await connections()).toEqual(['latchkey_connector_connections{connector="beside"} 0']);
});

test('one that is refused is counted by what is wrong, and never by what it wrote', async () => {
  for (const env of [
    { CONNECTOR_TOKEN: makeServiceToken('connector') },
    { CONNECTOR_NAME: 'payroll-prod' },
  ]) {
    const refused = the.stack.nextLine(({ msg }) => msg === 'a connector was refused');
    const one = connector(env);
    await refused;
    one.kill();
  }
  expect(await shown('latchkey_connectors_refused_total')).toEqual([
    'latchkey_connectors_refused_total{reason="token"} 1',
    'latchkey_connectors_refused_total{reason="name"} 1',
  ]);
  expect(await registries.proxy.metrics()).not.toContain('payroll-prod');
});
