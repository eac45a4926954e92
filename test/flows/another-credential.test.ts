// A kind of credential that is no session: one function, and one entry in the list of those that are asked.
import { beforeAll, expect, test } from '@jest/globals';
import type { Authenticator } from '@latchkey/admission';
import { createMetrics } from '@latchkey/telemetry';
import { sendRaw } from '../fixtures/raw-request.ts';
import type { RawAnswer } from '../fixtures/raw-request.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { useStack } from '../fixtures/use-stack.ts';

const byToken: Authenticator<never> = ({ headers }) =>
  headers['x-robot-token'] === 'good'
    ? {
        kind: 'machine',
        principal: { kind: 'machine', name: 'deploy-robot', groups: ['robots'], scopes: [] },
      }
    : undefined;

const registries = { proxy: createMetrics(), auth: createMetrics() };
const the = useStack({
  authenticators: [byToken],
  registries,
  upstreams: `
- service: hello
  default: {from: hello.latchkey.localhost, to: {{app}}, options: {allowed_email_domains: ['*']}}
- service: hooks
  default: {from: hooks.latchkey.localhost, to: {{app}}, options: {allowed_groups: [robots]}}
- service: apps
  default: {type: launcher, from: apps.latchkey.localhost, options: {allowed_groups: [robots]}}
`,
});

const said = ['X-Forwarded-User', 'X-Forwarded-Email', 'X-Forwarded-Groups', 'X-Forwarded-Access-Token'];
let ask: (host: string, target: string, ...headers: string[]) => Promise<RawAnswer>;

beforeAll(() => {
  ask = (host, target, ...headers) => {
    const lines = [`Host: ${host}.latchkey.localhost:${the.stack.ports.proxy}`, ...headers];
    return sendRaw(the.stack.ports.proxy, `GET ${target} HTTP/1.1\n${lines.join('\n')}\n\n`);
  };
});

const token = ['X-Robot-Token: good', 'Connection: close'];
const spoofed = said.map((name) => `${name}: admin`);

test('a machine passes where a rule names it, and the application receives no person', async () => {
  const line = the.stack.nextLine(({ msg, user }) => msg === 'request' && user === 'deploy-robot');
  expect((await ask('hooks', '/', ...token, ...spoofed)).status).toBe(200);

  const [reached] = the.stack.app.received;
  for (const name of said) expect([name, valuesOf(reached ?? { rawHeaders: [] }, name)]).toEqual([name, []]);
  expect(await line).toMatchObject({ route: 'hooks', reason: 'allowed_group' });
});

test('a machine is refused as a person is, with a line that names it, and is nobody who is signed in', async () => {
  const line = the.stack.nextLine(({ audit }) => audit === 'denied');
  const answer = await ask('hello', '/', ...token);

  expect(JSON.parse(answer.body)).toMatchObject({ error: 'access_denied', reason: 'no_rule_matches' });
  expect(await line).toMatchObject({ user: 'deploy-robot', route: 'hello' });
  expect(the.stack.app.received).toEqual([]);
});

test('a machine is not counted as the public, nor as a person who is active', async () => {
  await ask('hooks', '/', ...token);
  const text = await registries.proxy.metrics();

  expect(text).toMatch(/latchkey_request_overhead_seconds_count\{public="false"\} [1-9]/);
  expect(text).not.toMatch(/latchkey_request_overhead_seconds_count\{public="true"\} [1-9]/);
});

test('a machine opens no WebSocket from the page of another host', async () => {
  const upgrade = [
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  const from = 'Origin: https://evil.example';
  const answer = await ask('hooks', '/', 'X-Robot-Token: good', 'Connection: Upgrade', ...upgrade, from);

  expect(JSON.parse(answer.body)).toMatchObject({ error: 'cross_site_request' });
});

test('a machine that authenticates its connection has one to itself', async () => {
  expect((await ask('hooks', '/', ...token, 'Authorization: NTLM TlRMTVNTUAAB')).status).toBe(200);
});

test('a machine has no launcher, and no page about itself', async () => {
  expect((await ask('apps', '/', ...token)).status).toBe(502);
  expect(JSON.parse((await ask('hooks', '/oauth2/me', ...token)).body)).toMatchObject({
    error: 'access_denied',
  });
});

test('a token that is none is as good as no token', async () => {
  const answer = await ask('hooks', '/', 'X-Robot-Token: bad', 'Connection: close');

  expect(JSON.parse(answer.body)).toMatchObject({ error: 'not_signed_in', reason: 'no_session' });
});
