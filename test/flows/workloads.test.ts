// A CI job or a workload of a cluster has a token of its own issuer, and is a service account by what that token says.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { loadUpstreams } from '@latchkey/upstreams';
import { startIssuer } from '../fixtures/issuer.ts';
import type { TokenIssuer } from '../fixtures/issuer.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';
import { Browser } from '@latchkey/testing/browser';

let later = 0;
const now = () => Date.now() + later;
let issuer: TokenIssuer;
let stack: Stack;
const browser = new Browser();

const upstreams = (claims: string) => `
issuers:
  - {issuer: '${issuer.issuer}', audiences: [api]}
service_accounts:
  - {name: ci, issuer: '${issuer.issuer}', claims: ${claims}, scopes: [deploy, read]}
services:
  - service: builds
    default: {from: builds.latchkey.localhost, to: '{{app}}', options: {bearer: true, allowed_clients: [ci], pass_bearer_token: true}}
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
  stack = await startStack({ upstreams: upstreams(onMain), now });
});
beforeEach(() => {
  later = 0;
  stack.app.received.length = 0;
  replaceFile(upstreams(onMain));
});
afterAll(async () => {
  issuer.close();
  await browser.close();
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
