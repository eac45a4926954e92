import { expect, jest, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { JSONWebKeySet } from 'jose';
import { WebSocket } from 'ws';
import { valuesOf } from '../fixtures/recorder.ts';
import { cookieHeader, signIn, signOut } from '../fixtures/sign-in.ts';
import { defaultUpstreams } from '../fixtures/stack.ts';
import { ask } from './ask.ts';
import type { Question } from './ask.ts';
import { caller } from './front.ts';
import type { InFront } from './front.ts';

/** `wiki` is forwarded to by the server in front, which asks about each request. */
export const askedAbout = defaultUpstreams.replace(
  'allowed_groups: [engineering@example.com]',
  `allowed_groups: [engineering@example.com]
      skip_auth_regex: ['^/public/']
      skip_auth_preflight: true
      forward_auth: true`,
);

/** The proxy signs assertions. */
export const asserting = {
  ASSERTION_KEY: generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString(),
};

// In every spelling that an application may take for the name.
const claims = {
  'X-Forwarded-User': 'evil',
  X_Forwarded_User: 'evil',
  'x-forwarded_user': 'evil',
  'X-Forwarded-Email': 'evil@example.com',
  'X-Forwarded-Groups': 'security@example.com',
  'X-Forwarded-Access-Token': 'evil',
  'X-Latchkey-Jwt-Assertion': 'evil',
};

/** What holds behind every server in front that forwards by itself and asks about each request, where assertions are signed. */
export function asksAboutEach(the: InFront): void {
  jest.setTimeout(30_000);
  const wiki = (target = '/') => the.stack.url('wiki', target);
  const cookieOf = async (email?: string) => cookieHeader(await the.signedIn(email), wiki());
  const askWiki = (question: Question) => ask(the, { host: 'wiki', ...question });
  const received = (name: string) =>
    valuesOf(the.stack.app.received[0] ?? { rawHeaders: [] }, name).filter(Boolean);

  test('a person signs in and comes back to the whole address, and the application receives who that is', async () => {
    const browser = the.browser();
    const visit = await signIn(browser, wiki('/d%2F1?x=%2F&y=1'), 'engineer@example.com');
    expect([visit.status, visit.url]).toEqual([200, wiki('/d%2F1?x=%2F&y=1')]);
    expect(the.stack.app.received.map(({ target }) => target)).toEqual(['/d%2F1?x=%2F&y=1']);

    the.stack.app.received.length = 0;
    const session = await cookieHeader(browser, wiki());
    await askWiki({ headers: { ...claims, cookie: `theme=dark; ${session}; tab=2` } });
    expect(received('X-Forwarded-User')).toEqual(['engineer']);
    expect(received('X-Forwarded-Email')).toEqual(['engineer@example.com']);
    expect(received('X-Forwarded-Groups')).toEqual(['engineering@example.com']);
    expect(received('X-Forwarded-Access-Token')).toEqual([]);
    expect(received('Cookie')).toEqual(['theme=dark; tab=2']);

    const [assertion = '', ...more] = received('X-Latchkey-Jwt-Assertion');
    expect(more).toEqual([]);
    const { body } = await askWiki({ target: '/oauth2/v1/jwks' });
    const { payload } = await jwtVerify(assertion, createLocalJWKSet(JSON.parse(body) as JSONWebKeySet), {
      audience: new URL(wiki()).origin,
      typ: 'latchkey+jwt',
    });
    expect(payload['email']).toBe('engineer@example.com');
  });

  // CVE-2026-30851: what the answer does not say must not be the caller's word.
  test('on a public path the application receives no identity, whatever a caller says', async () => {
    const session = await cookieOf();
    for (const cookies of [{}, { cookie: 'theme=dark' }, { cookie: `theme=dark; ${session}` }]) {
      the.stack.app.received.length = 0;
      expect((await askWiki({ target: '/public/a?b', headers: { ...claims, ...cookies } })).status).toBe(200);
      for (const name of Object.keys(claims)) expect([name, received(name)]).toEqual([name, []]);
      expect(received('Cookie')).toEqual('cookie' in cookies ? ['theme=dark'] : []);
    }
  });

  // CVE-2026-40575 and its kin: another request is named than the one that is sent.
  test.each([
    { 'X-Forwarded-Uri': '/public/a' },
    { 'X-Original-URI': '/public/a' },
    { 'X-Original-URL': 'https://wiki.latchkey.localhost/public/a' },
    { X_Original_URL: 'https://wiki.latchkey.localhost/public/a', X_Forwarded_Uri: '/public/a' },
    {
      'X-Forwarded-Host': 'hello.latchkey.localhost',
      'X-Forwarded-Uri': '/public/a',
      'X-Forwarded-Method': 'GET',
    },
    { 'X-Forwarded-Method': 'OPTIONS', Origin: 'https://a.example', 'Access-Control-Request-Method': 'PUT' },
    { 'X-Original-Method': 'OPTIONS', Origin: 'https://a.example', 'Access-Control-Request-Method': 'PUT' },
  ])('a caller who says %j is not let in', async (headers) => {
    const { status } = await askWiki({ target: '/private', headers });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(the.stack.app.received).toEqual([]);
  });

  test.each([
    '/private?/public/',
    '/private#/public/',
    '/public/..%2fprivate',
    '/public/%2e%2e/private',
    '/public/..;/private',
    '//public/a',
    '/public/%23',
    '/public/..\\private',
  ])('a caller who asks for %s is not let in', async (target) => {
    const { status } = await askWiki({ target });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(the.stack.app.received).toEqual([]);
  });

  test('a person who lacks the group gets the page that says so, and is sent nowhere', async () => {
    const visit = await (await the.signedIn('finance@example.com')).visit(wiki());
    expect([visit.status, visit.hops.length]).toEqual([403, 1]);
    expect(visit.body).toContain('engineering@example.com');
    expect(the.stack.app.received).toEqual([]);
  });

  test('a program without a session gets JSON that says so', async () => {
    const { status, body } = await askWiki({ method: 'PUT', body: Buffer.alloc(1_000_000) });
    expect([status, JSON.parse(body)]).toMatchObject([401, { error: 'not_signed_in' }]);
    expect(the.stack.app.received).toEqual([]);
  });

  test('anyone who signs out is signed out here, too', async () => {
    const browser = await the.signedIn('engineer@example.com', 'wiki');
    const leaving = await browser.visit(wiki('/oauth2/sign_out'));
    expect([leaving.status, new URL(leaving.url).hostname]).toEqual([200, 'sso.latchkey.localhost']);
    await signOut(browser, the.stack);
    expect((await browser.fetch(wiki())).status).toBe(401);
  });

  test('a body and a WebSocket reach the application; from a page of another origin the socket does not', async () => {
    const cookie = await cookieOf();
    the.stack.app.answer = (req, res) => {
      let size = 0;
      req.on('data', (chunk: Buffer) => (size += chunk.length)).on('end', () => res.end(String(size)));
    };
    const body = Buffer.alloc(5_000_000);
    expect((await askWiki({ method: 'PUT', headers: { cookie }, body })).body).toBe(String(body.length));

    const host = `wiki.latchkey.localhost:${the.port}`;
    const dial = (origin: string) =>
      new WebSocket(`wss://127.0.0.1:${the.port}/live`, { ...caller, headers: { host, origin, cookie } });
    const socket = dial(`https://${host}`);
    await once(socket, 'open');
    socket.send('hello');
    const [message] = (await once(socket, 'message')) as [Buffer];
    expect(message.toString()).toBe('hello');
    socket.terminate();
    const [error] = (await once(dial('https://evil.example'), 'error')) as [Error];
    expect(error.message).toContain('403');
  });

  test('the answers for the server in front are given to nobody else', async () => {
    const cookie = await cookieOf();
    for (const target of ['/oauth2/auth', '/oauth2/forward-auth', '/oauth2/ext-authz/']) {
      const stated = {
        'X-Forwarded-Host': `wiki.latchkey.localhost:${the.port}`,
        'X-Forwarded-Uri': '/',
        'X-Forwarded-Method': 'GET',
      };
      const { headers } = await askWiki({ target, headers: { cookie, ...stated } });
      expect([target, headers['x-forwarded-user'], headers['cookie']]).toEqual([
        target,
        undefined,
        undefined,
      ]);
    }
  });
}
