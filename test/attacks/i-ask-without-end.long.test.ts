// One stranger asks for sign-in pages, or tries secrets between the services, as fast as the line allows. Each address may do
// so often enough for a whole office, and no more; the proxy may ask without end.
import { describe, expect, test } from '@jest/globals';
import { request } from 'undici';
import type { Stack } from '../fixtures/stack.ts';
import { useStack } from '../fixtures/use-stack.ts';

const perMinute = 5;
const limit = { SERVER_RATE_LIMIT: String(perMinute) };
const page = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

type Asked = { status: number; body: string; retryAfter: unknown; contentType: unknown };

async function ask(
  port: number,
  host: string,
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<Asked> {
  const answer = await request(`http://127.0.0.1:${port}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { host, ...headers },
    ...(body !== undefined && { body }),
  });
  const { 'retry-after': retryAfter, 'content-type': contentType } = answer.headers;
  return { status: answer.statusCode, body: await answer.body.text(), retryAfter, contentType };
}

const atAuth = ({ ports }: Stack, path: string, headers: Record<string, string>, body?: string) =>
  ask(ports.auth, `sso.latchkey.localhost:${ports.auth}`, path, headers, body);
const atProxy = ({ ports }: Stack, path: string, headers: Record<string, string>) =>
  ask(ports.proxy, `hello.latchkey.localhost:${ports.proxy}`, path, headers);

const from = (client: string) => ({ ...page, 'x-forwarded-for': client, 'x-forwarded-proto': 'https' });

const withSecret = (secret: string) => ({
  'x-forwarded-for': '192.0.2.9',
  authorization: `Basic ${Buffer.from(`proxy:${secret}`).toString('base64')}`,
  'content-type': 'application/x-www-form-urlencoded',
});

const introspect = (stack: Stack, secret: string) =>
  atAuth(stack, '/oauth2/introspect', withSecret(secret), 'token=x');

async function statuses(times: number, once: () => Promise<Asked>): Promise<number[]> {
  const seen: number[] = [];
  for (let time = 0; time < times; time += 1) seen.push((await once()).status);
  return seen;
}

describe('behind a load balancer that is trusted', () => {
  const the = useStack({ https: true, authEnv: limit, proxyEnv: limit });

  test.each([
    ['/', '203.0.113.1'],
    ['/google/start', '203.0.113.2'],
    ['/google/sign_in', '203.0.113.3'],
    ['/google/callback', '203.0.113.4'],
    ['/google/sign_out', '203.0.113.5'],
  ])('auth shows %s so often to one address, and goes on showing it to others', async (path, client) => {
    const one = from(client);
    const seen = await statuses(perMinute, () => atAuth(the.stack, path, one));
    expect(seen).not.toContain(429);
    expect((await atAuth(the.stack, path, one)).status).toBe(429);
    expect((await atAuth(the.stack, path, from('198.51.100.1'))).status).not.toBe(429);
  });

  test.each(['/oauth2/sign_in', '/oauth2/callback'])('the proxy shows %s so often', async (path) => {
    const one = from(`203.0.113.${path.length}`);
    const seen = await statuses(perMinute + 1, () => atProxy(the.stack, path, one));
    expect(seen.slice(0, -1)).not.toContain(429);
    expect(seen.at(-1)).toBe(429);
    expect((await atProxy(the.stack, '/', one)).status).toBe(302);
  });

  test('a person gets a page and a program JSON, both with the time to wait', async () => {
    const one = from('192.0.2.1');
    await statuses(perMinute, () => atAuth(the.stack, '/', one));
    const page = await atAuth(the.stack, '/', one);
    expect(page).toMatchObject({ status: 429, contentType: expect.stringContaining('text/html') });
    const json = await atAuth(the.stack, '/', {
      ...one,
      accept: 'application/json',
      'sec-fetch-mode': 'cors',
    });
    expect(JSON.parse(json.body)).toMatchObject({ error: 'too_many_requests' });
    for (const { retryAfter } of [page, json]) {
      expect(Number(retryAfter)).toBeGreaterThan(0);
      expect(Number(retryAfter)).toBeLessThanOrEqual(60);
    }
  });

  test('another address of the same IPv6 network is the same caller', async () => {
    let host = 0;
    const seen = await statuses(perMinute + 1, () =>
      atAuth(the.stack, '/', from(`2001:db8:1:2::${(host += 1)}`)),
    );
    expect(seen.at(-1)).toBe(429);
    expect((await atAuth(the.stack, '/', from('2001:db8:1:3::1'))).status).toBe(200);
  });

  test('wrong credentials are counted, and right ones never', async () => {
    const wrong = await statuses(perMinute + 1, () => introspect(the.stack, 'a guess'));
    expect(wrong).toEqual([...Array<number>(perMinute).fill(401), 429]);
    const right = await statuses(perMinute * 3, () => introspect(the.stack, the.stack.serviceSecret));
    expect(right).toEqual(Array(perMinute * 3).fill(200));
  });
});

describe('behind a load balancer that nobody has named', () => {
  const the = useStack({ authEnv: limit });

  test('all have its address, so there is no limit, and one line in the log says why', async () => {
    const seen = await statuses(perMinute * 2, () =>
      atAuth(the.stack, '/', { ...page, 'x-forwarded-for': '203.0.113.7' }),
    );
    expect(seen).toEqual(Array(perMinute * 2).fill(200));
    const logged = the.stack.log.filter(({ msg }) => msg.startsWith('SERVER_TRUSTED_PROXIES:'));
    expect(logged).toEqual([
      expect.objectContaining({ service: 'auth', level: 'warn', client: '127.0.0.1' }),
    ]);
  });
});
