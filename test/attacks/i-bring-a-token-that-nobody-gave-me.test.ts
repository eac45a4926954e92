// "I know what your tokens look like, and I can write one." Each of these would let in a program, or a person, whom no issuer of
// the upstream file vouches for.
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { exportSPKI, importJWK, SignJWT } from 'jose';
import { createHmac } from 'node:crypto';
import { sendRaw } from '../fixtures/raw-request.ts';
import { signingKey, startIssuer } from '../fixtures/issuer.ts';
import type { Claims, TokenIssuer } from '../fixtures/issuer.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';

let ours: TokenIssuer;
let other: TokenIssuer;
let stack: Stack;

beforeAll(async () => {
  [ours, other] = await Promise.all([startIssuer(), startIssuer()]);
  stack = await startStack({
    upstreams: `
issuers:
  - {issuer: '${ours.issuer}', audiences: [api]}
  - {issuer: '${other.issuer}', audiences: [api]}
services:
  - service: orders
    default: {from: orders.latchkey.localhost, to: '{{app}}', options: {bearer: true, allowed_scopes: [admin]}}
`,
  });
});
afterEach(() => {
  stack.app.received.length = 0;
});
afterAll(() => {
  ours.close();
  other.close();
});

async function ask(...headers: string[]): Promise<number> {
  const lines = [`Host: orders.latchkey.localhost:${stack.ports.proxy}`, 'Connection: close', ...headers];
  return (await sendRaw(stack.ports.proxy, `GET / HTTP/1.1\n${lines.join('\n')}\n\n`)).status;
}

const bearer = (token: string) => `Authorization: Bearer ${token}`;
const good = (claims: Claims = {}) => ours.sign({ scope: 'admin', ...claims });
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function unsigned(header: object, claims: Claims = {}): string {
  const exp = Math.floor(Date.now() / 1000) + 600;
  return `${encoded(header)}.${encoded({ iss: ours.issuer, aud: 'api', sub: 'a', scope: 'admin', exp, ...claims })}`;
}

async function withSharedSecret(): Promise<string> {
  const pem = await exportSPKI((await importJWK(ours.key.jwk, 'ES256', { extractable: true })) as CryptoKey);
  const signed = unsigned({ alg: 'HS256', typ: 'at+jwt', kid: 'one' });
  return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`;
}

const inAnHour = Math.floor(Date.now() / 1000) + 3_600;

test('the token that all of these are made from is good', async () => {
  expect(await ask(bearer(await good()))).toBe(200);
});

test.each<[string, () => string | Promise<string>]>([
  ['that says it needs no signature', () => `${unsigned({ alg: 'none', typ: 'at+jwt' })}.`],
  ['whose secret is the public key', withSharedSecret],
  [
    'with another body below a good signature',
    async () => (await good()).replace(/\.[^.]+\./, `.${unsigned({}).split('.')[1]}.`),
  ],
  ['of another issuer that calls itself ours', () => other.sign({ iss: ours.issuer, scope: 'admin' })],
  ['of nobody who is known', async () => ours.sign({ iss: 'https://evil.example', scope: 'admin' })],
  ['of an issuer with a slash too many', async () => good({ iss: `${ours.issuer}/` })],
  ['without an issuer', async () => good({ iss: undefined })],
  ['for somebody else', async () => good({ aud: 'elsewhere' })],
  ['for nobody', async () => good({ aud: undefined })],
  ['for a client that is no audience', async () => good({ aud: undefined, client_id: 'api' })],
  ['that never ends', async () => good({ exp: undefined })],
  ['that does not count yet', async () => good({ nbf: inAnHour })],
  ['that signs out', async () => ours.sign({ scope: 'admin' }, { typ: 'logout+jwt' })],
  ['that is an assertion', async () => ours.sign({ scope: 'admin' }, { typ: 'latchkey+jwt' })],
  ['that tells of events', async () => good({ events: {} })],
  ['of a sign-in in a browser', async () => good({ nonce: 'n' })],
  ['that is an ID token of Cognito', async () => good({ token_use: 'id' })],
  ['that is a refresh token of Keycloak', async () => good({ typ: 'Refresh' })],
  ['without a subject', async () => good({ sub: undefined })],
  ['with a subject that breaks a line', async () => good({ sub: 'a\r\nX-Jwt-Scope-root: true' })],
  ['by a key that is not published', async () => ours.sign({ scope: 'admin' }, {}, await signingKey('one'))],
  [
    'by a key that it brings along',
    async () => {
      const own = await signingKey('mine');
      return new SignJWT({ iss: ours.issuer, aud: 'api', sub: 'a', scope: 'admin', exp: inAnHour })
        .setProtectedHeader({
          alg: 'ES256',
          typ: 'at+jwt',
          jwk: own.jwk,
          jku: other.issuer,
          x5u: other.issuer,
        })
        .sign(own.privateKey);
    },
  ],
  [
    'with an extension that has to be understood',
    async () =>
      new SignJWT({ iss: ours.issuer, aud: 'api', sub: 'a', scope: 'admin', exp: inAnHour })
        .setProtectedHeader({ alg: 'ES256', kid: 'one', crit: ['b64'], b64: true })
        .sign(ours.key.privateKey),
  ],
  ['whose key is called like a file', async () => ours.sign({ scope: 'admin' }, { kid: '../../dev/null' })],
  ['that is no token', () => 'x'],
  ['in three parts of nothing', () => '..'],
  ['with a head that is no object', () => `${encoded([])}.${encoded({ iss: ours.issuer })}.x`],
])('a token %s lets nobody in', async (_, make) => {
  expect(await ask(bearer(await make()))).toBe(401);
  expect(stack.app.received).toEqual([]);
});

test.each([
  ['two headers, whichever is the good one', async () => [bearer(await good()), bearer('x')]],
  ['two headers, one of another scheme', async () => ['Authorization: Basic YTpi', bearer(await good())]],
  ['two tokens in one header', async () => [`${bearer(await good())}, Bearer x`]],
  ['a token below another name', async () => [`Authorization_: Bearer ${await good()}`]],
  ['a token of another scheme', async () => [`Authorization: DPoP ${await good()}`]],
  // https://github.com/honojs/hono 5463db27
  ['a token below the scheme of passwords', async () => [`Authorization: Basic ${await good()}`]],
  ['claims longer than a head may be', async () => [bearer(await good({ pad: 'x'.repeat(9_000) }))]],
])('%s: nobody is let in', async (_, headers) => {
  expect(await ask(...(await headers()))).toBe(401);
  expect(stack.app.received).toEqual([]);
});

test('claims of a hundred kilobytes do not come as far as that', async () => {
  // The connection may be closed before all of them are sent.
  const answer = ask(bearer(await good({ pad: 'x'.repeat(100_000) }))).catch(() => 'closed');
  expect([431, 'closed']).toContain(await answer);
  expect(stack.app.received).toEqual([]);
});

test('scopes without end do not become headers without end', async () => {
  const scope = ['admin', ...Array.from({ length: 600 }, (_, at) => `s${at}`)].join(' ');
  expect(await ask(bearer(await good({ scope })))).toBe(200);
  const names = stack.app.received[0]?.rawHeaders.filter((name) => name.startsWith('X-Jwt-Scope-'));
  expect(names).toHaveLength(100);
});
