// A program of the operator's own that speaks OAuth: it shows the token of its service account once, as its client secret, and from
// then on one that lasts for an hour and is good for one application.
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { hashOfToken, makeServiceToken } from '@latchkey/access';
import { createMetrics } from '@latchkey/telemetry';
import { loadUpstreams } from '@latchkey/upstreams';
import * as client from 'openid-client';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { valuesOf } from '../fixtures/recorder.ts';
import { useStack } from '../fixtures/use-stack.ts';

const [secret, next, over, short, reader] = [
  'deploy-bot',
  'deploy-bot',
  'deploy-bot',
  'deploy-bot',
  'reader',
].map(makeServiceToken) as [string, string, string, string, string];
const hashed = (token: string, expires = '2999-01-01') =>
  `{hash: '${hashOfToken(token)}', expires: '${expires}'}`;
const start = Date.parse('2030-01-01T00:00:00Z');
let later = 0;
const now = () => start + later;

const file = (options: { scopes?: string; hashes?: string } = {}) => `
service_accounts:
  - name: deploy-bot
    secret_hashes: [${options.hashes ?? [hashed(secret), hashed(next), hashed(over, '2029-12-31'), hashed(short, '2030-01-01T00:10:00Z')].join(', ')}]
    scopes: ${options.scopes ?? '[deploy, read]'}
  - {name: reader, secret_hashes: [${hashed(reader)}]}
services:
  - service: builds
    default: {from: builds.latchkey.localhost, to: '{{app}}', options: {bearer: true, allowed_clients: [deploy-bot], pass_bearer_token: true}}
  - service: others
    default: {from: others.latchkey.localhost, to: '{{app}}', options: {bearer: true, allowed_clients: [deploy-bot]}}
  - service: closed
    default: {from: closed.latchkey.localhost, to: '{{app}}', options: {bearer: true, allowed_subjects: [nightly]}}
  - service: legacy
    default: {from: legacy.latchkey.localhost, to: '{{app}}', options: {allowed_groups: [nobody], skip_auth_regex: ['^/oauth2/token$']}}
`;

const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-test-'));
const auditFile = path.join(folder, 'audit.jsonl');
afterAll(() => rmSync(folder, { recursive: true }));
const registries = { proxy: createMetrics(), auth: createMetrics() };
const the = useStack({ upstreams: file(), now, registries, proxyEnv: { AUDIT_LOG: `file:${auditFile}` } });

function replaceFile(text: string): void {
  const { stack } = the;
  const { table, diagnostics } = loadUpstreams({
    ...stack.proxySettings.upstream,
    file: 'test.yml',
    text: text.replaceAll('{{app}}', `127.0.0.1:${stack.app.port}`),
  });
  if (table === undefined) throw new Error(JSON.stringify(diagnostics));
  stack.table.replace(table);
}

beforeEach(() => {
  later = 0;
  replaceFile(file());
});

type Form = Record<string, string>;
type Answer = { readonly access_token: string; readonly [member: string]: unknown };

const basic = (id: string, password: string) => ({ authorization: `Basic ${btoa(`${id}:${password}`)}` });
async function ask(form: Form, headers: Record<string, string> = {}, host = 'builds') {
  const all = { grant_type: 'client_credentials', ...form };
  const answer = await the.browser().fetch(the.stack.url(host, '/oauth2/token'), { form: all, headers });
  return { ...answer, body: JSON.parse(answer.body) as Answer };
}
async function call(token: string, host = 'builds'): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await the.browser().fetch(the.stack.url(host), { headers })).status;
}
const given = async (password = secret, form: Form = {}) =>
  (await ask(form, basic('deploy-bot', password))).body.access_token;

describe('a program gets a token for the secret of its service account', () => {
  test.each([
    ['in the header', {}, basic('deploy-bot', secret)],
    [
      'in the header, encoded',
      {},
      basic('deploy%2Dbot', secret.replaceAll('_', '%5F').replaceAll('-', '%2D')),
    ],
    ['in the header, named in the form, too', { client_id: 'deploy-bot' }, basic('deploy-bot', secret)],
    ['in the form', { client_id: 'deploy-bot', client_secret: secret }, {}],
    ['of the one that will take its place', { client_id: 'deploy-bot', client_secret: next }, {}],
  ])('%s', async (_, form, headers) => {
    const { status, headers: answered, body } = await ask(form, headers);
    expect([status, answered['cache-control']]).toEqual([200, 'no-store']);
    expect(body).toEqual({
      access_token: expect.stringMatching(/^lk-w1\.eyJ/),
      token_type: 'Bearer',
      expires_in: 3_600,
      scope: 'deploy read',
    });
    expect(await call(body.access_token)).toBe(200);
    const [reached = { rawHeaders: [] }, ...more] = the.stack.app.received;
    expect(valuesOf(reached, 'x-jwt-subject')).toEqual(['deploy-bot']);
    expect(valuesOf(reached, 'authorization')).toEqual([]);
    expect(more).toEqual([]);
    expect(the.stack.logText()).not.toContain(body.access_token);
    expect(the.stack.logText()).not.toContain(secret.slice(-49));
  });

  test.each([
    ['ClientSecretBasic', client.ClientSecretBasic],
    ['ClientSecretPost', client.ClientSecretPost],
  ])('with an OAuth client of others: %s', async (_, authentication) => {
    const { stack } = the;
    const browser = the.browser();
    const server = { issuer: stack.url('builds'), token_endpoint: stack.url('builds', '/oauth2/token') };
    const config = new client.Configuration(server, 'deploy-bot', undefined, authentication(secret));
    client.allowInsecureRequests(config);
    config[client.customFetch] = async (url, { method, headers, body }) => {
      if (!(body instanceof URLSearchParams)) throw new Error('it sends a form');
      const answer = await browser.fetch(url, { method, headers, body: body.toString() });
      return new Response(answer.body, {
        status: answer.status,
        headers: { 'content-type': 'application/json' },
      });
    };
    const tokens = await client.clientCredentialsGrant(config, {
      scope: 'read',
      resource: stack.url('builds'),
    });
    expect([tokens.expires_in, tokens.scope]).toEqual([3_600, 'read']);
    expect(await call(tokens.access_token)).toBe(200);
    const [reached = { rawHeaders: [] }] = stack.app.received;
    expect(valuesOf(reached, 'x-jwt-scope-read')).toEqual(['true']);
    expect(valuesOf(reached, 'x-jwt-scope-deploy')).toEqual([]);
  });

  test('that is good for an hour, at this application alone, and buys no other', async () => {
    const token = await given();
    expect(await call(token, 'others')).toBe(401);
    expect((await ask({ client_id: 'deploy-bot', client_secret: token })).body['error']).toBe(
      'invalid_client',
    );
    later = 3_590_000;
    expect(await call(token)).toBe(200);
    later = 3_601_000;
    expect(await call(token)).toBe(401);
  });

  test('that does not outlive the secret', async () => {
    const { body } = await ask({}, basic('deploy-bot', short));
    expect(body['expires_in']).toBe(600);
    later = 601_000;
    expect(await call(body.access_token)).toBe(401);
  });
});

describe('the token of a program ends', () => {
  test('when the hash of the secret that was shown is taken out of the file, and not with another one', async () => {
    const [token, ofNext] = [await given(), await given(next)];
    replaceFile(file({ hashes: hashed(next) }));
    expect([await call(token), await call(ofNext)]).toEqual([401, 200]);
  });

  test('when the secret is over earlier by now', async () => {
    const token = await given();
    replaceFile(file({ hashes: hashed(secret, '2030-01-01T00:05:00Z') }));
    expect(await call(token)).toBe(200);
    later = 300_000;
    expect(await call(token)).toBe(401);
  });

  test('when the account goes, or is another program of the same name', async () => {
    const token = await given();
    replaceFile(file().replaceAll('deploy-bot', 'other-bot'));
    expect(await call(token)).toBe(401);
    replaceFile(file({ hashes: hashed(makeServiceToken('deploy-bot')) }));
    expect(await call(token)).toBe(401);
  });

  test('and it has no scope any more that the account has lost', async () => {
    const token = await given();
    replaceFile(file({ scopes: '[read]' }));
    expect(await call(token)).toBe(200);
    const [reached = { rawHeaders: [] }] = the.stack.app.received;
    expect(valuesOf(reached, 'x-jwt-scope-read')).toEqual(['true']);
    expect(valuesOf(reached, 'x-jwt-scope-deploy')).toEqual([]);
  });
});

describe('a program is refused', () => {
  const good = basic('deploy-bot', secret);

  test.each<[string, Form, Record<string, string>, string]>([
    ['without credentials', {}, {}, 'Bearer'],
    ['without a secret', { client_id: 'deploy-bot' }, {}, 'Bearer'],
    ['with an empty one', { client_id: 'deploy-bot', client_secret: '' }, {}, 'Bearer'],
    ['with another secret', {}, basic('deploy-bot', makeServiceToken('deploy-bot')), 'Basic'],
    [
      'with another secret in the form',
      { client_id: 'deploy-bot', client_secret: makeServiceToken('deploy-bot') },
      {},
      'Bearer',
    ],
    ['with the hash of the secret', {}, basic('deploy-bot', hashOfToken(secret)), 'Basic'],
    ['with a torn secret', {}, basic('deploy-bot', secret.slice(0, -1)), 'Basic'],
    ['as an account that is not there', {}, basic('nobody', makeServiceToken('nobody')), 'Basic'],
    ['as another account than that of the secret', {}, basic('reader', secret), 'Basic'],
    ['with a secret that is over', {}, basic('deploy-bot', over), 'Basic'],
    ['with an encoding that is none', {}, basic('deploy-bot', `%zz${secret}`), 'Basic'],
    ['with credentials that are not Base64', {}, { authorization: 'Basic deploy-bot:x' }, 'Basic'],
    ['without a colon', {}, { authorization: `Basic ${btoa(secret)}` }, 'Basic'],
    ['as two accounts', { client_id: 'reader' }, good, 'Basic'],
    ['by the secret as a bearer token', {}, { authorization: `Bearer ${secret}` }, 'Bearer'],
  ])('%s', async (_, form, headers, scheme) => {
    const { status, headers: answered, body } = await ask(form, headers);
    expect([status, body['error']]).toEqual([401, 'invalid_client']);
    expect(answered['www-authenticate']).toMatch(new RegExp(`^${scheme} realm="Latchkey"`));
    expect(the.stack.logText()).not.toContain(secret.slice(-49));
  });

  test.each<[string, Form, Record<string, string>, string]>([
    [
      'with credentials in the header and in the form',
      { client_id: 'deploy-bot', client_secret: secret },
      good,
      'invalid_request',
    ],
    [
      'with another header and credentials in the form',
      { client_id: 'deploy-bot', client_secret: secret },
      { authorization: 'Bearer x' },
      'invalid_request',
    ],
    ['that wants more scopes', { scope: 'deploy admin' }, good, 'invalid_scope'],
    ['for another application', { resource: 'https://other.example.com' }, good, 'invalid_target'],
    ['where no rule lets the account in', {}, basic('reader', reader), 'invalid_target'],
    ['by a grant that is for people', { grant_type: 'password' }, good, 'unsupported_grant_type'],
    [
      'by the grant in another spelling',
      { grant_type: 'Client_Credentials' },
      good,
      'unsupported_grant_type',
    ],
  ])('%s', async (_, form, headers, error) => {
    const { status, body } = await ask(form, headers);
    expect([status, body['error']]).toEqual([400, error]);
  });

  test('where the credentials are in the address', async () => {
    const target = `/oauth2/token?client_id=deploy-bot&client_secret=${secret}`;
    const form = { grant_type: 'client_credentials' };
    expect((await the.browser().fetch(the.stack.url('builds', target), { form })).status).toBe(401);
  });

  test('and that is counted, and written down', async () => {
    const before = await refusedSoFar();
    const line = the.stack.nextLine(({ msg, error }) => msg === 'request' && error === 'invalid_client');
    await given();
    await ask({}, basic('deploy-bot', makeServiceToken('deploy-bot')));
    expect(await line).toMatchObject({ detail: 'token_invalid: none of the service account deploy-bot' });
    expect(await refusedSoFar()).toBe(before + 1);
    const grant = 'client_credentials';
    expect(await auditedUntil(['done', 'refused'])).toMatchObject([
      { outcome: 'done', grant, scopes: ['deploy', 'read'], principal: { machine: 'deploy-bot' } },
      { outcome: 'refused', grant, reason: 'invalid_client', host: 'builds.latchkey.localhost' },
    ]);
  });
});

test('no application sees the credentials, where the address is its own neither', async () => {
  const sent = { form: { grant_type: 'client_credentials' }, headers: basic('deploy-bot', secret) };
  expect((await the.browser().fetch(the.stack.url('closed', '/oauth2/token'), sent)).status).toBe(401);
  expect((await the.browser().fetch(the.stack.url('legacy', '/oauth2/token'), sent)).status).toBe(200);
  const others = { ...sent, headers: basic('somebody', 'else') };
  expect((await the.browser().fetch(the.stack.url('legacy', '/oauth2/token'), others)).status).toBe(200);
  const seen = the.stack.app.received.map((reached) => valuesOf(reached, 'authorization'));
  expect(seen).toEqual([[], [others.headers.authorization]]);
});

test('an application that lets in an account with a secret says where it gets a token', async () => {
  const metadata = async (host: string) =>
    JSON.parse(
      (await the.browser().fetch(the.stack.url(host, '/.well-known/oauth-protected-resource'))).body,
    ) as object;
  expect(await metadata('builds')).toMatchObject({
    token_exchange_endpoint: the.stack.url('builds', '/oauth2/token'),
  });
  expect(await metadata('closed')).not.toHaveProperty('token_exchange_endpoint');
});

async function refusedSoFar(): Promise<number> {
  const counter = /latchkey_workload_tokens_total\{outcome="invalid_client"\} (\d+)/;
  return Number(counter.exec(await registries.proxy.metrics())?.[1] ?? 0);
}

type AuditLine = { readonly event: string; readonly outcome?: string };

// A line is in the file a moment after the answer.
async function auditedUntil(outcomes: readonly string[]): Promise<AuditLine[]> {
  for (;;) {
    const lines = readFileSync(auditFile, 'utf8').trim().split('\n');
    const events = lines.map((line) => JSON.parse(line) as AuditLine);
    const last = events.filter(({ event }) => event === 'workload_token').slice(-outcomes.length);
    if (last.map(({ outcome }) => outcome).join() === outcomes.join()) return last;
    await sleep(20);
  }
}
