// A program of the operator's own that can only send a header: it shows a token that the upstream file knows by its hash alone.
import { beforeAll, expect, test } from '@jest/globals';
import { hashOfToken, makeServiceToken } from '@latchkey/access';
import { createMetrics } from '@latchkey/telemetry';
import { sendRaw } from '../fixtures/raw-request.ts';
import type { RawAnswer } from '../fixtures/raw-request.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { useStack } from '../fixtures/use-stack.ts';

const [current, next, over, reader] = ['deploy-bot', 'deploy-bot', 'deploy-bot', 'reader'].map(
  makeServiceToken,
);
const hash = (token = '') => `hash: '${hashOfToken(token)}'`;

const registries = { proxy: createMetrics(), auth: createMetrics() };
const the = useStack({
  registries,
  upstreams: `
service_accounts:
  - name: deploy-bot
    secret_hashes:
      - {${hash(current)}}
      - {${hash(next)}, expires: 2999-01-01}
      - {${hash(over)}, expires: 2020-01-01}
    scopes: [deploy]
  - {name: reader, secret_hashes: [{${hash(reader)}}]}
services:
  - service: builds
    default: {from: builds.latchkey.localhost, to: {{app}}, options: {bearer: true, allowed_clients: [deploy-bot], pass_bearer_token: true}}
  - service: releases
    default: {from: releases.latchkey.localhost, to: {{app}}, options: {bearer: true, allowed_clients: [deploy-bot, reader], required_scopes: [deploy]}}
  - service: legacy
    default: {from: legacy.latchkey.localhost, to: {{app}}, options: {allowed_groups: [nobody], skip_auth_regex: ['^/open$']}}
`,
});

let ask: (host: string, authorization: string, target?: string) => Promise<RawAnswer>;
beforeAll(() => {
  ask = (host, authorization, target = '/') => {
    const port = the.stack.ports.proxy;
    const lines = [
      `Host: ${host}.latchkey.localhost:${port}`,
      `Authorization: ${authorization}`,
      'Connection: close',
    ];
    return sendRaw(port, `GET ${target} HTTP/1.1\n${lines.join('\n')}\n\n`);
  };
});

test.each([
  ['the token', `Bearer ${current}`],
  ['the one that will take its place', `bearer ${next}`],
])('a program passes with %s, and the application never sees it', async (_, authorization) => {
  const line = the.stack.nextLine(({ msg, user }) => msg === 'request' && user === 'deploy-bot');
  expect((await ask('builds', authorization)).status).toBe(200);
  const [reached] = the.stack.app.received;
  expect(valuesOf(reached ?? { rawHeaders: [] }, 'authorization')).toEqual([]);
  expect(await line).toMatchObject({ route: 'builds', reason: 'allowed_client' });
});

test.each([
  ['over', `Bearer ${over}`, 'token_expired', 'of the service account deploy-bot'],
  [
    'of an account that is not there',
    `Bearer ${makeServiceToken('deploy-bots')}`,
    'token_invalid',
    'no such service account',
  ],
  [
    'of another secret',
    `Bearer ${makeServiceToken('deploy-bot')}`,
    'token_invalid',
    'none of the service account deploy-bot',
  ],
  ['torn', `Bearer ${current?.slice(0, -1)}`, 'token_invalid', 'its form'],
  ['its hash', `Bearer lk_${hash(current)}`, 'token_invalid', 'its form'],
  [
    'that of another account under this name',
    `Bearer ${reader?.replace('reader', 'deploy-bot')}`,
    'token_invalid',
    'its form',
  ],
])('a token that is %s is refused, and the log says why', async (_, authorization, reason, detail) => {
  const line = the.stack.nextLine(({ msg, route }) => msg === 'request' && route === 'builds');
  const answer = await ask('builds', authorization);
  expect([answer.status, JSON.parse(answer.body)]).toEqual([401, expect.objectContaining({ reason })]);
  expect(await line).toMatchObject({ reason, detail });
  expect(the.stack.app.received).toEqual([]);
});

test('an account that lacks a scope, or that no rule names, is refused by name, and that is written down', async () => {
  const line = the.stack.nextLine(({ audit }) => audit === 'denied');
  expect(JSON.parse((await ask('releases', `Bearer ${reader}`)).body)).toMatchObject({
    reason: 'scope_missing',
  });
  expect(await line).toMatchObject({ user: 'reader', route: 'releases' });
  expect(JSON.parse((await ask('builds', `Bearer ${reader}`)).body)).toMatchObject({
    reason: 'no_rule_matches',
  });
  expect((await ask('releases', `Bearer ${current}`)).status).toBe(200);
});

test('where no token is asked for it counts for nothing, and stays here all the same', async () => {
  expect((await ask('legacy', `Bearer ${current}`)).status).toBe(401);
  expect((await ask('legacy', `Bearer ${current}`, '/open')).status).toBe(200);
  const [reached] = the.stack.app.received;
  expect(valuesOf(reached ?? { rawHeaders: [] }, 'authorization')).toEqual([]);
});

test('when an account was last in use is a metric, and its token is in none, and in no line', async () => {
  await ask('builds', `Bearer ${current}`);
  const text = await registries.proxy.metrics();
  const [, seconds] =
    /latchkey_service_account_last_use_seconds\{account="deploy-bot"\} (\S+)/.exec(text) ?? [];
  expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(60);
  const secrets = [current, next, over, reader].map((token) => token?.split('_')[2]);
  for (const secret of secrets) expect(text + the.stack.logText()).not.toContain(secret);
});
