// Programs with tokens of issuers that the upstream file names: who passes, what the application receives, and what a caller that
// does not pass gets (RFC 6750).
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createMetrics } from '@latchkey/telemetry';
import { sendRaw } from '../fixtures/raw-request.ts';
import type { RawAnswer } from '../fixtures/raw-request.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { startIssuer } from '../fixtures/issuer.ts';
import type { TokenIssuer } from '../fixtures/issuer.ts';
import { signedIn } from '../fixtures/sign-in.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';

let machines: TokenIssuer;
let people: TokenIssuer;
let stack: Stack;
const registries = { proxy: createMetrics(), auth: createMetrics() };

beforeAll(async () => {
  [machines, people] = await Promise.all([startIssuer(), startIssuer()]);
  stack = await startStack({
    registries,
    upstreams: `
issuers:
  - {issuer: '${machines.issuer}', audiences: [api, other], groups_claim: groups}
  - {issuer: '${people.issuer}', audiences: [api], callers: people, email_domains: [example.com]}
services:
  - service: hello
    default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
  - service: orders
    default:
      from: orders.latchkey.localhost
      to: '{{app}}'
      options:
        bearer: true
        required_scopes: [read]
        allowed_scopes: [write]
        allowed_subjects: ['${machines.issuer}#nightly']
        allowed_email_domains: [example.com]
        allowed_groups: [builders]
        skip_auth_regex: ['^/public/']
        inject_request_headers: {X-Environment: test}
  - service: keeps
    default: {from: keeps.latchkey.localhost, to: '{{app}}', options: {bearer: true, pass_bearer_token: true, allowed_scopes: [read]}}
`,
  });
});
afterEach(() => {
  stack.app.received.length = 0;
});
afterAll(() => {
  machines.close();
  people.close();
});

function ask(host: string, target: string, ...headers: string[]): Promise<RawAnswer> {
  const lines = [`Host: ${host}.latchkey.localhost:${stack.ports.proxy}`, 'Connection: close', ...headers];
  return sendRaw(stack.ports.proxy, `GET ${target} HTTP/1.1\n${lines.join('\n')}\n\n`);
}

const bearer = (token: string) => `Authorization: Bearer ${token}`;
const received = (name: string) => valuesOf(stack.app.received[0] ?? { rawHeaders: [] }, name);

// Without where to get a token, which each of them says on a route that takes some.
function challengeOf({ head }: RawAnswer): string[] {
  const metadata = `, resource_metadata="${stack.url('orders', '/.well-known/oauth-protected-resource')}"`;
  return [...head.matchAll(/^www-authenticate: (.*?)\r?$/gim)].map(([, value = '']) => {
    expect(value.endsWith(metadata)).toBe(value.startsWith('Bearer'));
    return value.replace(metadata, '');
  });
}

describe('a machine', () => {
  test('passes by its subject, and the application receives who it is and what it may do', async () => {
    const line = stack.nextLine(({ msg, reason }) => msg === 'request' && reason === 'allowed_subject');
    const token = await machines.sign({ scope: 'read orders/all' });
    const spoofed = [
      'X-Jwt-Subject: root',
      'x_jwt_issuer: https://evil.test',
      'X_JWT_SCOPE_ADMIN: true',
      'x-jwt-scope-admin: true',
      'X-Forwarded-Email: a@example.com',
    ];
    expect(await ask('orders', '/', bearer(token), ...spoofed)).toMatchObject({ status: 200 });

    const names = stack.app.received[0]?.rawHeaders.filter((name) =>
      /jwt|forwarded-(?:email|user|groups)|authorization/i.test(name),
    );
    expect(names).toEqual(['X-Jwt-Subject', 'X-Jwt-Issuer', 'X-Jwt-Scope-read']);
    expect(received('X-Jwt-Subject')).toEqual(['nightly']);
    expect(received('X-Jwt-Issuer')).toEqual([machines.issuer]);
    expect(received('X-Jwt-Scope-Read')).toEqual(['true']);
    expect(received('X-Environment')).toEqual(['test']);
    expect(await line).toMatchObject({ user: `${machines.issuer}#nightly`, route: 'orders' });
    expect(await registries.proxy.metrics()).toMatch(/latchkey_scopes_left_out_total 1\n/);
  });

  test.each([
    ['a scope', { sub: 'other', scope: 'read write' }],
    ['a list of scopes', { sub: 'other', scp: ['read', 'write'] }],
    ['a group', { sub: 'other', scope: 'read', groups: ['builders'] }],
    ['one of several audiences', { scope: 'read', aud: ['elsewhere', 'other'] }],
  ])('passes by %s', async (_, claims) => {
    expect(await ask('orders', '/', bearer(await machines.sign(claims)))).toMatchObject({ status: 200 });
  });

  test('is asked for the scope that it lacks, with an audit line', async () => {
    const line = stack.nextLine(({ audit }) => audit === 'denied');
    const answer = await ask('orders', '/', bearer(await machines.sign({ scope: 'write' })));

    expect(answer.status).toBe(403);
    expect(challengeOf(answer)).toEqual([
      'Bearer realm="Latchkey", error="insufficient_scope", scope="read"',
    ]);
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'insufficient_scope', reason: 'scope_missing' });
    expect(await line).toMatchObject({ user: `${machines.issuer}#nightly`, rule: 'required_scopes: read' });
    expect(stack.app.received).toEqual([]);
  });

  test('that nothing lets in gets the scopes that would', async () => {
    const answer = await ask('orders', '/', bearer(await machines.sign({ sub: 'other', scope: 'read' })));

    expect(challengeOf(answer)).toEqual([
      'Bearer realm="Latchkey", error="insufficient_scope", scope="read write"',
    ]);
  });

  test('is nobody on a route that takes no tokens, where the application gets its header', async () => {
    const token = await machines.sign({ scope: 'read write' });
    expect(JSON.parse((await ask('hello', '/', bearer(token))).body)).toMatchObject({
      error: 'not_signed_in',
    });

    const engineer = await signedIn(stack);
    stack.app.received.length = 0;
    await engineer.fetch(stack.url('hello'), { headers: { authorization: bearer(token).slice(15) } });
    expect(received('Authorization')).toEqual([bearer(token).slice(15)]);
    await engineer.close();
  });
});

describe('a person, by a token', () => {
  const ann = { email: 'Ann@example.com', email_verified: true, scope: 'read' };

  test('passes as in a browser, and the application receives who they are and what the token says', async () => {
    const token = await people.sign({ ...ann, sub: 'a1' });
    expect(await ask('orders', '/', bearer(token))).toMatchObject({ status: 200 });

    expect(received('X-Forwarded-Email')).toEqual(['ann@example.com']);
    expect(received('X-Forwarded-User')).toEqual(['ann']);
    expect(received('X-Jwt-Subject')).toEqual(['a1']);
    expect(received('X-Jwt-Scope-read')).toEqual(['true']);
    expect(received('X-Latchkey-Jwt-Assertion')).toEqual([]);
  });

  test('may do no more than the scopes of the token, other than in a browser', async () => {
    const answer = await ask('orders', '/', bearer(await people.sign({ ...ann, scope: '' })));
    expect(JSON.parse(answer.body)).toMatchObject({ reason: 'scope_missing' });

    const engineer = await signedIn(stack);
    expect((await engineer.fetch(stack.url('orders'))).status).toBe(200);
    await engineer.close();
  });

  test.each([
    ['no address', { email: undefined }],
    ['an address that nobody verified', { email_verified: false }],
    ['a promise that is a text', { email_verified: 'true' }],
    ['an address of another domain', { email: 'ann@evil.example' }],
    ['two addresses in one', { email: 'ann@evil.example@example.com' }],
    ['no subject', { sub: '' }],
  ])('is nobody with %s', async (_, claims) => {
    const answer = await ask('orders', '/', bearer(await people.sign({ ...ann, ...claims })));
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'invalid_token', reason: 'token_invalid' });
  });
});

describe('who shows no token that counts', () => {
  test('is asked for one, without a word of error where none came', async () => {
    const answer = await ask('orders', '/');
    expect(answer.status).toBe(401);
    expect(challengeOf(answer)).toEqual(['Bearer realm="Latchkey"']);
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'not_signed_in', reason: 'no_session' });
    expect(challengeOf(await ask('hello', '/'))).toEqual(['Cookie realm="Latchkey"']);
  });

  test('is led to the sign-in where a person goes there in a browser', async () => {
    expect(await ask('orders', '/', 'Accept: text/html', 'Sec-Fetch-Mode: navigate')).toMatchObject({
      status: 302,
    });
  });

  test('gets `invalid_token` when a token is over, also where a session came with it', async () => {
    const token = await machines.sign({ exp: Math.floor(Date.now() / 1000) - 60 });
    const answer = await ask('orders', '/', bearer(token), 'Accept: text/html');
    expect(answer.status).toBe(401);
    expect(challengeOf(answer)).toEqual(['Bearer realm="Latchkey", error="invalid_token"']);

    const engineer = await signedIn(stack);
    const headers = { authorization: `bearer ${token}` };
    expect((await engineer.fetch(stack.url('orders'), { headers })).status).toBe(401);
    await engineer.close();
  });

  test('is a line in the log that says what is wrong, and not the token', async () => {
    const line = stack.nextLine(({ detail }) => detail === 'it is for somebody else (aud)');
    const token = await machines.sign({ aud: 'elsewhere' });
    await ask('orders', '/', bearer(token));
    expect(await line).toMatchObject({ route: 'orders', reason: 'token_invalid', error: 'invalid_token' });
    expect(stack.logText()).not.toContain(token.slice(-20));
  });
});

describe('a token on a route that takes tokens', () => {
  test('does not reach the application, on a public path neither', async () => {
    const token = await machines.sign({ scope: 'read' });
    await ask('orders', '/public/x', bearer(token), 'X-Jwt-Scope-read: true', 'x-jwt-subject: root');
    expect(received('Authorization')).toEqual([]);
    expect(received('X-Jwt-Scope-read')).toEqual([]);
    expect(received('X-Jwt-Subject')).toEqual([]);
  });

  test('reaches it where the file says so', async () => {
    const token = await machines.sign({ scope: 'read' });
    await ask('keeps', '/', bearer(token));
    expect(received('Authorization')).toEqual([`Bearer ${token}`]);
  });

  test('is taken from the header alone', async () => {
    const token = await machines.sign({ scope: 'read' });
    expect(await ask('orders', `/?access_token=${token}`)).toMatchObject({ status: 401 });
  });

  test('counts until its entry is removed from the file', async () => {
    const token = await machines.sign({ scope: 'read' });
    const table = stack.table.current();
    expect(await ask('keeps', '/', bearer(token))).toMatchObject({ status: 200 });
    stack.table.replace({ ...table, root: { ...table.root, issuers: [] } });
    expect(await ask('keeps', '/', bearer(token))).toMatchObject({ status: 401 });
    stack.table.replace(table);
    expect(await ask('keeps', '/', bearer(token))).toMatchObject({ status: 200 });
  });
});
