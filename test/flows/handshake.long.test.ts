// A proxy and an auth that are configured differently find that out by themselves, at the start, and not from the first person
// who cannot sign in.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { startAuth } from '@latchkey/auth';
import { grpcHealthPath } from '@latchkey/contract';
import type { RunningServer } from '@latchkey/http';
import { startProxy } from '@latchkey/proxy';
import { createMetrics } from '@latchkey/telemetry';
import { freePort } from '@latchkey/testing/ports';
import { sendRaw } from '../fixtures/raw-request.ts';
import { signedIn } from '../fixtures/sign-in.ts';
import { startStack } from '../fixtures/stack.ts';
import type { LogLine, Stack, StackOptions } from '../fixtures/stack.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function stackWith(options: StackOptions): Promise<Stack> {
  const stack = await startStack(options);
  closing.push(() => stack.close());
  return stack;
}

const anotherSecret = () => randomBytes(32).toString('base64');

/** One more task of the proxy, on a port of its own. */
async function proxyBeside(stack: Stack, internalUrl: URL): Promise<RunningServer> {
  const { proxySettings, table, signer, proxyLog: log } = stack;
  const server = { ...proxySettings.server, port: await freePort() };
  const provider = { ...proxySettings.provider, internalUrl };
  const proxy = await startProxy({ settings: { ...proxySettings, server, provider }, table, signer, log });
  closing.push(() => proxy.stop());
  return proxy;
}

const ping = (port: number) => sendRaw(port, 'GET /ping HTTP/1.1\nHost: x\nConnection: close\n\n');
const isAbout = (what: string) => (line: LogLine) => line['alarm'] === 'mismatch' && line['what'] === what;
/** The line about a mismatch, which a proxy on a busy machine may write after it has started. */
async function lineAbout(what: string, stack: Stack): Promise<LogLine> {
  return stack.log.find(isAbout(what)) ?? stack.nextLine(isAbout(what));
}
const isQuestion = ({ path }: LogLine) => path === '/oauth2/handshake';
/** Auth has been asked. */
async function isAsked(stack: Stack): Promise<void> {
  if (!stack.log.some(isQuestion)) await stack.nextLine(isQuestion);
}
const isAlarm = (line: LogLine) => line['alarm'] !== undefined;
const alarms = ({ log }: Stack) => log.filter(isAlarm).map(({ what }) => what);

describe('a proxy with another client secret than auth', () => {
  test('is not ready, says why, and is ready as soon as auth has the same', async () => {
    const registries = { proxy: createMetrics(), auth: createMetrics() };
    const secret = randomBytes(24).toString('hex');
    const stack = await stackWith({ registries, authEnv: { CLIENT_PROXY_SECRET: secret } });
    const measured = async () =>
      (await registries.proxy.metrics()).match(/^latchkey_auth_mismatch.*client".*$/m)?.[0];
    const line = await lineAbout('client', stack);
    const { status, body } = await ping(stack.ports.proxy);
    expect([status, stack.proxy.ready()]).toEqual([503, false]);
    expect(body).toContain('auth refuses the credentials of the proxy: write the same into CLIENT_ID');
    const byGrpc = `GET ${grpcHealthPath} HTTP/1.1\nHost: x\nConnection: close\n\n`;
    expect((await sendRaw(stack.ports.proxy, byGrpc)).head).toMatch(/^grpc-status: 14\r?$/im);
    expect(line).toMatchObject({
      level: 'error',
      ready: false,
      msg: body.trim(),
    });
    expect(await measured()).toBe('latchkey_auth_mismatch{what="client"} 1');

    await stack.auth.stop();
    const over = stack.nextLine(({ alarm }) => alarm === 'mismatch over');
    const { authSettings: settings, proxySettings } = stack;
    const auth = await startAuth({
      settings: { ...settings, client: proxySettings.client },
      log: stack.proxyLog,
    });
    closing.push(() => auth.stop());
    expect(await over).toMatchObject({ level: 'warn', what: 'client' });
    expect([(await ping(stack.ports.proxy)).status, stack.proxy.ready()]).toEqual([200, true]);
    expect(await measured()).toBe('latchkey_auth_mismatch{what="client"} 0');
    for (const hidden of [secret, stack.serviceSecret]) expect(stack.logText()).not.toContain(hidden);
  });
});

describe.each<[string, string[], StackOptions]>([
  ['the cookie is of another name', ['cookie_name'], { authEnv: { SESSION_COOKIE_NAME: '_other' } }],
  [
    'auth would sign what the proxy cannot verify',
    ['client_secret'],
    { authEnv: { CLIENT_PROXY_SECRET: 'x'.repeat(3) + randomBytes(24).toString('hex') } },
  ],
])('where %s', (_what, expected, options) => {
  test('the proxy is not ready', async () => {
    const { authEnv = {} } = options;
    const shared = randomBytes(24).toString('hex');
    const list = (own: string | undefined) => (own === undefined ? shared : `${own},${shared}`);
    const stack = await stackWith({
      authEnv: { ...authEnv, CLIENT_PROXY_SECRET: list(authEnv['CLIENT_PROXY_SECRET']) },
      proxyEnv: { CLIENT_SECRET: shared },
    });
    for (const what of expected) await lineAbout(what, stack);
    expect([alarms(stack), (await ping(stack.ports.proxy)).status]).toEqual([expected, 503]);
  });
});

test('clocks that are more than a minute apart keep a proxy from being ready', async () => {
  const stack = await stackWith({});
  const { proxySettings, table, signer, proxyLog: log } = stack;
  const settings = { ...proxySettings, server: { ...proxySettings.server, port: await freePort() } };
  const proxy = await startProxy({ settings, table, signer, log, now: () => Date.now() - 75_000 });
  closing.push(() => proxy.stop());
  await lineAbout('clock', stack);
  const { status, body } = await ping(proxy.port);
  expect(status).toBe(503);
  expect(body).toMatch(/^the clock of auth is 7\d s ahead of that of the proxy/);
});

describe('a proxy that shares a cookie with auth', () => {
  test.each<[string, string, StackOptions, string]>([
    [
      'the domain of a cookie that auth does not share',
      'cookie_domain',
      { authEnv: { SESSION_COOKIE_DOMAIN: '' } },
      'SESSION_COOKIE_DOMAIN is "latchkey.localhost" at the proxy and not set at auth',
    ],
    [
      'a wider domain than auth',
      'cookie_domain',
      { authEnv: { SESSION_COOKIE_DOMAIN: 'sso.latchkey.localhost' } },
      'SESSION_COOKIE_DOMAIN is "latchkey.localhost" at the proxy and "sso.latchkey.localhost" at auth',
    ],
    [
      'a secret that does not open it',
      'cookie_secret',
      { proxyEnv: { SESSION_COOKIE_SECRET: anotherSecret() } },
      'the proxy cannot open the session cookie',
    ],
  ])('and has %s is not ready, and says why', async (_what, what, options, sentence) => {
    const stack = await stackWith(options);
    const { level, ready, msg } = await lineAbout(what, stack);
    const { status, body } = await ping(stack.ports.proxy);
    expect([level, ready, alarms(stack), status]).toEqual(['error', false, [what], 503]);
    expect(body).toContain(sentence);
    expect(body.trim()).toBe(msg);
    expect(stack.proxy.ready()).toBe(false);
  });

  test('below a part of its domain alone is ready, says so, and lets people in on every host', async () => {
    const stack = await stackWith({ proxyEnv: { SESSION_COOKIE_DOMAIN: 'hello.latchkey.localhost' } });
    const { level, ready } = await lineAbout('cookie_domain', stack);
    expect([level, ready, alarms(stack)]).toEqual(['error', true, ['cookie_domain']]);
    expect((await ping(stack.ports.proxy)).status).toBe(200);
    const browser = await signedIn(stack);
    expect((await browser.visit(stack.url('wiki'))).status).toBe(200);
    expect((await browser.visit(stack.url('wiki'))).hops).toHaveLength(1);
    await browser.close();
  });

  const [before, after] = [anotherSecret(), anotherSecret()];
  test.each([
    ['later than', `${before},${after}`, `${after},${before}`],
    ['before', `${after},${before}`, `${before},${after}`],
  ])('whose secret is being changed %s that of auth is ready', async (_when, ofProxy, ofAuth) => {
    const stack = await stackWith({
      proxyEnv: { SESSION_COOKIE_SECRET: ofProxy },
      authEnv: { SESSION_COOKIE_SECRET: ofAuth },
    });
    await isAsked(stack);
    expect([alarms(stack), (await ping(stack.ports.proxy)).status]).toEqual([[], 200]);
  });

  test('with a new domain is ready as soon as auth has it', async () => {
    const stack = await stackWith({ authEnv: { SESSION_COOKIE_DOMAIN: 'sso.latchkey.localhost' } });
    await lineAbout('cookie_domain', stack);
    expect(stack.proxy.ready()).toBe(false);
    await stack.auth.stop();
    const over = stack.nextLine(({ alarm }) => alarm === 'mismatch over');
    const { authSettings, proxySettings } = stack;
    const { cookie } = proxySettings.session;
    const settings = { ...authSettings, session: { ...authSettings.session, cookie } };
    const auth = await startAuth({ settings, log: stack.proxyLog });
    closing.push(() => auth.stop());
    expect(await over).toMatchObject({ level: 'warn', what: 'cookie_domain' });
    expect([(await ping(stack.ports.proxy)).status, stack.proxy.ready()]).toEqual([200, true]);
  });
});

test('a proxy without a shared cookie has nothing to say about that of auth', async () => {
  const stack = await stackWith({
    proxyEnv: {
      SESSION_COOKIE_DOMAIN: '',
      SESSION_COOKIE_NAME: '_own',
      SESSION_COOKIE_SECRET: anotherSecret(),
    },
  });
  await isAsked(stack);
  expect([alarms(stack), (await ping(stack.ports.proxy)).status]).toEqual([[], 200]);
});

test('two services as BuzzFeed SSO has them have nothing to say', async () => {
  const stack = await stackWith({
    proxyEnv: { SESSION_COOKIE_SECRET: anotherSecret(), SESSION_COOKIE_DOMAIN: '' },
    authEnv: { SESSION_COOKIE_DOMAIN: '', SESSION_COOKIE_NAME: '_sso_auth' },
  });
  await isAsked(stack);
  expect([alarms(stack), (await ping(stack.ports.proxy)).status]).toEqual([[], 200]);
});

describe('a proxy that starts', () => {
  test('while auth is away is ready, and lets in who is known by the cookie alone', async () => {
    const stack = await stackWith({});
    const browser = await signedIn(stack);
    const cookie = await browser.jar.getCookieString(stack.url('hello'));
    await stack.auth.stop();
    const proxy = await proxyBeside(stack, new URL(`http://127.0.0.1:${stack.ports.auth}`));
    expect([proxy.ready(), (await ping(proxy.port)).status]).toEqual([true, 200]);
    const answer = await sendRaw(
      proxy.port,
      `GET / HTTP/1.1\nHost: hello.latchkey.localhost:${stack.ports.proxy}\nCookie: ${cookie}\nConnection: close\n\n`,
    );
    expect(answer.status).toBe(200);
    expect(stack.log.filter(isAlarm)).toMatchObject([{ alarm: 'grace' }]);
    await browser.close();
  });

  test.each([
    ['an auth that has no such endpoint', 404, '{"error":"not_found"}'],
    ['a load balancer without an auth behind it', 503, '<h1>503</h1>'],
    ['what has never heard of it', 200, 'welcome'],
    ['an auth that says something else', 200, '{"contract":{"version":1}}'],
  ])('in front of %s is ready', async (_what, status, body) => {
    const stack = await stackWith({});
    const other = createServer((_req, res) => res.writeHead(status).end(body)).listen(0, '127.0.0.1');
    await once(other, 'listening');
    closing.push(async () => void other.close());
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const proxy = await proxyBeside(stack, new URL(`http://127.0.0.1:${port}`));
    expect([proxy.ready(), alarms(stack)]).toEqual([true, []]);
  });
});

test('auth tells what it goes by to the proxy alone, and no secret of it', async () => {
  const stack = await stackWith({});
  const ask = async (method: string, secret: string) => {
    const credentials = Buffer.from(`proxy:${secret}`).toString('base64');
    const host = new URL(stack.authUrl()).host;
    return sendRaw(
      stack.ports.auth,
      `${method} /oauth2/handshake HTTP/1.1\nHost: ${host}\nAuthorization: Basic ${credentials}\nContent-Length: 0\nConnection: close\n\n`,
    );
  };
  const { status, body } = await ask('POST', stack.serviceSecret);
  expect([status, JSON.parse(body)]).toMatchObject([200, { contract: { version: 1 } }]);
  const { client, session } = stack.authSettings;
  for (const secret of [...client.secrets, ...session.key, ...session.cookie.secrets]) {
    expect(body).not.toContain(secret.slice(0, 12));
  }
  expect((await ask('POST', 'another')).status).toBe(401);
  expect((await ask('GET', stack.serviceSecret)).status).toBe(405);
});
