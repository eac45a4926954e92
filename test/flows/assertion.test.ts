// The signed assertion: what an application can verify about who asks, without trusting the network.
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import type { JSONWebKeySet } from 'jose';
import { WebSocket } from 'ws';
import { valuesOf } from '../fixtures/recorder.ts';
import { useStack } from '../fixtures/use-stack.ts';

const newest = key();
const older = key();

let later = 0;
beforeEach(() => {
  later = 0;
});

const the = useStack({
  now: () => Date.now() + later,
  proxyEnv: { ASSERTION_KEY: newest.privateKey + older.privateKey },
  authEnv: { ASSERTION_KEY: newest.publicKey + older.publicKey },
  upstreams: `
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com], skip_auth_regex: ['^/public/']}}
- service: wiki
  default: {from: wiki.latchkey.localhost, to: '{{app}}', options: {allowed_groups: [engineering@example.com]}}
- service: grafana
  default:
    from: grafana.latchkey.localhost
    to: '{{app}}'
    options:
      allowed_email_domains: [example.com]
      skip_auth_regex: ['^/public/']
      assertion_header: 'Authorization: Bearer'
      assertion_claims: {role: Viewer, login: $email, teams: $groups, price: $$5}
- service: calendar
  default: {from: calendar.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com], pass_access_token: true}}
`,
});

const name = 'X-Latchkey-Jwt-Assertion';

function received(header = name): string[] {
  return valuesOf(the.stack.app.received.at(-1) ?? { rawHeaders: [] }, header);
}

async function keySet(url: string): Promise<JSONWebKeySet> {
  const answer = await the.browser().fetch(url);
  expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'public, max-age=300']);
  return JSON.parse(answer.body) as JSONWebKeySet;
}

async function verified(token: string | undefined, host: string) {
  const keys = createLocalJWKSet(await keySet(the.stack.url(host, '/oauth2/v1/jwks')));
  return jwtVerify(token ?? '', keys, {
    issuer: new URL(the.stack.authUrl()).origin,
    audience: new URL(the.stack.url(host)).origin,
    algorithms: ['ES256'],
    typ: 'latchkey+jwt',
    currentDate: new Date(Date.now() + later),
  });
}

test('says who asks, and is verified with the keys of the host', async () => {
  const browser = await the.signedIn();
  await browser.fetch(the.stack.url('wiki'));
  const { payload, protectedHeader } = await verified(received()[0], 'wiki');

  expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'latchkey+jwt', kid: expect.any(String) });
  expect(Object.keys(payload).toSorted()).toEqual([
    'aud',
    'auth_time',
    'email',
    'email_verified',
    'exp',
    'groups',
    'iat',
    'idp',
    'iss',
    'jti',
    'nbf',
    'sid',
    'sub',
  ]);
  expect(payload).toMatchObject({
    email: 'engineer@example.com',
    email_verified: true,
    groups: ['engineering@example.com'],
    idp: 'google',
    exp: Number(payload.iat) + 300,
  });
});

test('names only groups that the route names', async () => {
  const browser = await the.signedIn();
  await browser.fetch(the.stack.url('hello'));
  expect((await verified(received()[0], 'hello')).payload['groups']).toEqual([]);
});

test('is of no use at another application', async () => {
  const browser = await the.signedIn();
  await browser.fetch(the.stack.url('hello'));
  await expect(verified(received()[0], 'wiki')).rejects.toThrow('unexpected "aud" claim value');
});

test('is made once for a session and a route, and anew before it ends', async () => {
  const browser = await the.signedIn();
  const seen = [];
  for (later of [0, 30_000, 200_000, 250_000]) {
    await browser.fetch(the.stack.url('wiki'));
    seen.push(received()[0]);
  }
  expect(seen[1]).toBe(seen[0]);
  expect(seen[3]).not.toBe(seen[0]);
  await verified(seen[3], 'wiki');
});

test('of two sessions of one person there are two, which do not show what a session is called', async () => {
  const tokens = [];
  for (const browser of [await the.signedIn(), await the.signedIn()]) {
    await browser.fetch(the.stack.url('wiki'));
    tokens.push(decodeJwt(received()[0] ?? ''));
  }
  expect(tokens[0]?.['sid']).not.toBe(tokens[1]?.['sid']);
  expect(tokens[0]?.['sid']).toMatch(/^[\w-]{43}$/);
});

test('never comes from the caller, and never goes with a public path', async () => {
  const browser = await the.signedIn();
  const headers = { [name]: 'forged', x_latchkey_jwt_assertion: 'forged', authorization: 'Bearer forged' };
  for (const host of ['hello', 'grafana']) {
    await browser.fetch(the.stack.url(host, '/public/x'), { headers });
    expect(received()).toEqual([]);
  }
  expect(received('Authorization')).toEqual([]);
  await browser.fetch(the.stack.url('hello'), { headers });
  expect(received()).toEqual([expect.stringMatching(/^eyJ/)]);
  expect(received('Authorization')).toEqual(['Bearer forged']);
});

test('goes where the route wants it, with the claims that it adds', async () => {
  const browser = await the.signedIn();
  await browser.fetch(the.stack.url('grafana'), { headers: { authorization: 'Basic YTpi' } });
  const [token] = received('Authorization').map(
    (value) => /^Bearer (?<token>\S+)$/.exec(value)?.groups?.['token'],
  );
  expect(received('Authorization')).toHaveLength(1);
  expect(received()).toEqual([]);
  expect((await verified(token, 'grafana')).payload).toMatchObject({
    role: 'Viewer',
    login: 'engineer@example.com',
    teams: [],
    price: '$5',
  });
});

test('is there beside an access token, and kept although that one is not', async () => {
  const browser = await the.signedIn();
  await browser.fetch(the.stack.url('calendar'));
  const [first] = received();
  await browser.fetch(the.stack.url('calendar'));
  expect(received()).toEqual([first]);
  expect(received('X-Forwarded-Access-Token')).toHaveLength(1);
});

test('comes with the handshake of a WebSocket', async () => {
  const browser = await the.signedIn();
  const cookie = await browser.jar.getCookieString(the.stack.url('wiki'));
  const host = new URL(the.stack.url('wiki')).host;
  const socket = new WebSocket(`ws://127.0.0.1:${the.stack.ports.proxy}/echo`, { headers: { host, cookie } });
  await once(socket, 'open');
  await verified(received()[0], 'wiki');
  socket.terminate();
});

describe('the keys', () => {
  test.each(['/oauth2/v1/jwks', '/.well-known/jwks.json'])(
    'are all published at %s, on each host and at auth, and the first signs',
    async (path) => {
      const ofHost = await keySet(the.stack.url('wiki', path));
      expect(ofHost.keys).toHaveLength(2);
      expect(await keySet(the.stack.authUrl(path))).toEqual(ofHost);

      const browser = await the.signedIn();
      await browser.fetch(the.stack.url('wiki'));
      expect(decodeProtectedHeader(received()[0] ?? '').kid).toBe(ofHost.keys[0]?.kid);
    },
  );
});

test('auth gives its keys to everybody who asks by an inner name of it, and nothing else', async () => {
  const inner = `http://127.0.0.1:${the.stack.ports.auth}`;
  expect((await keySet(`${inner}/oauth2/v1/jwks`)).keys).toHaveLength(2);
  expect((await fetch(`${inner}/`)).status).toBe(421);
});

describe('without ASSERTION_KEY', () => {
  const bare = useStack();

  test('nothing is signed, nothing is published, and the well-known path is the application’s', async () => {
    const browser = await bare.signedIn();
    const answer = await browser.fetch(bare.stack.url('wiki', '/.well-known/jwks.json'));
    expect(answer.status).toBe(200);
    expect(bare.stack.app.received.at(-1)?.target).toBe('/.well-known/jwks.json');
    expect(valuesOf(bare.stack.app.received.at(-1) ?? { rawHeaders: [] }, name)).toEqual([]);
    const keys = await bare.browser().fetch(bare.stack.url('wiki', '/oauth2/v1/jwks'));
    expect(JSON.parse(keys.body)).toEqual({ keys: [] });
  });
});

function key() {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}
