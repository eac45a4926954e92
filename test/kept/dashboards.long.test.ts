// The metrics of BuzzFeed SSO, as its dashboards read them, and Prometheus beside them.
import { afterAll, afterEach, describe, expect, jest, test } from '@jest/globals';
import { authMetrics } from '@latchkey/auth';
import { startDevDirectory } from '@latchkey/dev-idp';
import { createMetrics } from '@latchkey/telemetry';
import { proxyMetrics } from '@latchkey/proxy';
import type { Browser } from '@latchkey/testing/browser';
import { freePort } from '@latchkey/testing/ports';
import { sendRaw } from '../fixtures/raw-request.ts';
import { startService } from '../fixtures/service-process.ts';
import { pressAccount, signedIn } from '../fixtures/sign-in.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';
import { startStatsdAgent } from '../fixtures/statsd-agent.ts';
import type { StatsdLine } from '../fixtures/statsd-agent.ts';
import { useStack } from '../fixtures/use-stack.ts';

// Some of these sign in several times, and wait for datagrams.
jest.setTimeout(20_000);

const upstreams = `
- service: hello
  default:
    from: hello.latchkey.localhost
    to: {{app}}
    options:
      allowed_email_domains: [example.com]
      skip_auth_regex: ['^/public/']
- service: vault
  default:
    from: vault.latchkey.localhost
    to: {{app}}
    options:
      allowed_groups: [security@example.com]
- service: team
  default:
    from: ^(a|b),?(\\w+)--team\\.latchkey\\.localhost$
    to: {{app}}
    type: rewrite
    options:
      allowed_email_domains: [example.com]
`;

const agent = await startStatsdAgent();
afterAll(() => agent.close());
const statsd = { METRICS_STATSD_HOST: '127.0.0.1', METRICS_STATSD_PORT: String(agent.port) };
const registries = { proxy: createMetrics(), auth: createMetrics() };
const the = useStack({ upstreams, proxyEnv: statsd, authEnv: statsd, registries });
let clock = 0;
const noLines = { ...statsd, LOGGING_ENABLE: 'false' };
const quiet = useStack({ upstreams, proxyEnv: noLines, authEnv: noLines, now: () => Date.now() + clock });

const everything: StatsdLine[] = [];

/** Where auth sends somebody who is signed in and asks for their session to be handed over. */
async function callbackFor(browser: Browser, stack: Stack): Promise<string> {
  const start = await browser.visit(stack.url('hello', '/oauth2/sign_in'), { follow: false });
  const back = await browser.visit(String(start.headers['location']), { follow: false });
  return String(back.headers['location']);
}

afterEach(() => void everything.push(...agent.lines.splice(0)));

describe('dashboards', () => {
  test('`request.duration` of sso-proxy, with its tags and nothing else', async () => {
    const browser = await the.signedIn();
    await browser.fetch(the.stack.url('hello', '/page?q=1'));
    const line = await agent.line('sso_proxy.request.duration', { proxy_host: 'hello.latchkey.localhost' });
    expect(line).toMatchObject({ type: 'ms', value: expect.any(Number) });
    expect(line.value).toBeLessThan(60_000);
    expect(line.tags).toEqual({
      service: 'sso_proxy',
      method: expect.stringMatching(/^(GET|POST)$/),
      status_code: expect.stringMatching(/^\d{3}$/),
      status_category: expect.stringMatching(/^[2-5]xx$/),
      action: 'proxy',
      proxy_host: 'hello.latchkey.localhost',
    });
  });

  test.each([
    ['GET', 'hello.latchkey.localhost', '/public/x', 200, 'proxy', 'hello.latchkey.localhost'],
    ['GET', 'HELLO.latchkey.localhost.', '/public/x', 200, 'proxy', 'hello.latchkey.localhost'],
    ['GET', 'hello.latchkey.localhost', '/favicon.ico', 401, 'favicon', 'hello.latchkey.localhost'],
    ['POST', 'hello.latchkey.localhost', '/', 401, 'proxy', 'hello.latchkey.localhost'],
    ['PROPFIND', 'hello.latchkey.localhost', '/public/x', 200, 'proxy', 'hello.latchkey.localhost'],
    ['GET', 'hello.latchkey.localhost', '/robots.txt', 200, 'robots', 'hello.latchkey.localhost'],
    ['GET', 'hello.latchkey.localhost', '/oauth2/auth', 401, 'auth', 'hello.latchkey.localhost'],
    ['GET', 'vault.latchkey.localhost', '/oauth2/ext-authz/page', 401, 'auth', 'vault.latchkey.localhost'],
    ['GET', 'hello.latchkey.localhost', '/oauth2/sign_out', 403, 'sign_out', 'hello.latchkey.localhost'],
    ['GET', 'nowhere.test', '/', 421, 'proxy', '_unknown'],
    ['GET', '10.0.0.7', '/ping', 200, 'ping', '_healthcheck'],
    ['GET', 'bred--team.latchkey.localhost', '/', 401, 'proxy', 'team'],
    ['GET', 'hello..bad', '/', 400, 'proxy', '_unknown'],
  ])('%s %s%s is %d, action %s, host %s', async (method, host, target, status, action, proxyHost) => {
    const request = `${method} ${target} HTTP/1.1\nHost: ${host}\nConnection: close\nContent-Length: 0\n\n`;
    const answer = await sendRaw(the.stack.ports.proxy, request);
    expect(answer.status).toBe(status);
    const tags = {
      service: 'sso_proxy',
      method: ['GET', 'POST'].includes(method) ? method : 'other',
      status_code: String(status),
      status_category: `${String(status)[0]}xx`,
      action,
      proxy_host: proxyHost,
    };
    expect((await agent.line('sso_proxy.request.duration', tags)).tags).toEqual(tags);
  });

  test('`request_overhead`, by the way in which a request passed', async () => {
    await the.browser().fetch(the.stack.url('hello', '/public/x'));
    await agent.line('sso_proxy.request_overhead', { action: 'proxy', auth_type: 'whitelisted' });
    await (await the.signedIn()).fetch(the.stack.url('hello'));
    await agent.line('sso_proxy.request_overhead', { action: 'proxy', auth_type: 'authenticated' });
  });

  test('`application_error` of sso-proxy', async () => {
    const browser = await the.signedIn();
    expect((await browser.fetch(the.stack.url('vault'))).status).toBe(403);
    const refused = { action: 'proxy', auth_type: 'authenticated', error: 'user_unauthorized' };
    expect((await agent.line('sso_proxy.application_error', refused)).tags).toEqual({
      service: 'sso_proxy',
      ...refused,
    });
    expect((await browser.fetch(the.stack.url('vault', '/oauth2/auth'))).status).toBe(403);
    await agent.line('sso_proxy.application_error', { action: 'auth', error: 'unauthorized_request' });
  });

  test('`callback` of sso-proxy and `redeem` of sso-auth: a session handed over by a code', async () => {
    const callback = await callbackFor(await the.signedIn(), the.stack);
    await the.browser().visit(callback);
    await agent.line('sso_proxy.application_error', { action: 'callback', error: 'csrf_cookie_error' });

    const browser = await the.signedIn();
    await browser.visit(await callbackFor(browser, the.stack), { follow: false });
    await agent.line('sso_proxy.request.duration', { action: 'callback', status_code: '302' });
    await agent.line('sso_auth.request.duration', { action: 'redeem', method: 'POST', status_code: '200' });

    const other = await the.signedIn();
    const forged = (await callbackFor(other, the.stack)).replace(/code=[^&]+/, 'code=forged');
    await other.visit(forged, { follow: false });
    await agent.line('sso_auth.application_error', { action: 'redeem', error: 'invalid_auth_code' });
  });

  test('a sign-in counts at sso-auth: its requests, and what the provider was asked', async () => {
    await the.signedIn();
    const host = { proxy_host: 'hello.latchkey.localhost' };
    const signIn = await agent.line('sso_auth.request.duration', {
      action: 'sign_in',
      status_code: '302',
      ...host,
    });
    expect(signIn.tags).toEqual({
      service: 'sso_auth',
      method: 'GET',
      status_code: '302',
      status_category: '3xx',
      action: 'sign_in',
      ...host,
    });
    await agent.line('sso_auth.request.duration', { action: 'callback', proxy_host: 'unknown' });
    await agent.line('sso_auth.request.duration', { action: 'validate', method: 'POST', status_code: '200' });
    const redeem = { action: 'redeem', provider: 'google' };
    await agent.line('sso_auth.provider.request', redeem);
    await agent.line('sso_auth.provider.response', { ...redeem, status_code: '200' });
    await agent.line('sso_auth.provider.latency', { ...redeem, status_code: '200' });
  });

  test.each([
    [
      '/google/sign_in?client_id=proxy&redirect_uri=https://evil.test/',
      'sign_in',
      'invalid_redirect_parameter',
    ],
    ['/google/start?redirect_uri=https://evil.test/', 'start', 'invalid_redirect_parameter'],
    ['/google/callback?code=x&state=y', 'callback', 'missing_csrf_cookie'],
  ])('`application_error` of sso-auth: %s', async (target, action, error) => {
    await the.browser().visit(the.stack.authUrl(target), { follow: false });
    await agent.line('sso_auth.application_error', { action, error });
    const { tags } = await agent.line('sso_auth.request.duration', { action });
    expect(tags['proxy_host']).toBe('unknown');
  });

  test('`provider_error` of sso-auth: a provider that answers with an error', async () => {
    the.stack.idp.behaviour.faults.token = { answer: { status: 503, body: {} } };
    await expect(the.signedIn()).rejects.toThrow('signing in ended with');
    the.stack.idp.behaviour.faults = {};
    await agent.line('sso_auth.provider_error', { action: 'callback', error: 'redeem_code' });
    await agent.line('sso_auth.provider.error', { action: 'redeem', provider: 'google', status_code: '503' });
  });

  test('`provider.internal_error` of sso-auth: a provider that does not answer', async () => {
    the.stack.idp.behaviour.faults.token = { hangUp: true };
    await expect(the.signedIn()).rejects.toThrow('signing in ended with');
    the.stack.idp.behaviour.faults = {};
    await agent.line('sso_auth.provider.internal_error', { action: 'redeem', error: 'http_client_error' });
  });

  test('`provider.singleflight`: requests side by side that ask about one session', async () => {
    const browser = await quiet.signedIn();
    clock += 120_000;
    const ask = () => browser.fetch(quiet.stack.url('hello'));
    await Promise.all([ask(), ask(), ask()]);
    const { tags } = await agent.line('sso_proxy.provider.singleflight');
    expect(tags).toEqual({ service: 'sso_proxy', endpoint: 'ValidateSessionState' });
  });

  test('`provider_error` and `provider_error_fallback` of sso-proxy: a code not redeemed and a session that stands although auth is away', async () => {
    let ahead = 0;
    const stack = await startStack({ upstreams, proxyEnv: statsd, now: () => Date.now() + ahead });
    const browser = await signedIn(stack);
    const callback = await callbackFor(browser, stack);
    await stack.auth.stop();
    expect((await browser.visit(callback)).status).toBe(503);
    await agent.line('sso_proxy.provider_error', { action: 'callback', error: 'redeem_code_error' });
    ahead = 600_000;
    expect((await browser.fetch(stack.url('hello'))).status).toBe(200);
    const { tags } = await agent.line('sso_proxy.provider_error_fallback');
    expect(tags).toEqual({
      service: 'sso_proxy',
      action: 'validate_session',
      error: 'validation_failed',
    });
    ahead = 6 * 3_600_000;
    expect((await browser.fetch(stack.url('hello'))).status).toBe(503);
    await agent.line('sso_proxy.application_error', { action: 'proxy', error: 'internal_error' });
    await browser.close();
    await stack.close();
  });

  test('`provider.token_revoked`: the provider ended a session', async () => {
    const browser = await quiet.signedIn();
    quiet.stack.idp.behaviour.disabled.add('engineer@example.com');
    clock += 2 * 3_600_000;
    expect((await browser.fetch(quiet.stack.url('hello'))).status).toBe(401);
    quiet.stack.idp.behaviour.disabled.clear();
    await agent.line('sso_auth.provider.token_revoked', { action: 'refresh', provider: 'google' });
    await agent.line('sso_auth.provider_error', { action: 'validate', error: 'invalid_access_token' });
  });

  test('`provider.groupcache`, `groups_cache.error`, `provider.backoff`: the directory of Google', async () => {
    let ahead = 0;
    const now = () => Date.now() + ahead;
    const group = 'security@example.com';
    const directory = await startDevDirectory({ now, groups: { [group]: ['engineer@example.com'] } });
    const stack = await startStack({
      upstreams,
      now,
      proxyEnv: statsd,
      authEnv: {
        ...statsd,
        PROVIDER_DEV_GOOGLE_CREDENTIALS_JSON: directory.credentials,
        PROVIDER_DEV_GOOGLE_IMPERSONATE: 'admin@example.com',
        PROVIDER_DEV_GROUPCACHE_INTERVAL_REFRESH: '10m',
        PROVIDER_DEV_GOOGLE_DIRECTORY_URL: directory.url,
      },
    });
    const browser = await signedIn(stack);
    expect((await browser.fetch(stack.url('vault'))).status).toBe(200);
    const lookup = { action: 'ValidateGroupMembership' };
    await agent.line('sso_auth.provider.groupcache', { ...lookup, cache: 'miss' });
    const asked = { action: 'check_memberships_resource', provider: 'google', status_code: '200' };
    await agent.line('sso_auth.provider.latency', asked);
    ahead = 120_000;
    expect((await browser.fetch(stack.url('vault'))).status).toBe(200);
    await agent.line('sso_auth.provider.groupcache', { ...lookup, cache: 'hit' });

    const tooMuch = { answer: { status: 429, body: {} } };
    directory.faults = { hasMember: tooMuch, members: tooMuch };
    ahead = 900_000;
    expect((await browser.fetch(stack.url('vault'))).status).toBe(200);
    const tags = { group: 'security_example.com', error: 'provider_unavailable' };
    await agent.line('sso_auth.groups_cache.error', tags);
    expect((await agent.line('sso_auth.provider.backoff')).value).toBe(10_000);
    await browser.close();
    await stack.close();
    await directory.close();
  });

  test('the memory of sso-proxy, as gauges', async () => {
    const stack = await startStack({ upstreams, proxyEnv: statsd });
    for (const name of ['mem.alloc', 'mem.sys', 'mem.heap.alloc', 'mem.heap.sys']) {
      const { type, value, tags } = await agent.line(`sso_proxy.${name}`);
      expect([type, tags]).toEqual(['g', { service: 'sso_proxy' }]);
      expect(value).toBeGreaterThan(1_000_000);
    }
    await stack.close();
  });

  test('LOGGING_ENABLE=false leaves them on, and the line that somebody was refused', async () => {
    const browser = await quiet.signedIn();
    expect((await browser.fetch(quiet.stack.url('vault', '/x?q=1'))).status).toBe(403);
    await agent.line('sso_proxy.request.duration', { proxy_host: 'vault.latchkey.localhost' });
    await agent.line('sso_auth.request.duration', { action: 'callback' });
    expect(quiet.stack.log.filter(({ msg }) => msg === 'request')).toEqual([]);
    expect(quiet.stack.log.filter(({ audit }) => audit === 'denied')).toEqual([
      expect.objectContaining({
        level: 'warn',
        msg: 'denied',
        user: 'engineer@example.com',
        route: 'vault',
        host: 'vault.latchkey.localhost',
        path: '/x',
        reason: 'no_rule_matches',
        rule: 'allowed_groups: security@example.com',
        client: '127.0.0.1',
        id: expect.stringMatching(/^[\w-]{12}$/),
      }),
    ]);
  });
});

describe('what is sent', () => {
  // Section 7 of what we know about BuzzFeed SSO.
  test.each([
    'request.duration',
    'request_overhead',
    'application_error',
    'provider_error',
    'provider_error_fallback',
    'provider.singleflight',
    'cpu.goroutines',
    'cpu.cgo_calls',
    'mem.alloc',
  ])('has a row for %s of sso-proxy: sent, or why not', (name) => {
    expect(proxyMetrics.statsd).toHaveProperty([name]);
  });

  test.each([
    'request.duration',
    'application_error',
    'provider_error',
    'provider.request',
    'provider.response',
    'provider.latency',
    'provider.error',
    'provider.internal_error',
    'provider.token_revoked',
    'provider.backoff',
    'provider.circuit_change',
    'provider.singleflight',
    'provider.groupcache',
    'cache_refresh_loop',
    'groups_cache.error',
    'localcache.hit',
    'localcache.miss',
    'localcache.set',
    'localcache.purge',
  ])('has a row for %s of sso-auth: sent, or why not', (name) => {
    expect(authMetrics.statsd).toHaveProperty([name]);
  });

  test('is in the table, with its kind and no tag beside those of the table', () => {
    expect(new Set(everything.map(({ name }) => name)).size).toBeGreaterThan(12);
    for (const { name, type, tags } of everything) {
      const dot = name.indexOf('.') + 1;
      const service = name.startsWith('sso_proxy.') ? proxyMetrics : authMetrics;
      const row = service.statsd[name.slice(dot)];
      if (row === undefined || 'absent' in row) throw new Error(`${name} is sent and not in the table`);
      const types = { timing: 'ms', count: 'c', gauge: 'g' };
      expect([name, type]).toEqual([name, types[row.kind]]);
      const { service: tag, ...others } = tags;
      expect(tag).toBe(service.namespace.slice(0, -1));
      expect(row.tags).toEqual(expect.arrayContaining(Object.keys(others)));
    }
  });

  test('holds no person, no path, no query, no cookie, no code and no secret', async () => {
    const browser = the.browser();
    const atProvider = await browser.visit(the.stack.url('hello', '/in-the-path?token=in-the-query'));
    const arrived = await pressAccount(browser, atProvider, 'engineer@example.com');
    await browser.fetch(the.stack.url('vault', '/in-the-path'), {
      headers: { 'user-agent': 'in-a-header', 'x-forwarded-host': 'in-a-header' },
    });
    await agent.line('sso_proxy.application_error', { error: 'user_unauthorized' });
    const urls = [...atProvider.hops, ...arrived.hops].map((hop) => new URL(hop.url));
    const cookies = await browser.jar.getCookies(the.stack.authUrl('/'));
    const forbidden = [
      'engineer',
      'in-the-',
      'in-a-header',
      the.stack.serviceSecret,
      'a secret of the provider',
      ...urls.flatMap(({ searchParams }) =>
        ['code', 'state', 'sig'].flatMap((key) => searchParams.getAll(key)),
      ),
      ...cookies.map(({ value }) => value).filter((value) => value.length > 8),
    ];
    expect(forbidden.length).toBeGreaterThan(7);
    const text = agent.lines.map((line) => line.text).join('\n');
    const scraped = (await registries.proxy.metrics()) + (await registries.auth.metrics());
    expect(scraped).toContain('latchkey_request_duration_seconds');
    for (const one of forbidden) {
      expect(text).not.toContain(one);
      expect(scraped).not.toContain(one);
    }
  });
});

describe('an agent that is not there', () => {
  test.each([
    ['has no socket', { METRICS_STATSD_HOST: '127.0.0.1', METRICS_STATSD_PORT: '1' }, 0],
    ['has no address', { METRICS_STATSD_HOST: 'agent.invalid' }, 1],
  ])('because it %s disturbs nothing', async (_, env, warnings) => {
    const stack = await startStack({ upstreams, proxyEnv: env, authEnv: env });
    const browser = await signedIn(stack);
    const answers = await Promise.all(Array.from({ length: 200 }, () => browser.fetch(stack.url('hello'))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await browser.close();
    await stack.close();
    for (const name of ['proxy', 'auth']) {
      const about = stack.log.filter(
        ({ msg, service }) => service === name && msg.startsWith('METRICS_STATSD_HOST'),
      );
      expect(about.length).toBeLessThanOrEqual(warnings);
    }
  });
});

describe('Prometheus beside it', () => {
  test('reads how long requests take, by method, status, route and reason', async () => {
    const browser = await the.signedIn();
    await browser.fetch(the.stack.url('vault'));
    await the.browser().fetch(the.stack.url('nowhere'));
    await agent.line('sso_proxy.request.duration', { proxy_host: '_unknown' });
    const text = await registries.proxy.metrics();
    for (const labels of [
      'method="GET",status="4xx",route="vault",reason="no_rule_matches"',
      'method="GET",status="2xx",route="hello",reason="allowed_email_domain"',
      'method="GET",status="4xx",route="_unknown",reason="unknown_host"',
    ]) {
      expect(text).toContain(`latchkey_request_duration_seconds_count{${labels}} `);
    }
    expect(text).toContain('latchkey_denials_total{route="vault",reason="no_rule_matches",policy=""} ');
    expect(text).toContain('latchkey_errors_total{route="vault",error="access_denied"} ');
    expect(text).toMatch(/latchkey_session_check_duration_seconds_count\{outcome="active"\} [1-9]/);
    expect(text).toMatch(/latchkey_request_overhead_seconds_count\{public="false"\} [1-9]/);
  });

  test('reads what auth does, and what it asks of providers', async () => {
    await the.signedIn();
    await agent.line('sso_auth.request.duration', { action: 'validate' });
    const text = await registries.auth.metrics();
    for (const [route, status] of [
      ['sign_in', '3xx'],
      ['callback', '3xx'],
      ['introspect', '2xx'],
    ]) {
      const labels = new RegExp(
        `_count\\{method="(GET|POST)",status="${status}",route="${route}",reason="none"\\} `,
      );
      expect(text).toMatch(labels);
    }
    expect(text).toMatch(
      /latchkey_provider_question_duration_seconds_count\{provider="google",action="redeem",outcome="answered"\} [1-9]/,
    );
  });

  const key = Buffer.alloc(32, 'the key of the tests').toString('base64');
  const both = { SESSION_COOKIE_SECRET: key, METRICS_STATSD_HOST: '127.0.0.1' };
  const ofProxy = {
    ...both,
    PROVIDER_URL_EXTERNAL: 'https://sso.example.com',
    CLIENT_ID: 'proxy',
    CLIENT_SECRET: 'the secret of both which is long enough',
    UPSTREAM_CONFIG: '[]',
  };
  const ofAuth = {
    ...both,
    SERVER_HOST: 'sso.example.com',
    SESSION_KEY: key,
    CLIENT_PROXY_ID: 'proxy',
    CLIENT_PROXY_SECRET: 'the secret of both which is long enough',
    AUTHORIZE_PROXY_DOMAINS: 'example.com',
    AUTHORIZE_EMAIL_DOMAINS: 'example.com',
    PROVIDER_X_TYPE: 'google',
    PROVIDER_X_SLUG: 'google',
    PROVIDER_X_CLIENT_ID: 'client',
    PROVIDER_X_CLIENT_SECRET: 'secret',
  };

  test.each([
    ['proxy', ofProxy, '_healthcheck'],
    ['auth', ofAuth, 'ping'],
  ] as const)(
    'is served at METRICS_PORT by %s, and a stop sends the rest to StatsD',
    async (name, env, route) => {
      const [port, metricsPort] = [await freePort(), await freePort()];
      const service = startService(name, {
        ...env,
        SERVER_PORT: String(port),
        METRICS_PORT: String(metricsPort),
        METRICS_STATSD_PORT: String(agent.port),
      });
      await service.listening;
      await sendRaw(port, 'GET /ping HTTP/1.1\nHost: x\nConnection: close\n\n');
      const scrape = 'GET /metrics HTTP/1.1\nHost: x\nConnection: close\n\n';
      expect((await sendRaw(metricsPort, scrape)).body).toContain(`route="${route}"`);
      service.signal('SIGTERM');
      await agent.line(`sso_${name}.request.duration`, { action: 'ping', status_code: '200' });
      expect(await service.ended).toBe(0);
    },
  );

  test('has every metric of the tables, and says in them what StatsD calls the same', () => {
    for (const [{ prometheus, statsd }, registry] of [
      [proxyMetrics, registries.proxy],
      [authMetrics, registries.auth],
    ] as const) {
      for (const [name, row] of Object.entries(prometheus)) {
        if (!/^latchkey_(?:upstream|store)_/.test(name)) expect(registry.getSingleMetric(name)).toBeDefined();
        if (row.statsd !== undefined) expect(statsd[row.statsd]).toHaveProperty('kind');
      }
    }
  });
});
