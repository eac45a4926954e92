// A server in front forwards to the application by itself, and asks the proxy about each request. The answer is what the
// proxy would have done with the request itself, and says who asks.
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { fronts, send } from '../fixtures/questions.ts';
import type { FrontName, Held, FrontAnswer } from '../fixtures/questions.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const { privateKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
let clock = 0;
const the = useStack({
  now: () => Date.now() + clock,
  proxyEnv: { SERVER_TRUSTED_PROXIES: '127.0.0.1', ASSERTION_KEY: privateKey },
  upstreams: `
- service: wiki
  default:
    from: wiki.latchkey.localhost
    to: '{{app}}'
    options:
      allowed_groups: [engineering@example.com]
      skip_auth_regex: ['^/public/']
      skip_auth_preflight: true
      inject_request_headers: {X-Key: 'of the application'}
      forward_auth: true
- {service: vault, default: {from: vault.latchkey.localhost, to: '{{app}}', options: {allowed_groups: [security@example.com], forward_auth: true}}}
- {service: hello, default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com], skip_auth_regex: ['^/public/']}}}
- {service: start, default: {type: launcher, from: start.latchkey.localhost, options: {allowed_email_domains: [example.com], forward_auth: true}}}
`,
});
const each = Object.keys(fronts) as FrontName[];
const page = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', accept: 'text/html' };
const preflight = { origin: 'https://elsewhere.example', 'access-control-request-method': 'PUT' };

function ask(front: FrontName, held: Held = {}, from?: string): Promise<FrontAnswer> {
  return send(the.stack, fronts[front](held, the.stack), from);
}

const cookies = new Map<string, string>();
async function cookieOf(email = 'engineer@example.com'): Promise<string> {
  const browser = cookies.has(email) ? undefined : await the.signedIn(email, the.stack.url('hello'));
  if (browser !== undefined) cookies.set(email, await cookieHeader(browser, the.stack.url('wiki')));
  return cookies.get(email) ?? '';
}

describe.each(each)('%s', (front) => {
  const yes = front === 'nginx' ? 202 : 200;

  test('hears yes about who may pass, who that is, and the cookies that may travel on', async () => {
    const cookie = `theme=dark; ${await cookieOf()}; tab=2`;
    const { status, headers, body } = await ask(front, { target: '/d/1?x=2', headers: { cookie } });
    expect([status, body]).toEqual([yes, '']);
    expect(headers).toMatchObject({
      'x-forwarded-user': 'engineer',
      'x-forwarded-email': 'engineer@example.com',
      'x-forwarded-groups': 'engineering@example.com',
      'x-latchkey-jwt-assertion': expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      cookie: 'theme=dark; tab=2',
      'cache-control': 'no-store',
    });
    expect(headers['x-key']).toBeUndefined();
    expect(the.stack.app.received).toEqual([]);
  });

  test('hears no about a person who may not, with the reason', async () => {
    const cookie = await cookieOf('finance@example.com');
    const { status, headers, body } = await ask(front, { headers: { cookie } });
    expect([status, JSON.parse(body)]).toMatchObject([
      403,
      { reason: 'no_rule_matches', email: 'finance@example.com' },
    ]);
    expect(headers['x-forwarded-user']).toBeUndefined();
  });

  test('hears 401 about a program that nobody signed in', async () => {
    const { status, headers, body } = await ask(front);
    expect([status, headers['www-authenticate']]).toEqual([401, 'Cookie realm="Latchkey"']);
    expect(JSON.parse(body)).toMatchObject({ error: 'not_signed_in', reason: 'no_session' });
  });

  test('hears yes about a public path, and of nobody', async () => {
    for (const cookie of ['a=b', await cookieOf()]) {
      const { status, headers } = await ask(front, { target: '/public/a?x=/private', headers: { cookie } });
      expect(status).toBe(yes);
      expect(Object.keys(headers).filter((name) => /^x-(?:forwarded|latchkey)-/.test(name))).toEqual([]);
      expect(headers.cookie).toBe(cookie === 'a=b' ? 'a=b' : '');
    }
  });

  test.each([
    '/private?/public/',
    '/private#/public/',
    '/public/%2e%2e/private',
    '/public/..%2fprivate',
    '//public/a',
    '/public//a',
    '/public/;/a',
    '/public/%23',
    '/public/\\..\\private',
    '/PUBLIC/a',
  ])('hears no about %s, which is not public or reads in two ways', async (target) => {
    const isMalformed = target.includes('#') || (front === 'Envoy' && /\.\.|%2e%2e/.test(target));
    expect((await ask(front, { target })).status).toBe(isMalformed ? 400 : 401);
  });

  test('hears yes about a preflight that brings nothing along', async () => {
    expect((await ask(front, { method: 'OPTIONS', headers: preflight })).status).toBe(yes);
    for (const more of [
      { cookie: 'a=b' },
      { authorization: 'Bearer x' },
      { 'x-http-method-override': 'DELETE' },
    ]) {
      expect((await ask(front, { method: 'OPTIONS', headers: { ...preflight, ...more } })).status).toBe(401);
    }
    expect((await ask(front, { method: 'PUT', headers: preflight })).status).toBe(401);
  });

  test.each([
    ['HTTP/1.1', { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' }],
    ['HTTP/2, where it has no key', { 'sec-websocket-version': '13' }],
  ])('hears no about a handshake that a page of another origin sends over %s', async (_, marks) => {
    const cookie = await cookieOf();
    const own = new URL(the.stack.url('wiki')).origin;
    const handshake = (origin: string) => ask(front, { headers: { ...marks, cookie, origin } });
    expect((await handshake(own)).status).toBe(yes);
    expect((await handshake('https://evil.example')).status).toBe(403);
  });

  test('gets a renewed session for the browser', async () => {
    const cookie = await cookieOf();
    clock = 2 * 3_600_000;
    const { headers } = await ask(front, { headers: { cookie } });
    clock = 0;
    expect(headers['set-cookie']).toEqual([expect.stringContaining('_sso_proxy=Fe26')]);
  });

  test('gets what makes the browser remember who is here, if somebody goes to a page', async () => {
    const browser = await the.signedIn('engineer@example.com', the.stack.url('hello'));
    const cookie = await cookieHeader(browser, the.stack.url('wiki'));
    const visit = await ask(front, { headers: { ...page, cookie } });
    expect(visit.headers['set-cookie']).toEqual([expect.stringMatching(/^latchkey_person=/)]);
    expect((await ask(front, { headers: { cookie } })).headers['set-cookie']).toBeUndefined();
  });

  test('gets a redirect to the sign-in for a page, if it can pass that on, and comes back to the whole address', async () => {
    const { status, headers } = await ask(front, { target: '/d/1?x=%2F&y=1', headers: page });
    if (front === 'nginx') return expect(status).toBe(401);
    expect(status).toBe(302);
    const location = new URL(String(headers.location));
    expect(location.searchParams.get('redirect_uri')).toBe(the.stack.url('wiki', '/d/1?x=%2F&y=1'));
  });

  test.each(['/robots.txt', '/oauth2/me', '/oauth2/forward-auth', '/oauth2/sign_out'])(
    'hears no about %s, which is ours to answer',
    async (target) => {
      const cookie = await cookieOf();
      expect((await ask(front, { target, headers: { cookie } })).status).toBe(404);
    },
  );

  test('hears nothing but yes as yes: a launcher, a worker that is to end, a health check of the application', async () => {
    const cookie = await cookieOf();
    expect((await ask(front, { host: 'start', headers: { cookie } })).status).toBe(404);
    expect(
      (await ask(front, { target: '/sw.js', headers: { cookie, 'service-worker': 'script' } })).status,
    ).toBe(404);
    expect((await ask(front, { target: '/ping' })).status).toBe(401);
  });

  test('that nobody trusts says nothing about other requests: the answer is about the host', async () => {
    const stranger = '127.0.0.2';
    const asked = await ask(front, { target: '/public/a' }, stranger);
    // Traefik asks an address that is no host of an application.
    expect(asked.status).toBe(front === 'Traefik' ? 421 : 401);
    const known = await ask(front, { target: '/d', headers: { cookie: await cookieOf() } }, stranger);
    expect([known.status, known.headers['x-forwarded-user']]).toEqual([
      front === 'Traefik' ? 421 : yes,
      undefined,
    ]);
  });

  test('says nothing about other requests of a route without forward_auth', async () => {
    const asked = await ask(front, { host: 'hello', target: '/public/a' });
    expect(asked.status).toBe(front === 'Traefik' ? 421 : 401);
    const known = await ask(front, { host: 'hello', headers: { cookie: await cookieOf() } });
    expect([known.status, known.headers['x-forwarded-user']]).toEqual([
      front === 'Traefik' ? 421 : yes,
      undefined,
    ]);
  });

  test('leaves one line in the log, with the request that it is about', async () => {
    const before = the.stack.log.length;
    await ask(front, { target: '/d/1?x=2', method: 'PUT' });
    const lines = the.stack.log.slice(before).filter(({ msg }) => msg === 'request');
    expect(lines).toMatchObject([
      {
        question: true,
        method: 'PUT',
        host: 'wiki.latchkey.localhost',
        path: '/d/1',
        status: 401,
        route: 'wiki',
      },
    ]);
  });
});

test.each(['/oauth2/auth', '/oauth2/forward-auth'])(
  '%s is 400 without the original request, where the route has forward_auth',
  async (target) => {
    const headers = { cookie: await cookieOf(), host: new URL(the.stack.url('wiki')).host };
    expect((await send(the.stack, { method: 'GET', target, headers })).status).toBe(400);
    const line = the.stack.log.findLast(({ msg }) => msg === 'request');
    expect(line).toMatchObject({ error: 'bad_request', detail: 'no original request' });
  },
);

// A server in front that sets one of the ways to say it, and passes on what its caller wrote in the other.
test('an `X-Original-URL` that is forged beside what the server in front says is 400, with what it is in the log', async () => {
  const stated = fronts.Caddy({ target: '/private' }, the.stack);
  const forged = `${new URL(the.stack.url('wiki')).origin}/public/a`;
  const headers = { ...stated.headers, cookie: await cookieOf(), 'x-original-url': forged };
  expect((await send(the.stack, { ...stated, headers })).status).toBe(400);
  const line = the.stack.log.findLast(({ msg }) => msg === 'request');
  expect(line).toMatchObject({ error: 'bad_request', detail: 'conflicting original request' });
});

// nginx and Caddy keep questions to themselves by the path that they have decoded, and pass on the one that came: to them each of
// these is another address below `/oauth2/`. A script of the application asked so for cookies that it must not read.
test.each(['%2e%2e%2fx', '..%2fx', '%2E%2E/x', '../x', 'x/%2e%2e/%2e%2e%2fx', '%2e%2e%2fx?y', '..%5cx'])(
  'no answer says who asks at /oauth2/ext-authz/%s, which a server in front may take for something else',
  async (below) => {
    const headers = { cookie: await cookieOf(), host: new URL(the.stack.url('wiki')).host };
    const question = { method: 'GET', target: `/oauth2/ext-authz/${below}`, headers };
    const { status, headers: answered } = await send(the.stack, question);
    expect([status, answered['x-forwarded-user'], answered.cookie]).toEqual([400, undefined, undefined]);
  },
);

test('a handshake is asked about with a handshake, too', async () => {
  const headers = { cookie: await cookieOf(), connection: 'Upgrade', upgrade: 'websocket' };
  const { status, headers: answered } = await ask('Caddy', { headers });
  expect([status, answered['x-forwarded-user']]).toEqual([200, 'engineer']);
  expect(the.stack.app.received).toEqual([]);
});

// nginx keeps the `Host` of its caller, and gives one that it does not know to its first server. Where that one states nothing,
// all that is said is its caller's.
test('nobody is let in to one host by naming another one that is public there', async () => {
  const stated = fronts.Caddy({ target: '/public/a' }, the.stack);
  const { 'x-forwarded-host': _, ...others } = stated.headers;
  for (const target of ['/oauth2/auth', '/oauth2/forward-auth']) {
    for (const host of [new URL(the.stack.url('hello')).host, new URL(the.stack.url('vault')).host]) {
      const { status } = await send(the.stack, { ...stated, target, headers: { ...stated.headers, host } });
      expect([target, host, status]).toEqual([target, host, host.startsWith('vault') ? 400 : 401]);
    }
    const nowhere = { ...stated, target, headers: { ...others, host: 'nowhere.example' } };
    expect((await send(the.stack, nowhere)).status).toBe(target === '/oauth2/auth' ? 421 : 400);
  }
  const unknown = {
    ...stated,
    target: '/oauth2/auth',
    headers: { ...stated.headers, host: 'nowhere.example' },
  };
  expect((await send(the.stack, unknown)).status).toBe(421);
});
