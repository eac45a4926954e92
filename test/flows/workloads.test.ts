// A CI job or a workload of a cluster has a token of its own issuer, and is a service account by what that token says.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Browser } from '@latchkey/testing/browser';
import { loadUpstreams } from '@latchkey/upstreams';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startIssuer } from '../fixtures/issuer.ts';
import type { TokenIssuer } from '../fixtures/issuer.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';

let later = 0;
const now = () => Date.now() + later;
let issuer: TokenIssuer;
let stack: Stack;
const browser = new Browser();
const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-test-'));
const auditFile = path.join(folder, 'audit.jsonl');

const upstreams = (claims: string) => `
issuers:
  - {issuer: '${issuer.issuer}', audiences: [api]}
service_accounts:
  - {name: ci, issuer: '${issuer.issuer}', claims: ${claims}, scopes: [deploy, read]}
services:
  - service: builds
    default: {from: builds.latchkey.localhost, to: '{{app}}', options: {bearer: true, allowed_clients: [ci], pass_bearer_token: true}}
  - service: others
    default: {from: others.latchkey.localhost, to: '{{app}}', options: {bearer: true, allowed_clients: [ci]}}
  - service: other
    default: {from: other.latchkey.localhost, to: '{{app}}', options: {bearer: true, allowed_subjects: [nightly]}}
  - service: hello
    default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
`;
const onMain = '{repository: corp/app, ref: refs/heads/main}';

function replaceFile(text: string): void {
  const { table, diagnostics } = loadUpstreams({
    ...stack.proxySettings.upstream,
    file: 'test.yml',
    text: text.replaceAll('{{app}}', `127.0.0.1:${stack.app.port}`),
  });
  if (table === undefined) throw new Error(JSON.stringify(diagnostics));
  stack.table.replace(table);
}

beforeAll(async () => {
  issuer = await startIssuer({ now });
  const proxyEnv = { AUDIT_LOG: `file:${auditFile}` };
  stack = await startStack({ upstreams: upstreams(onMain), now, proxyEnv });
});
beforeEach(() => {
  later = 0;
  stack.app.received.length = 0;
  replaceFile(upstreams(onMain));
});
afterAll(async () => {
  issuer.close();
  await browser.close();
  rmSync(folder, { recursive: true });
});

const job = { repository: 'corp/app', ref: 'refs/heads/main', sub: 'repo:corp/app' };
const call = async (token: string, host = 'builds') => {
  const answer = await browser.fetch(stack.url(host), { headers: { authorization: `Bearer ${token}` } });
  return answer.status;
};

describe('a token of an issuer that says what an account wants', () => {
  test('is that account, with its scopes and no others', async () => {
    const line = stack.nextLine(({ msg }) => msg === 'request');
    expect(await call(await issuer.sign({ ...job, scope: 'admin' }))).toBe(200);
    expect(await line).toMatchObject({ user: 'ci', reason: 'allowed_client' });
    const [reached = { rawHeaders: [] }] = stack.app.received;
    expect(valuesOf(reached, 'x-jwt-subject')).toEqual(['ci']);
    expect(valuesOf(reached, 'x-jwt-scope-deploy')).toEqual(['true']);
    expect(valuesOf(reached, 'x-jwt-scope-admin')).toEqual([]);
  });

  test('is no longer whom its issuer calls it', async () => {
    expect(await call(await issuer.sign({ ...job, sub: 'nightly' }), 'other')).toBe(403);
    expect(await call(await issuer.sign({ sub: 'nightly' }), 'other')).toBe(200);
  });

  test.each([
    ['of another branch', { ref: 'refs/heads/x' }],
    ['of another repository', { repository: 'corp/app2' }],
    ['that does not say', { ref: undefined }],
    ['that calls itself so', { ref: undefined, client_id: 'ci', sub: 'ci', scope: 'deploy' }],
  ])('and one %s is not', async (_, claims) => {
    expect(await call(await issuer.sign({ ...job, ...claims }))).toBe(403);
  });

  test('counts for nothing as soon as the file wants something else', async () => {
    const token = await issuer.sign(job);
    expect(await call(token)).toBe(200);
    replaceFile(upstreams('{repository: corp/app, ref: refs/heads/release}'));
    expect(await call(token)).toBe(403);
  });
});

describe('a token that was exchanged for one of an issuer', () => {
  const exchangeGrant = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  };
  type Given = { readonly access_token: string; readonly [member: string]: unknown };
  async function ask(form: Record<string, string>, host = 'builds') {
    const { status, body, headers } = await browser.fetch(stack.url(host, '/oauth2/token'), { form });
    return { status, headers, body: JSON.parse(body) as Given };
  }
  async function exchanged(claims: object = job, form: Record<string, string> = {}): Promise<string> {
    const subject_token = await issuer.sign({ ...claims });
    return (await ask({ ...exchangeGrant, subject_token, ...form })).body.access_token;
  }

  test('is the account, on this application alone, and stays here', async () => {
    const subject_token = await issuer.sign(job);
    const resource = stack.url('builds', '/v1');
    const { status, headers, body } = await ask({ ...exchangeGrant, subject_token, resource });
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    expect(body).toEqual({
      access_token: expect.stringMatching(/^lk-w1\.eyJ/),
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: 3_600,
      scope: 'deploy read',
    });
    expect(await call(body.access_token)).toBe(200);
    expect(await call(body.access_token, 'others')).toBe(401);
    const [reached = { rawHeaders: [] }, ...more] = stack.app.received;
    expect(valuesOf(reached, 'x-jwt-subject')).toEqual(['ci']);
    expect(valuesOf(reached, 'authorization')).toEqual([]);
    expect(more).toEqual([]);
    expect(stack.logText()).not.toContain(body.access_token);
  });

  test('outlives the one of the issuer, for an hour', async () => {
    const token = await exchanged({ ...job, exp: Math.floor(now() / 1000) + 60 });
    later = 3_590_000;
    expect(await call(token)).toBe(200);
    later = 3_601_000;
    expect(await call(token)).toBe(401);
  });

  test('ends as soon as the file wants something else, or has the account no more', async () => {
    const token = await exchanged();
    replaceFile(upstreams('{repository: corp/app, ref: refs/heads/release}'));
    expect(await call(token)).toBe(401);
    replaceFile(upstreams(onMain));
    expect(await call(token)).toBe(200);
    replaceFile(upstreams(onMain).replaceAll(/\bci\b/g, 'cd'));
    expect(await call(token)).toBe(401);
  });

  test('has no more scopes than were asked for, and than the account has by now', async () => {
    const token = await exchanged(job, { scope: 'deploy' });
    expect(await call(token)).toBe(200);
    const [reached = { rawHeaders: [] }] = stack.app.received;
    expect(valuesOf(reached, 'x-jwt-scope-deploy')).toEqual(['true']);
    expect(valuesOf(reached, 'x-jwt-scope-read')).toEqual([]);
  });

  test('that somebody has changed, or signed anew, is none', async () => {
    const [header = '', payload = '', signature = ''] = (await exchanged()).slice('lk-w1.'.length).split('.');
    const [none, changed] = [
      { alg: 'none', typ: 'latchkey-workload+jwt' },
      { ...Object(JSON.parse(Buffer.from(payload, 'base64url').toString())), exp: 9_999_999_999 },
    ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    for (const forged of [
      `${header}.${changed}.${signature}`,
      `${none}.${payload}.`,
      `${none}.${payload}.${signature}`,
      `${header}.${payload}.${'A'.repeat(43)}`,
      `${header}.${payload}`,
      await issuer.sign(job),
    ]) {
      expect(await call(`lk-w1.${forged}`)).toBe(401);
    }
    expect(await call(`${header}.${payload}.${signature}`)).toBe(401);
  });

  test('may be asked for by RFC 7523, too', async () => {
    const assertion = await issuer.sign(job);
    const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    const { status, body } = await ask({ grant_type, assertion });
    expect([status, body['issued_token_type']]).toEqual([200, undefined]);
    expect(await call(body.access_token)).toBe(200);
  });

  test('is exchanged for no other', async () => {
    const subject_token = await exchanged();
    expect((await ask({ ...exchangeGrant, subject_token })).body['error']).toBe('invalid_grant');
  });

  test.each<[string, Record<string, string>, object, string]>([
    ['by another grant', { grant_type: 'password' }, job, 'unsupported_grant_type'],
    ['for another application', { resource: 'https://other.example.com' }, job, 'invalid_target'],
    ['for an audience that is none', { audience: 'api' }, job, 'invalid_target'],
    ['for more scopes', { scope: 'deploy admin' }, job, 'invalid_scope'],
    [
      'as another type',
      { subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' },
      job,
      'invalid_request',
    ],
    [
      'to get another type',
      { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
      job,
      'invalid_request',
    ],
    ['for somebody else', { actor_token: 'x' }, job, 'invalid_request'],
    ['that is none', { subject_token: 'x' }, job, 'invalid_grant'],
    ['that is of another branch', {}, { ...job, ref: 'refs/heads/x' }, 'invalid_grant'],
    ['that is over', {}, { ...job, exp: 1_000_000_000 }, 'invalid_grant'],
    ['that is for somebody else', {}, { ...job, aud: 'elsewhere' }, 'invalid_grant'],
  ])('is refused %s', async (_, form, claims, error) => {
    const subject_token = await issuer.sign({ ...claims });
    const { status, body } = await ask({ ...exchangeGrant, subject_token, ...form });
    expect([status, body['error']]).toEqual([400, error]);
  });

  test('is refused where a parameter is there twice, or the body is no form', async () => {
    const url = stack.url('builds', '/oauth2/token');
    const form: [string, string][] = [
      ['grant_type', 'a'],
      ['grant_type', 'b'],
    ];
    expect((await browser.fetch(url, { form })).status).toBe(400);
    const headers = { 'content-type': 'application/json' };
    expect((await browser.fetch(url, { method: 'POST', body: '{}', headers })).status).toBe(400);
    const body = `grant_type=${'x'.repeat(20_000)}`;
    const asForm = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await browser.fetch(url, { method: 'POST', body, headers: asForm })).status).toBe(413);
    expect((await browser.fetch(url)).status).toBe(405);
  });

  test('has an address in the metadata of the application, and elsewhere that address is the application’s', async () => {
    const metadata = (host: string) =>
      browser.fetch(stack.url(host, '/.well-known/oauth-protected-resource'));
    const endpoint = stack.url('builds', '/oauth2/token');
    expect(JSON.parse((await metadata('builds')).body)).toMatchObject({ token_exchange_endpoint: endpoint });
    expect((await metadata('other')).body).not.toContain('token_exchange');
    const subject_token = await issuer.sign({ sub: 'nightly' });
    const headers = { authorization: `Bearer ${subject_token}` };
    const answer = await browser.fetch(stack.url('other', '/oauth2/token'), { form: { a: 'b' }, headers });
    expect(answer.status).toBe(200);
    expect(stack.app.received.map(({ target }) => target)).toEqual(['/oauth2/token']);
  });

  test('leaves a line in the audit log, as its refusal does', async () => {
    await exchanged();
    await exchanged({ ...job, ref: 'refs/heads/x' });
    const written = await auditedUntil(['done', 'refused']);
    expect(written).toMatchObject([
      { outcome: 'done', grant: 'token_exchange', scopes: ['deploy', 'read'], principal: { machine: 'ci' } },
      {
        outcome: 'refused',
        reason: 'invalid_grant',
        principal: { machine: `${issuer.issuer}#repo:corp/app` },
      },
    ]);
  });
});

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

type AuditLine = { readonly event: string; readonly outcome?: string };
