// The port for machines and operators inside: whether a service is ready and why not, what it measures, and for operators what
// the proxy goes by. Both services run as they are started in production.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { freePort } from '@latchkey/testing/ports';
import { startLoneProxy } from '../fixtures/lone-proxy.ts';
import type { LoneProxy } from '../fixtures/lone-proxy.ts';
import { startService } from '../fixtures/service-process.ts';

const secret = 'an-operator-has-this-one-of-the-proxy';
const asOperator = { headers: { Authorization: `Bearer ${secret}` } };
const upstreams = `
- service: wiki
  default:
    from: wiki.latchkey.localhost
    to: http://127.0.0.1:9/base?key=of-the-application
    options:
      allowed_groups: [engineering@example.com]
      skip_auth_regex: ['^/public/']
      inject_request_headers: { X-Key: another-of-the-application }`;

let proxy: LoneProxy;
let admin: string;

beforeAll(async () => {
  const port = await freePort();
  admin = `http://127.0.0.1:${port}`;
  const env = { ADMIN_PORT: String(port), ADMIN_SECRET: secret, UPSTREAM_CONFIG: upstreams };
  proxy = await startLoneProxy({ upstreamPort: 9, env });
});
afterAll(() => proxy.stop());

async function decision(query: Record<string, string>): Promise<unknown> {
  const answer = await fetch(`${admin}/decision?${String(new URLSearchParams(query))}`, asOperator);
  return answer.json();
}

function put(body: object): Promise<Response> {
  return fetch(`${admin}/log-level`, {
    method: 'PUT',
    headers: { ...asOperator.headers, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

describe('anyone who reaches the port', () => {
  test('learns that the process lives, whether it is ready, and what it measures', async () => {
    expect((await fetch(`${admin}/healthz`)).status).toBe(200);
    const ready = await fetch(`${admin}/readyz`);
    const ping = await fetch(`http://127.0.0.1:${proxy.port}/ping`);
    expect([ready.status, await ready.json()]).toEqual([
      ping.status,
      {
        ready: true,
        components: { server: { ready: true }, auth: { ready: true }, upstream_file: { ready: true } },
      },
    ]);
    expect(await (await fetch(`${admin}/metrics`)).text()).toContain('latchkey_upstream_routes 1');
  });

  test.each([
    ['nothing at another path', '/', {}, 404],
    ['nothing by another method', '/readyz', { method: 'POST' }, 405],
    ['no routes', '/routes', {}, 401],
    ['no decision with the wrong secret', '/decision?url=x', { headers: { Authorization: 'Bearer x' } }, 401],
    ['no level of the log', '/log-level', { method: 'PUT', body: '{}' }, 401],
  ])('gets %s', async (_, path, init, status) => {
    const answer = await fetch(admin + path, init);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('www-authenticate')).toBe(
      status === 401 ? 'Bearer realm="latchkey operators"' : null,
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('is not asked for a host, and the public port has nothing of it', async () => {
    const answers = ['/healthz', '/routes', '/metrics'].map((path) =>
      fetch(`http://127.0.0.1:${proxy.port}${path}`, asOperator),
    );
    for (const { status } of await Promise.all(answers)) expect(status).toBe(421);
  });
});

describe('an operator of the proxy', () => {
  test('sees the routes in force and their file, and no secret of an application', async () => {
    const text = await (await fetch(`${admin}/routes`, asOperator)).text();
    expect(JSON.parse(text)).toEqual({
      file: {
        source: 'UPSTREAM_CONFIG',
        sha256: expect.stringMatching(/^[0-9a-f]{12}$/),
        since: expect.any(String),
        age_seconds: expect.any(Number),
        later_refused: false,
      },
      routes: [
        expect.objectContaining({
          from: 'wiki.latchkey.localhost',
          to: 'http://127.0.0.1:9/base?…',
          access: 'group engineering@example.com',
          public: ['^/public/'],
        }),
      ],
    });
    expect(text).not.toContain('of-the-application');
  });

  test.each([
    ['nobody', {}, { allow: false, status: 302, reason: 'no_session' }],
    [
      'an engineer',
      { as: 'Ann@example.com', groups: 'oncall,engineering@example.com' },
      { allow: true, reason: 'allowed_group', person: { email: 'ann@example.com' } },
    ],
    ['somebody else', { as: 'bob@example.com' }, { allow: false, status: 403, error: 'access_denied' }],
    ['nobody on a public path', { url: '/public/x' }, { allow: true, reason: 'public_path' }],
    ['a script', { header: 'Sec-Fetch-Mode: cors' }, { allow: false, status: 401 }],
  ])('learns what would become of a request of %s', async (_, query, expected) => {
    const url = `http://wiki.latchkey.localhost:${proxy.port}${'url' in query ? query.url : '/'}`;
    expect(await decision({ ...query, url })).toMatchObject(expected);
  });

  test('does not see the query of `to`, which may be a credential', async () => {
    const url = `http://wiki.latchkey.localhost:${proxy.port}/public/x?q=1`;
    expect(await decision({ url })).toMatchObject({
      allow: true,
      target: 'http://127.0.0.1:9/base/public/x?…',
    });
  });

  test.each([
    ['url is missing', {}],
    [
      '"usr": write url, as, groups, provider, auth-time, amr, as-account, method, header, ip, time, device',
      { usr: 'x' },
    ],
    ['groups, provider, auth-time and amr are about a person: add as', { url: 'x', groups: 'g' }],
    ['ip: "x": write an address such as 203.0.113.9', { url: 'x', ip: 'x' }],
    ['as-account: "x": the service accounts of the file are none', { url: 'http://x', 'as-account': 'x' }],
    [
      'device: "managed=1": write subject=…, issuer=…, serial_number=…',
      { url: 'http://x', device: 'managed=1' },
    ],
    ['header: "x": write it like "Name: value"', { url: 'x', header: 'x' }],
  ])('gets an answer that says that %s', async (detail, query) => {
    expect(await decision(query)).toMatchObject({ error: 'bad_request', detail });
  });

  test('changes the level of the log for a while, and leaves a line for all that was asked', async () => {
    expect((await put({ level: 'loud' })).status).toBe(400);
    expect((await put({ level: 'debug', for: '25h' })).status).toBe(400);
    expect(await (await put({ level: 'error', for: '1s' })).json()).toMatchObject({
      level: 'error',
      usual: 'info',
    });
    await proxy.process.prints(/"to":"info".*as usual again/);
    await put({ level: 'debug' });
    await proxy.process.prints(/"audit":"operator".*"action":"log_level","to":"debug"/);
    expect(proxy.process.output()).toMatch(/"to":"error".*the level of the log was changed/);
    expect(proxy.process.output()).not.toContain(secret);
  });
});

test('without a secret there is nothing for operators, which the start says, at auth as well', async () => {
  const [port, adminPort] = [await freePort(), await freePort()];
  const auth = startService('auth', {
    SERVER_HOST: `sso.latchkey.localhost:${port}`,
    SERVER_ADDRESS: '127.0.0.1',
    SERVER_PORT: String(port),
    ADMIN_PORT: String(adminPort),
    SESSION_KEY: randomBytes(32).toString('base64'),
    SESSION_COOKIE_SECRET: randomBytes(32).toString('base64'),
    CLIENT_PROXY_ID: 'proxy',
    CLIENT_PROXY_SECRET: 'a secret of the two services',
    AUTHORIZE_EMAIL_DOMAINS: 'example.com',
    AUTHORIZE_PROXY_DOMAINS: 'latchkey.localhost',
    PROVIDER_G_TYPE: 'google',
    PROVIDER_G_SLUG: 'google',
    PROVIDER_G_CLIENT_ID: 'latchkey',
    PROVIDER_G_CLIENT_SECRET: 'a secret of the provider',
  });
  try {
    await auth.listening;
    const at = `http://127.0.0.1:${adminPort}`;
    expect(auth.output()).toContain('nobody: ADMIN_SECRET is not set');
    for (const path of ['/log-level', '/routes', '/decision']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is enough
      expect((await fetch(at + path, { ...asOperator, method: 'PUT' })).status).toBe(404);
    }
    expect(await (await fetch(`${at}/readyz`)).json()).toEqual({
      ready: true,
      components: { server: { ready: true }, store: { ready: true } },
    });
  } finally {
    auth.signal('SIGKILL');
    await auth.ended;
  }
});
