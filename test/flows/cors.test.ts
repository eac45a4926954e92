// A single-page application calls an API on another host. The preflight met the sign-in, and what was refused could not be read.
import { describe, expect, test } from '@jest/globals';
import { request } from 'undici';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const app = 'https://app.example.com';
const the = useStack({
  upstreams: `
- service: hello
  default:
    from: hello.latchkey.localhost
    to: {{app}}
    options:
      allowed_email_domains: [example.com]
- service: api
  default:
    from: api.latchkey.localhost
    to: {{app}}
    options:
      allowed_groups: [security@example.com]
      skip_auth_regex: ['^/public/']
      cors: { origins: ['${app}', 'http://localhost:4200'], credentials: true, max_age: 10m }
- service: narrow
  default:
    from: narrow.latchkey.localhost
    to: 127.0.0.1:9
    options:
      allowed_email_domains: [example.com]
      skip_auth_regex: ['^/public/']
      cors: { origins: ['${app}'], methods: [PUT], headers: [X-A, X-B] }
`,
});

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: string };

async function ask(
  host: string,
  target: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<Answer> {
  const {
    statusCode,
    headers: answered,
    body,
  } = await request(`http://127.0.0.1:${the.stack.ports.proxy}${target}`, {
    method: method as 'GET',
    headers: { host: `${host}.latchkey.localhost:${the.stack.ports.proxy}`, ...headers },
  });
  return { status: statusCode, headers: answered, body: await body.text() };
}

const preflight = (host: string, origin: string, headers: Record<string, string> = {}) =>
  ask(host, '/items', { origin, 'access-control-request-method': 'DELETE', ...headers }, 'OPTIONS');

describe('the preflight of a named origin', () => {
  test('is answered without a session, and the application never sees it', async () => {
    const answer = await preflight('api', app, { 'access-control-request-headers': 'content-type,x-a' });
    expect(answer).toMatchObject({
      status: 204,
      body: '',
      headers: {
        'access-control-allow-origin': app,
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': 'DELETE',
        'access-control-allow-headers': 'content-type, x-a',
        'access-control-max-age': '600',
        vary: 'Origin',
      },
    });
    expect(the.stack.app.received).toEqual([]);
  });

  test('gets what the file allows, whatever it asks for', async () => {
    const { headers } = await preflight('narrow', app, { 'access-control-request-headers': 'x-c' });
    expect(headers['access-control-allow-methods']).toBe('PUT');
    expect(headers['access-control-allow-headers']).toBe('X-A, X-B');
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
    expect(headers).not.toHaveProperty('access-control-max-age');
  });

  test('is never sent a star back, which would stand for every header', async () => {
    const { headers } = await preflight('api', app, { 'access-control-request-headers': '*, x-a, x b' });
    expect(headers['access-control-allow-headers']).toBe('x-a');
  });
});

describe('other origins get nothing', () => {
  test.each([
    ['another host', 'https://evil.example.com'],
    ['another scheme', 'http://app.example.com'],
    ['another port', 'https://app.example.com:8443'],
    ['a host that begins alike', 'https://app.example.com.evil.test'],
    ['a host that ends alike', 'https://evilapp.example.com'],
    ['other letter case', 'https://APP.example.com'],
    ['two at once', `${app}, https://evil.example.com`],
    ['a sandboxed frame', 'null'],
    ['a star', '*'],
  ])('%s', async (_, origin) => {
    const { status, headers } = await preflight('api', origin);
    expect(status).toBe(401);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
    // No cache may keep this for an origin that is named.
    expect(headers['vary']).toBe('Origin');
  });

  test('a route that names none says nothing about origins', async () => {
    const { status, headers } = await preflight('hello', app);
    expect(status).toBe(401);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(headers).not.toHaveProperty('vary');
  });
});

describe('our own refusals can be read by a named origin', () => {
  const readable = {
    'access-control-allow-origin': app,
    'access-control-allow-credentials': 'true',
    vary: 'Origin',
  };
  const call = { origin: app, 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };

  test('401, with where to sign in', async () => {
    const answer = await ask('api', '/items', call);
    expect(answer).toMatchObject({ status: 401, headers: readable });
    expect(JSON.parse(answer.body)).toMatchObject({
      error: 'not_signed_in',
      sign_in_url: expect.any(String),
    });
  });

  test('403', async () => {
    const cookie = await cookieHeader(await the.signedIn(), the.stack.url('api'));
    const answer = await ask('api', '/items', { ...call, cookie });
    expect(answer).toMatchObject({ status: 403, headers: readable });
  });

  test('502, where the application is away, without credentials unless they are asked for', async () => {
    const answer = await ask('narrow', '/public/x', call);
    expect(answer).toMatchObject({ status: 502, headers: { 'access-control-allow-origin': app } });
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
  });

  test('but not what our own addresses say about the person', async () => {
    const cookie = await cookieHeader(await the.signedIn('admin@example.com'), the.stack.url('api'));
    const answer = await ask('api', '/oauth2/me', { ...call, cookie });
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    expect(
      (await ask('api', '/oauth2/me', { origin: app, 'access-control-request-method': 'GET' }, 'OPTIONS'))
        .status,
    ).toBe(405);
  });
});

describe('what the application answers', () => {
  test('stays its own where it says who may read it', async () => {
    the.stack.app.answer = (_req, res) =>
      res.writeHead(200, { 'access-control-allow-origin': 'https://its.example.com' }).end();
    const { headers } = await ask('api', '/public/x', { origin: app });
    expect(headers['access-control-allow-origin']).toBe('https://its.example.com');
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  test('can be read by a named origin where it says nothing', async () => {
    the.stack.app.answer = (_req, res) => res.writeHead(200, { vary: 'Accept' }).end();
    const { headers } = await ask('api', '/public/x', { origin: app });
    expect(headers).toMatchObject({
      'access-control-allow-origin': app,
      'access-control-allow-credentials': 'true',
      vary: ['Accept', 'Origin'],
    });
  });

  test('gains no credentials that the file does not give', async () => {
    the.stack.app.answer = (_req, res) =>
      res.writeHead(200, { 'access-control-allow-credentials': 'true' }).end();
    const { headers } = await ask('api', '/public/x', { origin: 'https://evil.example.com' });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });
});
