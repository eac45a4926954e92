// A program on AWS has a role and needs no secret: it signs a request to STS for one application, and STS says who has signed it.
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createMetrics } from '@latchkey/telemetry';
import { loadUpstreams } from '@latchkey/upstreams';
import { latchkey } from '@latchkey/testing/latchkey';
import { sendRaw } from '../fixtures/raw-request.ts';
import type { RawAnswer } from '../fixtures/raw-request.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';
import { awsToken, startSts } from '../fixtures/sts.ts';
import type { AwsCaller, FakeSts } from '../fixtures/sts.ts';

const role = 'arn:aws:iam::111122223333:role/teams/app2';
const arn = 'arn:aws:sts::111122223333:assumed-role/app2/8f14e45fceea167a5a36dedd4bea2543';
const registries = { proxy: createMetrics(), auth: createMetrics() };

const written = `
service_accounts:
  - {name: app2, aws_role: '${role}', scopes: [orders.read]}
services:
  - service: orders
    default: {from: orders.latchkey.localhost, to: '{{app}}', options: {bearer: true, allowed_clients: [app2], required_scopes: [orders.read], pass_bearer_token: true}}
  - service: stock
    default: {from: stock.latchkey.localhost, to: '{{app}}', options: {bearer: true, policy: [{name: app2, allow_if: 'machine.aws_role == "${role}"'}]}}
  - service: legacy
    default: {from: legacy.latchkey.localhost, to: '{{app}}', options: {allowed_groups: [nobody], skip_auth_regex: ['^/open$']}}
`;

let sts: FakeSts;
let stack: Stack;
let app2: AwsCaller;
let at = Date.parse('2026-11-27T12:00:00Z');

beforeAll(async () => {
  sts = await startSts(() => at);
  app2 = sts.assume(arn);
  stack = await startStack({
    registries,
    proxyEnv: { AWS_ENDPOINT_URL_STS: sts.url },
    upstreams: written,
    now: () => at,
  });
});
afterEach(() => {
  stack.app.received.length = 0;
  sts.answer = undefined;
  sts.forget();
  at += 3_600_000;
});
afterAll(() => sts.close());

async function ask(service: string, token: string, target = '/'): Promise<RawAnswer> {
  const { proxy: port } = stack.ports;
  const host = `${service}.latchkey.localhost:${port}`;
  const lines = [`Host: ${host}`, `Authorization: Bearer ${token}`, 'Connection: close'];
  return sendRaw(port, `GET ${target} HTTP/1.1\n${lines.join('\n')}\n\n`);
}

const originOf = (service: string) => `http://${service}.latchkey.localhost:${stack.ports.proxy}`;
const tokenFor = (service: string, changed: Parameters<typeof awsToken>[2] = {}, caller = app2) =>
  awsToken(caller, originOf(service), { at, ...changed });
const reasonOf = ({ status, body }: RawAnswer) => [status, (JSON.parse(body) as { reason: string }).reason];

test('a program in the role of an account is that account, and the application learns who works there', async () => {
  const line = stack.nextLine(({ msg, route }) => msg === 'request' && route === 'orders');
  expect((await ask('orders', tokenFor('orders'))).status).toBe(200);
  expect(await line).toMatchObject({ user: 'app2', reason: 'allowed_client' });
  const [reached = { rawHeaders: [] }] = stack.app.received;
  expect(valuesOf(reached, 'x-jwt-subject')).toEqual([arn]);
  expect(valuesOf(reached, 'x-jwt-scope-orders.read')).toEqual(['true']);
  expect(valuesOf(reached, 'authorization')).toEqual([]);
});

test('STS is asked once for a token, with nothing but what was signed', async () => {
  const token = tokenFor('orders');
  const answers = await Promise.all(Array.from({ length: 5 }, () => ask('orders', token)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect((await ask('orders', token)).status).toBe(200);
  expect(sts.asked).toEqual([
    {
      target: expect.stringMatching(/^\/\?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=/),
      host: 'sts.eu-central-1.amazonaws.com',
      audience: originOf('orders'),
    },
  ]);
});

const withRole = {
  env: { AWS_REGION: 'eu-central-1' },
  awsCredentials: async () => ({
    accessKeyId: app2.accessKeyId,
    secretAccessKey: app2.secret,
    sessionToken: app2.token,
  }),
};

test('the command line makes such a token, and hands it to curl', async () => {
  at = Date.now();
  const made = await latchkey({}, ['token', '--aws-role', `${originOf('orders')}/v1`], withRole);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  expect((await ask('orders', made.stdout.trim())).status).toBe(200);
  const given: string[] = [];
  await latchkey({}, ['curl', '--aws-role', `${originOf('orders')}/v1`, '-s'], {
    ...withRole,
    runWith: async (secret) => given.push(secret),
  });
  const [, token = ''] = /^oauth2-bearer = "(.+)"$/m.exec(given[0] ?? '') ?? [];
  expect((await ask('orders', token)).status).toBe(200);
});

test.each([
  ['there are no credentials', { env: withRole.env }, 'no AWS credentials (Could not load'],
  [
    'the credentials are those of a user',
    { ...withRole, awsCredentials: async () => ({ accessKeyId: 'AKIA', secretAccessKey: 'x' }) },
    'those of a user',
  ],
  ['nothing says the region', { ...withRole, env: {} }, 'AWS_REGION'],
])('the command line says so where %s', async (_, surroundings, says) => {
  const { code, stdout, stderr } = await latchkey(
    {},
    ['token', '--aws-role', 'https://a.example.com'],
    surroundings,
  );
  expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining(says)]);
});

test('a rule of a policy may name the role', async () => {
  expect((await ask('stock', tokenFor('stock'))).status).toBe(200);
  const other = sts.assume('arn:aws:sts::111122223333:assumed-role/app3/x1');
  expect(reasonOf(await ask('stock', tokenFor('stock', {}, other)))).toEqual([401, 'token_invalid']);
});

test.each([
  ['eu-central-1', 'aws'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['cn-north-1', 'aws-cn'],
])('in %s the accounts of %s count, and no others', async (region, partition) => {
  const host = `sts.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
  const caller = sts.assume(arn.replace('aws', partition));
  const isOurs = partition === 'aws';
  expect((await ask('orders', tokenFor('orders', { region, host }, caller))).status).toBe(isOurs ? 200 : 401);
  expect(sts.asked).toHaveLength(isOurs ? 1 : 0);
});

test('a token counts until its end', async () => {
  const token = tokenFor('orders');
  at += 299_000;
  expect((await ask('orders', token)).status).toBe(200);
  at += 1_000;
  expect(reasonOf(await ask('orders', token))).toEqual([401, 'token_expired']);
  expect(sts.asked).toHaveLength(1);
});

test('while STS is away nobody new is let in, and those who are known go on', async () => {
  const known = tokenFor('orders');
  await ask('orders', known);
  sts.answer = (res) => void res.writeHead(503).end();
  const line = stack.nextLine(({ msg }) => msg === 'STS cannot be asked about a role of AWS');
  const fresh = tokenFor('orders', { at: at - 1_000 });
  const answer = await ask('orders', fresh);
  expect(reasonOf(answer)).toEqual([503, 'token_unverified']);
  expect(await line).toMatchObject({ host: 'sts.eu-central-1.amazonaws.com' });
  expect((await ask('orders', known)).status).toBe(200);
  sts.answer = undefined;
  expect((await ask('orders', fresh)).status).toBe(200);
});

test('an account that a reload takes away counts no more, though STS knows its caller', async () => {
  const token = tokenFor('orders');
  expect((await ask('orders', token)).status).toBe(200);
  const before = stack.table.current();
  const text = written.replaceAll('{{app}}', `127.0.0.1:${stack.app.port}`);
  const { table } = loadUpstreams({
    ...stack.proxySettings.upstream,
    file: 'test.yml',
    text: text.replace('role/teams/app2', 'role/app4'),
  });
  if (table === undefined) throw new Error('the file is not good');
  stack.table.replace(table);
  const line = stack.nextLine(({ msg, route }) => msg === 'request' && route === 'orders');
  expect(reasonOf(await ask('orders', token))).toEqual([401, 'token_invalid']);
  expect(await line).toMatchObject({ detail: expect.stringContaining(arn) });
  stack.table.replace(before);
  expect((await ask('orders', token)).status).toBe(200);
});

test('where no token is asked for it counts for nothing, and stays here all the same', async () => {
  const token = tokenFor('legacy');
  expect((await ask('legacy', token)).status).toBe(401);
  expect((await ask('legacy', token, '/open')).status).toBe(200);
  const [reached = { rawHeaders: [] }] = stack.app.received;
  expect(valuesOf(reached, 'authorization')).toEqual([]);
  expect(sts.asked).toEqual([]);
});

test('what was asked is counted, and nothing of a token is shown', async () => {
  const token = tokenFor('orders');
  await ask('orders', token);
  const text = await registries.proxy.metrics();
  expect(text).toMatch(/latchkey_sts_questions_total\{outcome="proved"\} \d/);
  expect(text).toContain('latchkey_service_account_last_use_seconds{account="app2"}');
  const secrets = [app2.token, encodeURIComponent(app2.token), token.slice(12, 60)];
  for (const secret of secrets) expect(text + stack.logText()).not.toContain(secret);
});
