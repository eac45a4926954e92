// A program that acts for a person: auth gives it tokens, the proxy takes them as another form of the person's session.
import { beforeEach, describe, expect, test } from '@jest/globals';
import { authorizationServerPaths as paths } from '@latchkey/contract';
import { call, CallError } from '@latchkey/http';
import { Browser } from '@latchkey/testing/browser';
import { latchkey } from '@latchkey/testing/latchkey';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { askAsProgram, loginAsProgram, newTokenKey } from '../fixtures/program.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { useStack } from '../fixtures/use-stack.ts';

let later = 0;
beforeEach(() => {
  later = 0;
});

const the = useStack({
  authEnv: { ACCESS_TOKEN_KEY: newTokenKey() },
  now: () => Date.now() + later,
  upstreams: `
- service: api
  default: {from: api.latchkey.localhost, to: '{{app}}', options: {allowed_groups: [engineering@example.com], bearer: true}}
- service: scoped
  default: {from: scoped.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com], bearer: true, required_scopes: [deploy]}}
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
`,
  providerType: 'oidc',
});

const ask = (token: string, host = 'api', path = '/') =>
  the.browser().fetch(the.stack.url(host, path), { headers: { authorization: `Bearer ${token}` } });
const statusOf = async (token: string, host?: string) => (await ask(token, host)).status;
async function login(host = 'api', scope?: string) {
  const browser = await the.signedIn();
  return { browser, ...(await loginAsProgram(the.stack, browser, the.stack.url(host), scope)) };
}

describe('a token', () => {
  test('lets a program in as its person, with their groups', async () => {
    const { access_token } = await login();
    expect(await statusOf(access_token)).toBe(200);
    const [received = { rawHeaders: [] }] = the.stack.app.received;
    expect(valuesOf(received, 'X-Forwarded-Email')).toEqual(['engineer@example.com']);
    expect(valuesOf(received, 'X-Forwarded-Groups')).toEqual(['engineering@example.com']);
    expect(valuesOf(received, 'Authorization')).toEqual([]);
    expect(the.stack.logText()).not.toContain(access_token);
  });

  test('is for the application that it was asked for, and for no other', async () => {
    const { access_token } = await login('scoped', 'deploy');
    expect([await statusOf(access_token, 'scoped'), await statusOf(access_token, 'api')]).toEqual([200, 401]);
    expect(JSON.parse((await ask(access_token, 'api')).body)).toMatchObject({ reason: 'token_invalid' });
  });

  test('counts for nothing where a route takes no tokens', async () => {
    const { access_token } = await login('hello');
    expect(JSON.parse((await ask(access_token, 'hello')).body)).toMatchObject({ reason: 'no_session' });
  });

  test('is held to its scopes, which a browser has no need of', async () => {
    const { access_token, browser } = await login('scoped', 'read');
    expect(await statusOf(access_token, 'scoped')).toBe(403);
    expect((await browser.fetch(the.stack.url('scoped'))).status).toBe(200);
  });

  test('is over after an hour, and the next one counts', async () => {
    const { access_token, refresh_token } = await login();
    expect(await statusOf(access_token)).toBe(200);
    later = 3_601_000;
    expect(JSON.parse((await ask(access_token)).body)).toMatchObject({ reason: 'token_expired' });
    const next = await askAsProgram(the.stack, { grant_type: 'refresh_token', refresh_token });
    expect(await statusOf(next.access_token)).toBe(200);
  });

  test('that somebody else has signed, or changed, is none', async () => {
    const { access_token } = await login();
    const [header = '', payload = '', signature = ''] = access_token.split('.');
    const changed: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const another = Buffer.from(JSON.stringify({ ...Object(changed), email: 'admin@example.com' }));
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url');
    for (const forged of [
      `${header}.${another.toString('base64url')}.${signature}`,
      `${none}.${payload}.`,
      `${none}.${payload}.${signature}`,
      `${header}.${payload}.${'A'.repeat(86)}`,
    ]) {
      expect(await statusOf(forged)).toBe(401);
    }
    expect(await statusOf(access_token)).toBe(200);
  });
});

describe('what ends the session of a person', () => {
  test('ends their tokens: a sign-out is known within a minute', async () => {
    const { access_token, browser } = await login();
    expect(await statusOf(access_token)).toBe(200);
    const headers = { 'sec-fetch-site': 'same-origin' };
    await browser.visit(the.stack.authUrl('/google/sign_out'), { form: {}, headers });
    later = 61_000;
    expect(await statusOf(access_token)).toBe(401);
  });

  test('a group that is taken away is missed within a minute', async () => {
    const { access_token } = await login();
    expect(await statusOf(access_token)).toBe(200);
    const account = the.stack.idp.accounts.find(({ email }) => email === 'engineer@example.com');
    const groups = account?.groups ?? [];
    Object.assign(account ?? {}, { groups: [] });
    later = 61_000;
    expect(await statusOf(access_token)).toBe(403);
    Object.assign(account ?? {}, { groups });
  });

  test('is nothing that a program does: what it gives back ends alone', async () => {
    const { access_token, refresh_token, browser } = await login();
    expect(await statusOf(access_token)).toBe(200);
    await askAsProgram(the.stack, { token: refresh_token }, paths.revoke);
    later = 61_000;
    expect(await statusOf(access_token)).toBe(401);
    expect((await browser.fetch(the.stack.url('hello'))).status).toBe(200);
  });
});

test('while auth is away a token goes on as its session does, and not for longer than it is good', async () => {
  const { access_token } = await login();
  expect(await statusOf(access_token)).toBe(200);
  await the.stack.auth.stop();
  later = 61_000;
  expect(await statusOf(access_token)).toBe(200);
  later = 3_601_000;
  expect(JSON.parse((await ask(access_token)).body)).toMatchObject({ reason: 'token_expired' });
  await the.stack.restartAuth();
});

test('a restart of auth, which remembers nothing, ends nothing', async () => {
  const { access_token, refresh_token } = await login();
  expect(await statusOf(access_token)).toBe(200);
  await the.stack.restartAuth();
  later = 61_000;
  expect(await statusOf(access_token)).toBe(200);
  const next = await askAsProgram(the.stack, { grant_type: 'refresh_token', refresh_token });
  expect(await statusOf(next.access_token)).toBe(200);
});

test('a program that was refused learns whom to ask, and other routes have that address for themselves', async () => {
  const refused = await the.browser().fetch(the.stack.url('scoped'));
  const { 'www-authenticate': challenge } = refused.headers;
  const metadata = the.stack.url('scoped', '/.well-known/oauth-protected-resource');
  expect([refused.status, challenge]).toEqual([
    401,
    `Bearer realm="Latchkey", resource_metadata="${metadata}"`,
  ]);
  const answer = await the.browser().fetch(metadata);
  const origin = new URL(the.stack.url('scoped')).origin;
  expect(JSON.parse(answer.body)).toEqual({
    resource: origin,
    resource_name: 'scoped',
    authorization_servers: [new URL(the.stack.authUrl()).origin],
    scopes_supported: ['deploy'],
    bearer_methods_supported: ['header'],
  });
  const below = await the
    .browser()
    .fetch(the.stack.url('scoped', '/.well-known/oauth-protected-resource/mcp'));
  expect(JSON.parse(below.body)).toMatchObject({ resource: `${origin}/mcp` });
  const browser = await the.signedIn();
  await browser.fetch(the.stack.url('hello', '/.well-known/oauth-protected-resource'));
  expect(the.stack.app.received).toHaveLength(1);
});

type Surroundings = NonNullable<Parameters<typeof latchkey>[2]>;

/** Somebody at a keyboard, with a browser in which they are signed in and approve. */
async function aShell() {
  const home = mkdtempSync(path.join(tmpdir(), 'latchkey-test-'));
  const run = (args: string[], surroundings: Surroundings = {}) =>
    latchkey({}, args, { env: { HOME: home }, ...surroundings });
  const api = new URL(the.stack.url('scoped')).origin;
  const browser = await the.signedIn();
  async function approve(address: string): Promise<void> {
    const page = await browser.visit(address);
    const approval = /name="approval" value="([^"]*)"/.exec(page.body)?.[1] ?? '';
    const form = { approval, decision: 'approve' };
    const headers = { 'sec-fetch-site': 'same-origin' };
    const answer = await browser.visit(the.stack.authUrl(paths.approve), { form, headers });
    await new Browser().fetch(String(answer.headers['refresh']).replace('0; url=', ''));
  }

  const file = path.join(home, '.local/state/latchkey/tokens', `${encodeURIComponent(api)}.json`);
  return {
    api,
    run,
    logIn: () =>
      run(['login', api, '--scope', 'deploy'], { openBrowser: (address) => void approve(address) }),
    token: async () => (await run(['token', api])).stdout.trim(),
    kept: (): { refreshToken: string } => JSON.parse(readFileSync(file, 'utf8')),
    outdate() {
      writeFileSync(file, JSON.stringify({ ...this.kept(), expiresAt: 0 }));
    },
    leave: () => {
      rmSync(home, { recursive: true });
    },
  };
}

test('the command line finds its way by itself, and has a token until it gives it back', async () => {
  const ann = await aShell();
  expect((await ann.logIn()).stderr).toContain(`Signed in to ${ann.api}`);
  expect(await statusOf(await ann.token(), 'scoped')).toBe(200);
  expect((await ann.run(['logout'])).code).toBe(0);
  expect((await ann.run(['token', ann.api])).code).not.toBe(0);
  ann.leave();
});

test('the command line goes on where the answer of auth to a refresh is lost', async () => {
  const ann = await aShell();
  await ann.logIn();
  ann.outdate();
  let lost = 0;
  const answer: typeof call = async (made) => {
    const answered = await call(made);
    if (made.url.pathname !== '/oauth2/token' || lost > 0) return answered;
    lost += 1;
    throw new CallError('unreachable');
  };
  const { code, stdout } = await ann.run(['token', ann.api], { call: answer });
  expect([code, lost]).toEqual([0, 1]);
  expect(await statusOf(stdout.trim(), 'scoped')).toBe(200);
  ann.outdate();
  expect(await statusOf(await ann.token(), 'scoped')).toBe(200);
  ann.leave();
});

test('a second sign-in of the command line ends the tokens of the first', async () => {
  const ann = await aShell();
  await ann.logIn();
  const { refreshToken } = ann.kept();
  await ann.logIn();
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, resource: ann.api };
  expect(await askAsProgram(the.stack, form)).toMatchObject({ error: 'invalid_grant' });
  ann.outdate();
  expect(await statusOf(await ann.token(), 'scoped')).toBe(200);
  ann.leave();
});
