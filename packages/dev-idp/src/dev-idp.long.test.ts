import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Browser } from '@latchkey/testing/browser';
import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDevIdp, type DevIdp } from './index.ts';

const redirectUri = 'http://sso.latchkey.localhost:4181/google/callback';
const client = { clientId: 'latchkey', clientSecret: 'not-a-secret', redirectUris: [redirectUri] };

let idp: DevIdp;
let browser: Browser;
beforeEach(async () => {
  idp = await startDevIdp({ port: 0, clients: [client] });
  browser = new Browser();
});
afterEach(async () => {
  await browser.close();
  await idp.close();
});

describe('a sign-in', () => {
  test.each([
    { style: 'Google', scope: 'profile email' },
    { style: 'OpenID Connect', scope: 'openid profile email offline_access' },
  ])('in the style of $style tells who the person is in the ID token and at userinfo', async ({ scope }) => {
    const tokens = await signIn('engineer@example.com', { scope, access_type: 'offline', prompt: 'consent' });

    const identity = {
      sub: 'demo-2',
      email: 'engineer@example.com',
      email_verified: true,
      name: 'Emil Engineer',
      groups: ['engineering@example.com'],
    };
    expect(await userinfo(tokens.access_token)).toEqual({ status: 200, body: identity });
    expect(await verifiedClaims(tokens.id_token)).toMatchObject({
      ...identity,
      iss: idp.issuer,
      aud: 'latchkey',
      nonce: 'a-nonce',
    });
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
  });

  test('shows one button per account, labelled with the address alone, and no script', async () => {
    const { body, headers } = await visit(authorizationUrl());
    const labels = [...body.matchAll(/<button[^>]*>([^<]*)<\/button>/g)].map(([, label]) => label);
    expect(labels).toEqual([
      'admin@example.com',
      'engineer@example.com',
      'finance@example.com',
      'guest@elsewhere.test',
      'Do not sign in',
    ]);
    expect(body).not.toContain('<script');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });

  test('is silent the second time, also where consent is asked for', async () => {
    await signIn('engineer@example.com');
    idp.requests.authorization = 0;
    const second = await visit(authorizationUrl({ prompt: 'consent' }));
    expect(second.url.searchParams.get('code')).toBeTruthy();
    expect(second.hops).toHaveLength(1);
    expect(idp.requests.authorization).toBe(1);
  });

  test('asks again for prompt=select_account, and another account may take over', async () => {
    await signIn('engineer@example.com');
    const tokens = await signIn('admin@example.com', { prompt: 'select_account' });
    expect((await userinfo(tokens.access_token)).body).toMatchObject({ email: 'admin@example.com' });
  });

  test('works in two tabs at once', async () => {
    const first = await visit(authorizationUrl({ state: 'tab-1' }));
    const second = await visit(authorizationUrl({ state: 'tab-2' }));
    const done = [
      await visit(first.url, { account: 'demo-2' }),
      await visit(second.url, { account: 'demo-2' }),
    ];
    expect(done.map(({ url }) => url.searchParams.get('state'))).toEqual(['tab-1', 'tab-2']);
    expect(done.every(({ url }) => url.searchParams.has('code'))).toBe(true);
  });

  test('needs PKCE', async () => {
    const { url } = await visit(authorizationUrl({ code_challenge: '', code_challenge_method: '' }));
    expect(url.searchParams.get('error')).toBe('invalid_request');
  });

  test('gives the code away only to the one who has the verifier, and only once', async () => {
    const code = await authorizationCode('engineer@example.com');
    expect(await token({ ...codeGrant(code), code_verifier: 'x'.repeat(43) })).toMatchObject(invalidGrant);
    expect(await token(codeGrant(code))).toMatchObject({ status: 200 });
    expect(await token(codeGrant(code))).toMatchObject(invalidGrant);
  });

  test('that the person breaks off ends with access_denied', async () => {
    const chooser = await visit(authorizationUrl());
    const { url } = await visit(chooser.url, { account: '' });
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ error: 'access_denied', state: 'a-state' });
  });

  test('that was finished already says so', async () => {
    const chooser = await visit(authorizationUrl());
    await visit(chooser.url, { account: 'demo-2' });
    const { status, body } = await visit(chooser.url);
    expect(status).toBe(400);
    expect(body).toContain('This sign-in is over');
  });
});

describe('a refresh', () => {
  test('gives new tokens and keeps the refresh token', async () => {
    const { refresh_token } = await signIn('engineer@example.com');
    const first = await token(refreshGrant(refresh_token));
    const second = await token(refreshGrant(refresh_token));
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.body['refresh_token']).toBe(refresh_token);
  });

  test('can rotate the refresh token, and takes the whole grant back when an old one turns up', async () => {
    idp.behaviour.rotateRefreshTokens = true;
    const { refresh_token } = await signIn('engineer@example.com');
    const { body } = await token(refreshGrant(refresh_token));
    expect(body['refresh_token']).not.toBe(refresh_token);
    expect(await token(refreshGrant(refresh_token))).toMatchObject(invalidGrant);
    expect(await token(refreshGrant(String(body['refresh_token'])))).toMatchObject(invalidGrant);
  });

  test('sees groups that changed since', async () => {
    const { refresh_token } = await signIn('finance@example.com');
    const account = idp.accounts.find(({ email }) => email === 'finance@example.com');
    account?.groups.push('engineering@example.com');
    const { body } = await token(refreshGrant(refresh_token));
    const { body: claims } = await userinfo(String(body['access_token']));
    expect(claims).toMatchObject({ groups: ['engineering@example.com'] });
  });

  test('fails for an account that was switched off, and so do userinfo and a new sign-in', async () => {
    const { access_token, refresh_token } = await signIn('engineer@example.com');
    idp.behaviour.disabled.add('engineer@example.com');
    expect(await token(refreshGrant(refresh_token))).toMatchObject(invalidGrant);
    expect(await userinfo(access_token)).toMatchObject({ status: 401 });

    const chooser = await visit(authorizationUrl());
    const { status } = await visit(chooser.url, { account: 'demo-2' });
    expect(status).toBe(403);
  });

  test.each(['access_token', 'refresh_token'] as const)('fails after %s was revoked', async (kind) => {
    const tokens = await signIn('engineer@example.com');
    const body = new URLSearchParams({ token: tokens[kind] });
    expect((await fetch(idp.endpoints.revocation, { method: 'POST', body })).status).toBe(200);
    expect(await token(refreshGrant(tokens.refresh_token))).toMatchObject(invalidGrant);
    expect(await userinfo(tokens.access_token)).toMatchObject({ status: 401 });
  });
});

describe('bad behaviour', () => {
  test('denyAuthorization sends everybody back, with the state', async () => {
    idp.behaviour.denyAuthorization = true;
    const { url } = await visit(authorizationUrl());
    expect(url.href.startsWith(redirectUri)).toBe(true);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ error: 'access_denied', state: 'a-state' });
  });

  test('unverifiedEmail shows in both places', async () => {
    idp.behaviour.unverifiedEmail = true;
    const tokens = await signIn('engineer@example.com');
    expect((await userinfo(tokens.access_token)).body).toMatchObject({ email_verified: false });
    expect(await verifiedClaims(tokens.id_token)).toMatchObject({ email_verified: false });
  });

  test('accessTokenSeconds is what expires_in says', async () => {
    idp.behaviour.accessTokenSeconds = 5;
    expect(await signIn('engineer@example.com')).toMatchObject({ expires_in: 5 });
  });

  test.each([
    { body: { error: 'server_error' }, type: 'application/json', text: '{"error":"server_error"}' },
    { body: '<p>Bad gateway</p>', type: 'text/html; charset=utf-8', text: '<p>Bad gateway</p>' },
  ])('a fault answers $type in place of the truth', async ({ body, type, text }) => {
    idp.behaviour.faults.token = { answer: { status: 502, body } };
    const response = await fetch(idp.endpoints.token, { method: 'POST' });
    expect([response.status, response.headers.get('content-type')]).toEqual([502, type]);
    expect(await response.text()).toBe(text);
    expect(idp.requests).toMatchObject({ token: 1, userinfo: 0 });
  });

  test('a fault can hang up', async () => {
    idp.behaviour.faults.userinfo = { hangUp: true };
    await expect(fetch(idp.endpoints.userinfo)).rejects.toThrow('fetch failed');
  });

  test('a delayed answer is the truth, later', async () => {
    const { access_token } = await signIn('engineer@example.com');
    idp.behaviour.faults.userinfo = { delayMs: 50 };
    const start = performance.now();
    expect(await userinfo(access_token)).toMatchObject({ status: 200 });
    expect(performance.now() - start).toBeGreaterThanOrEqual(49);
  });

  test('a delay does not outlive the provider', async () => {
    idp.behaviour.faults.token = { delayMs: 60_000 };
    const slow = fetch(idp.endpoints.token, { method: 'POST' }).catch((error: unknown) => error);
    while (idp.requests.token === 0) await new Promise(setImmediate);
    await idp.close();
    expect(await slow).toMatchObject({ message: 'fetch failed' });
  });
});

test('discovery names the endpoints that the provider names', async () => {
  const document = await (await fetch(idp.endpoints.discovery)).json();
  expect(document).toMatchObject({
    issuer: idp.issuer,
    authorization_endpoint: idp.endpoints.authorization,
    token_endpoint: idp.endpoints.token,
    userinfo_endpoint: idp.endpoints.userinfo,
    revocation_endpoint: idp.endpoints.revocation,
    end_session_endpoint: idp.endpoints.endSession,
    jwks_uri: idp.endpoints.jwks,
    code_challenge_methods_supported: ['S256'],
  });
});

test('with a journal it knows after its end what it knew: refresh tokens, used ones, and its key', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dev-idp-'));
  const journal = join(folder, 'journal');
  const again = () =>
    startDevIdp({ port: 0, clients: [client], behaviour: { rotateRefreshTokens: true }, journal });
  await idp.close();
  idp = await again();
  const { refresh_token, id_token } = await signIn('engineer@example.com', {
    scope: 'openid offline_access',
  });
  const { body } = await token(refreshGrant(refresh_token));
  await idp.close();
  idp = await again();
  await verifiedClaims(id_token);
  expect(await token(refreshGrant(String(body['refresh_token'])))).toMatchObject({ status: 200 });
  expect(await token(refreshGrant(refresh_token))).toMatchObject(invalidGrant);
  rmSync(folder, { recursive: true });
});

test('signing out of the provider makes the next sign-in ask again', async () => {
  await signIn('engineer@example.com');
  const { body } = await visit(idp.endpoints.endSession);
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(body)?.[1] ?? '';
  await visit(`${idp.endpoints.endSession}/confirm`, { xsrf, logout: 'yes' });
  const { url } = await visit(authorizationUrl());
  expect(url.pathname).toMatch(/^\/sign-in\//);
});

const invalidGrant = { status: 400, body: { error: 'invalid_grant' } };
const verifier = randomBytes(32).toString('base64url');

function authorizationUrl(parameters: Record<string, string> = {}): string {
  const url = new URL(idp.endpoints.authorization);
  url.search = new URLSearchParams({
    client_id: client.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid profile email',
    state: 'a-state',
    nonce: 'a-nonce',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...parameters,
  }).toString();
  return url.href;
}

/** Goes as far as the application's door, at which nothing listens, and says at which address that ended. */
async function visit(address: string | URL, form?: Record<string, string>) {
  const first = await browser.visit(address, { follow: false, ...(form && { form }) });
  const last = await browser.follow(first, ({ href }) => !href.startsWith(redirectUri));
  return { ...last, url: new URL(last.location ?? last.url) };
}

async function authorizationCode(email: string, parameters?: Record<string, string>): Promise<string> {
  const chooser = await visit(authorizationUrl(parameters));
  const sub = idp.accounts.find((account) => account.email === email)?.sub ?? '';
  const { url } = await visit(chooser.url, { account: sub });
  return url.searchParams.get('code') ?? '';
}

const codeGrant = (code: string) => ({
  grant_type: 'authorization_code',
  code,
  redirect_uri: redirectUri,
  code_verifier: verifier,
});

const refreshGrant = (refresh_token: string) => ({ grant_type: 'refresh_token', refresh_token });

async function token(grant: Record<string, string>) {
  const body = new URLSearchParams({
    client_id: client.clientId,
    client_secret: client.clientSecret,
    ...grant,
  });
  return answerOf(await fetch(idp.endpoints.token, { method: 'POST', body }));
}

async function userinfo(accessToken: string) {
  return answerOf(
    await fetch(idp.endpoints.userinfo, { headers: { authorization: `Bearer ${accessToken}` } }),
  );
}

async function answerOf(response: Response): Promise<{ status: number; body: Record<string, unknown> }> {
  const body: Record<string, unknown> = await response.json();
  return { status: response.status, body };
}

async function signIn(email: string, parameters?: Record<string, string>) {
  const { body } = await token(codeGrant(await authorizationCode(email, parameters)));
  return {
    ...body,
    access_token: String(body['access_token']),
    refresh_token: String(body['refresh_token']),
    id_token: String(body['id_token']),
  };
}

async function verifiedClaims(idToken: string): Promise<unknown> {
  const [header = '', payload = '', signature = ''] = idToken.split('.');
  const { keys }: { keys: JsonWebKey[] } = await (await fetch(idp.endpoints.jwks)).json();
  const key = createPublicKey({ key: { ...keys[0] }, format: 'jwk' });
  expect(
    verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url')),
  ).toBe(true);
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}
