// A connector on AWS needs no token: it shows the proxy the role that it works in.
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { connectorsHost, startConnectorOf, until } from '../fixtures/connector.ts';
import type { ConnectorInTest } from '../fixtures/connector.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';
import { startSts } from '../fixtures/sts.ts';
import type { FakeSts } from '../fixtures/sts.ts';

const arnOf = (role: string) => `arn:aws:sts::111122223333:assumed-role/${role}/8f14e45fceea167a5a36dedd4b`;

let sts: FakeSts;
let stack: Stack;
const running: ConnectorInTest[] = [];
const before = { ...process.env };

beforeAll(async () => {
  sts = await startSts();
  stack = await startStack({
    proxyEnv: { AWS_ENDPOINT_URL_STS: sts.url, CONNECTORS_HOST: connectorsHost },
    upstreams: `
service_accounts:
  - {name: grafana, aws_role: 'arn:aws:iam::111122223333:role/grafana'}
  - {name: wiki, aws_role: 'arn:aws:iam::111122223333:role/wiki'}
connectors: [{name: beside, service_account: grafana}]
services:
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
`,
  });
});
afterEach(() => {
  for (const one of running.splice(0)) one.kill();
  process.env = { ...before };
  sts.answer = undefined;
  sts.forget();
});
afterAll(() => sts.close());

function connectorIn(role: string, env: Record<string, string> = {}): ConnectorInTest {
  const { accessKeyId, secret, token } = sts.assume(arnOf(role));
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_SESSION_TOKEN: token,
  });
  const started = startConnectorOf(stack, {
    CONNECTOR_AWS_ROLE: 'true',
    AWS_REGION: 'eu-central-1',
    CONNECTOR_TARGETS: 'http://intranet.latchkey.localhost=localhost:1',
    ...env,
  });
  running.push(started);
  return started;
}

const lastDetail = (one: ConnectorInTest) => String(one.lines.at(-1)?.['detail']);

test('the role of the account that connectors names is let in, and STS is shown nothing but the signature', async () => {
  const beside = connectorIn('grafana');
  await until(() => beside.connections() === 1, 'a connection to the proxy');
  expect(sts.asked).toEqual([
    {
      target: expect.stringContaining('Action=GetCallerIdentity'),
      host: 'sts.eu-central-1.amazonaws.com',
      audience: `http://${connectorsHost}:${stack.ports.proxy}`,
    },
  ]);
});

test('the role of another account is not, nor one of no account', async () => {
  const other = connectorIn('wiki');
  await until(() => lastDetail(other).includes('answered 403'), 'a refusal');
  const line = stack.nextLine(({ msg }) => msg === 'a connector was refused');
  const nobody = connectorIn('nobody');
  await until(() => lastDetail(nobody).includes('answered 401'), 'a refusal');
  expect((await line)['detail']).toContain('no service account has the role of arn:aws:sts');
  expect([other.connections(), nobody.connections()]).toEqual([0, 0]);
});

test('a signature that is for another address lets nobody in', async () => {
  const elsewhere = connectorIn('grafana', {
    CONNECTOR_URL: `http://127.0.0.1:${stack.ports.proxy}`,
  });
  await until(() => /answered 4\d\d/.test(lastDetail(elsewhere)), 'a refusal');
  expect([elsewhere.connections(), sts.asked]).toEqual([0, []]);
});

test('while STS does not answer nobody is called wrong, and the connector comes again', async () => {
  sts.answer = (res) => void res.writeHead(500).end();
  const beside = connectorIn('grafana');
  await until(() => lastDetail(beside).includes('answered 503'), 'a refusal for now');
  sts.answer = undefined;
  await until(() => beside.connections() === 1, 'a connection to the proxy');
});

test('a connection ends when its account is taken out of the file', async () => {
  const beside = connectorIn('grafana');
  await until(() => beside.connections() === 1, 'a connection to the proxy');
  const table = stack.table.current();
  stack.table.replace({ ...table, root: { ...table.root, serviceAccounts: new Map() } });
  await until(() => beside.connections() === 0, 'the end of the connection');
  stack.table.replace(table);
});

test('a connector with credentials of a user of AWS, which do not end, says so and shows nothing', async () => {
  const user = connectorIn('grafana');
  await until(() => user.connections() === 1, 'a connection to the proxy');
  user.kill();
  delete process.env['AWS_SESSION_TOKEN'];
  sts.forget();
  const again = startConnectorOf(stack, {
    CONNECTOR_AWS_ROLE: 'true',
    AWS_REGION: 'eu-central-1',
    CONNECTOR_TARGETS: 'http://intranet.latchkey.localhost=localhost:1',
  });
  running.push(again);
  await until(() => lastDetail(again).includes('of a user, and not of a role'), 'why not');
  expect(sts.asked).toEqual([]);
});
