import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { authorizationServerPaths as paths } from '@latchkey/contract';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { Browser } from '@latchkey/testing/browser';
import { app, loopback, newTokenKey, programAt } from '../../test/program.ts';
import type { Program } from '../../test/program.ts';
import { basic, client, ssoOrigin, startRig } from '../../test/rig.ts';
import type { Answer, Rig } from '../../test/rig.ts';

const engineer = 'engineer@example.com';

let rig: Rig;
let program: Program;
let browser: Browser;
beforeAll(async () => {
  rig = await startRig({ env: { ACCESS_TOKEN_KEY: newTokenKey() } });
  program = programAt(rig);
});
afterAll(() => rig.close());
beforeEach(async () => {
  rig.heal();
  rig.clock.now += 61_000;
  browser = rig.browser();
  await rig.signIn(browser, engineer);
});

const textIn = ({ body }: Answer, name: string) => String(body[name]);
const isActive = async (answer: Answer) =>
  (await rig.introspect({ token: textIn(answer, 'access_token') })).body['active'];
const refresh = (answer: Answer, more: Record<string, string> = {}) =>
  program.token({ grant_type: 'refresh_token', refresh_token: textIn(answer, 'refresh_token'), ...more });
const failed = ({ status, body }: Answer) => [status, body['error']];

describe('a program on the computer of a person', () => {
  test('gets a token for one application, which auth knows as the session of that person', async () => {
    const tokens = await program.login(browser);
    expect(tokens).toMatchObject({
      status: 200,
      body: { token_type: 'Bearer', expires_in: 3600, scope: 'read write' },
    });
    const token = textIn(tokens, 'access_token');
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    expect(decodeJwt(token)).toMatchObject({
      iss: ssoOrigin,
      aud: app,
      client_id: 'latchkey-cli',
      scope: 'read write',
      email: engineer,
    });
    const { body } = await rig.introspect({ token, vouched_within: '0' });
    expect(body).toMatchObject({ active: true, email: engineer });
    expect(body).not.toHaveProperty('session');
  });

  test('learns what it needs to know of auth', async () => {
    const { body } = await rig.browser().fetch(ssoOrigin + paths.metadata);
    expect(JSON.parse(body)).toMatchObject({
      issuer: ssoOrigin,
      authorization_endpoint: `${ssoOrigin}/oauth2/authorize`,
      token_endpoint: `${ssoOrigin}/oauth2/token`,
      code_challenge_methods_supported: ['S256'],
    });
    const keys = await rig.browser().fetch(ssoOrigin + paths.keys);
    expect(JSON.parse(keys.body)).toMatchObject({ keys: [{ kty: 'EC', crv: 'P-256', alg: 'ES256' }] });
    expect(keys.body).not.toContain('"d"');
  });

  test('hears its state again, and who has answered', async () => {
    const answer = await program.approve(browser, program.authorizeUrl().url);
    expect(Object.fromEntries(answer)).toMatchObject({ state: 'a state', iss: ssoOrigin });
    const refused = await program.approve(browser, program.authorizeUrl().url, 'refuse');
    expect(Object.fromEntries(refused)).toEqual({ error: 'access_denied', state: 'a state', iss: ssoOrigin });
  });

  test('sends somebody who is not signed in through the sign-in, and back to the question', async () => {
    rig.clock.now += 5_000;
    const visitor = rig.browser();
    const { url } = program.authorizeUrl();
    const choice = await visitor.visit(url);
    const href = /href="(?<href>\/google\/start[^"]*)"/.exec(choice.body)?.groups?.['href'] ?? '';
    const start = ssoOrigin + href.replaceAll('&amp;', '&');
    const end = await rig.chooseAccount(visitor, await visitor.visit(start), engineer);
    expect(end.url).toBe(url);
    expect(end.body).toContain('Let this program in?');
    expect(end.body).toContain('wiki.corp.example.com');
    expect(end.body).toContain('read, write');
  });

  test.each<{ what: string; parameters: Record<string, string | undefined>; error: string }>([
    { what: 'no code', parameters: { response_type: 'token' }, error: 'unsupported_response_type' },
    { what: 'no challenge', parameters: { code_challenge: undefined }, error: 'invalid_request' },
    {
      what: 'a challenge in the clear',
      parameters: { code_challenge_method: 'plain' },
      error: 'invalid_request',
    },
    { what: 'no application', parameters: { resource: undefined }, error: 'invalid_target' },
    { what: 'a foreign application', parameters: { resource: 'https://evil.test' }, error: 'invalid_target' },
    { what: 'scopes that are none', parameters: { scope: 'a"b' }, error: 'invalid_scope' },
  ])('hears that $what is not enough', async ({ parameters, error }) => {
    const { location = '' } = await browser.visit(program.authorizeUrl(parameters).url);
    const { origin, searchParams } = new URL(location);
    expect([origin, searchParams.get('error'), searchParams.get('state')]).toEqual([
      new URL(loopback).origin,
      error,
      'a state',
    ]);
  });

  test.each([
    'https://wiki.corp.example.com/callback',
    'http://localhost:51234/callback',
    'http://127.0.0.1.evil.test/',
    'http://127.0.0.1@evil.test/',
    'http://127.1:51234/',
    'http://127.0.0.1:51234/#fragment',
    'http://127.0.0.1:51234\\@evil.test/',
  ])('is not waited for at %s', async (redirect_uri) => {
    const answer = await browser.visit(program.authorizeUrl({ redirect_uri }).url);
    expect([answer.status, answer.location]).toEqual([400, undefined]);
  });

  test('may listen on IPv6', async () => {
    expect((await program.login(browser, { redirect_uri: 'http://[::1]:4321/cb' })).status).toBe(200);
  });
});

describe('the page that asks', () => {
  test('is asked every time, and in no frame', async () => {
    await program.login(browser);
    const page = await browser.visit(program.authorizeUrl().url);
    expect([page.status, page.headers['x-frame-options']]).toEqual([200, 'DENY']);
    expect(page.body).toContain('Approve');
  });

  test.each([
    { whose: 'another site', headers: { 'sec-fetch-site': 'cross-site' } },
    { whose: 'nobody known', headers: {} },
  ])('is not answered by a page of $whose', async ({ headers }) => {
    const page = await browser.visit(program.authorizeUrl().url);
    const approval = /name="approval" value="([^"]*)"/.exec(page.body)?.[1] ?? '';
    const form = { approval, decision: 'approve' };
    const answer = await browser.visit(ssoOrigin + paths.approve, { form, headers });
    expect([answer.status, answer.headers['refresh']]).toEqual([403, undefined]);
  });

  test('is answered by the person that it was shown to, while it is fresh', async () => {
    const page = await browser.visit(program.authorizeUrl().url);
    const form = {
      approval: /name="approval" value="([^"]*)"/.exec(page.body)?.[1] ?? '',
      decision: 'approve',
    };
    const headers = { 'sec-fetch-site': 'same-origin' };
    const other = rig.browser();
    await rig.signIn(other, 'admin@example.com');
    expect((await other.visit(ssoOrigin + paths.approve, { form, headers })).status).toBe(400);
    rig.clock.now += 16 * 60_000;
    expect((await browser.visit(ssoOrigin + paths.approve, { form, headers })).status).toBe(400);
  });
});

async function shownCode() {
  const { url, verifier } = program.authorizeUrl();
  const code = (await program.approve(browser, url)).get('code') ?? '';
  return { grant_type: 'authorization_code', code, redirect_uri: loopback, code_verifier: verifier };
}

describe('a code', () => {
  test('is good once, and a second use ends what came of the first', async () => {
    const form = await shownCode();
    const tokens = await program.token(form);
    expect(await isActive(tokens)).toBe(true);
    expect(failed(await program.token(form))).toEqual([400, 'invalid_grant']);
    expect(await isActive(tokens)).toBe(false);
    expect(failed(await refresh(tokens))).toEqual([400, 'invalid_grant']);
  });

  test.each<{ what: string; wrong: Record<string, string> }>([
    { what: 'another secret', wrong: { code_verifier: 'x'.repeat(43) } },
    { what: 'another address', wrong: { redirect_uri: 'http://127.0.0.1:51235/callback' } },
    { what: 'no address', wrong: { redirect_uri: '' } },
  ])('is refused with $what, and is then still good', async ({ wrong }) => {
    const form = await shownCode();
    expect(failed(await program.token({ ...form, ...wrong }))).toEqual([400, 'invalid_grant']);
    expect((await program.token(form)).status).toBe(200);
  });

  test('is over after a minute', async () => {
    const form = await shownCode();
    rig.clock.now += 61_000;
    expect(failed(await program.token(form))).toEqual([400, 'invalid_grant']);
  });

  test('of a session that has ended is worth nothing', async () => {
    const form = await shownCode();
    await browser.visit(`${ssoOrigin}/account/sign_out_everywhere`, {
      form: {},
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    expect(failed(await program.token(form))).toEqual([400, 'invalid_grant']);
  });
});

describe('a refresh token', () => {
  test('is replaced with every use, and gives a token that counts', async () => {
    let tokens = await program.login(browser);
    for (let round = 0; round < 3; round++) {
      rig.clock.now += 3_600_000;
      expect(await isActive(tokens)).toBe(false);
      const next = await refresh(tokens);
      expect(next.body['refresh_token']).not.toBe(tokens.body['refresh_token']);
      expect(await isActive(next)).toBe(true);
      tokens = next;
    }
  });

  test('that was replaced ends everything of its approval, and nothing else', async () => {
    const [first, another] = [await program.login(browser), await program.login(browser)];
    const second = await refresh(first);
    rig.clock.now += 60_000;
    expect(failed(await refresh(first))).toEqual([400, 'invalid_grant']);
    expect(failed(await refresh(second))).toEqual([400, 'invalid_grant']);
    expect([await isActive(second), await isActive(another)]).toEqual([false, true]);
    expect((await browser.visit(`${ssoOrigin}/`)).body).toContain('You are signed in');
  });

  test('shown by several at one moment ends nothing', async () => {
    const first = await program.login(browser);
    const answers = await Promise.all(Array.from({ length: 5 }, () => refresh(first)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect((await refresh(answers[4] ?? first)).status).toBe(200);
  });

  test('gives less than was approved where that is wanted, and never more', async () => {
    const first = await program.login(browser);
    const second = await refresh(first, { scope: 'read' });
    expect(second.body['scope']).toBe('read');
    const third = await refresh(second);
    expect(third.body['scope']).toBe('read write');
    expect(failed(await refresh(third, { scope: 'read admin' }))).toEqual([400, 'invalid_scope']);
    expect(failed(await refresh(third, { resource: 'https://vault.corp.example.com' }))).toEqual([
      400,
      'invalid_target',
    ]);
  });

  test('and the token with it end with the sign-out of the person', async () => {
    const tokens = await program.login(browser);
    const headers = { 'sec-fetch-site': 'same-origin' };
    await browser.visit(`${ssoOrigin}/google/sign_out`, { form: {}, headers });
    expect(await isActive(tokens)).toBe(false);
    expect(failed(await refresh(tokens))).toEqual([400, 'invalid_grant']);
  });

  test.each(['refresh_token', 'access_token'])('ends when the program gives its %s back', async (kind) => {
    const tokens = await program.login(browser);
    const form = { token: textIn(tokens, kind), client_id: 'latchkey-cli' };
    expect((await program.post(paths.revoke, form)).status).toBe(200);
    expect(await isActive(tokens)).toBe(false);
    expect(failed(await refresh(tokens))).toEqual([400, 'invalid_grant']);
    expect((await browser.visit(`${ssoOrigin}/`)).body).toContain('You are signed in');
  });
});

describe('the token endpoint', () => {
  test('takes no program that it does not know, and nothing else than it says', async () => {
    expect(failed(await program.token({ client_id: 'somebody' }))).toEqual([401, 'invalid_client']);
    expect(failed(await program.token({ grant_type: 'password' }))).toEqual([400, 'unsupported_grant_type']);
    expect(failed(await program.post('/oauth2/token', {}))).toEqual([401, 'invalid_client']);
  });

  test('is the one of the proxy for anyone who shows credentials', async () => {
    const form = { client_id: 'latchkey-cli', grant_type: 'refresh_token', refresh_token: 'x' };
    expect(failed(await program.post('/oauth2/token', form, basic('proxy', 'wrong')))).toEqual([
      401,
      'client_refused',
    ]);
    const own = await program.post('/oauth2/token', form, basic(client.id, client.secret));
    expect(failed(own)).toEqual([400, 'bad_request']);
  });
});

test('nothing that a program shows is in the log', async () => {
  const tokens = await program.login(browser);
  const text = rig.log.join('');
  for (const kind of ['access_token', 'refresh_token']) expect(text).not.toContain(textIn(tokens, kind));
  expect(text).not.toContain('code_verifier');
});
