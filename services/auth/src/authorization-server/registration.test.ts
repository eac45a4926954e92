import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { authorizationServerPaths as paths } from '@latchkey/contract';
import type { Browser } from '@latchkey/testing/browser';
import { fieldOf, newTokenKey, programAt, sameOrigin } from '../../test/program.ts';
import type { Program } from '../../test/program.ts';
import { ssoOrigin, startRig } from '../../test/rig.ts';
import type { Answer, Rig } from '../../test/rig.ts';

const env = { ACCESS_TOKEN_KEY: newTokenKey(), PROGRAM_REGISTRATION: 'true' };

let rig: Rig;
let program: Program;
let browser: Browser;
beforeAll(async () => {
  rig = await startRig({ env });
  program = programAt(rig);
  browser = rig.browser();
  await rig.signIn(browser, 'engineer@example.com');
});
afterAll(() => rig.close());

async function register(said: unknown, at = rig): Promise<Answer> {
  return at.ask('POST', paths.register).type('json').send(JSON.stringify(said));
}

async function idOf(said: unknown): Promise<string> {
  return String((await register(said)).body['client_id']);
}

const here = 'http://localhost:3118/callback';

test('a program registers, asks a person, and gets tokens that it refreshes', async () => {
  const client_id = await idOf({ client_name: 'Inspector', redirect_uris: [here], grant_types: ['x'] });
  // Another port than it has registered (RFC 8252, section 7.3).
  const redirect_uri = 'http://localhost:4000/callback';
  const { url, verifier } = program.authorizeUrl({ client_id, redirect_uri });
  expect((await browser.visit(url)).body).toContain('Inspector (it calls itself so)');
  const code = (await program.approve(browser, url)).get('code') ?? '';
  const form = { client_id, grant_type: 'authorization_code', code, redirect_uri, code_verifier: verifier };
  const tokens = await program.token(form);
  expect(tokens.status).toBe(200);
  const refresh_token = String(tokens.body['refresh_token']);
  const refresh = { grant_type: 'refresh_token', refresh_token };
  expect((await program.token(refresh)).body).toMatchObject({ error: 'invalid_grant' });
  expect((await program.token({ ...refresh, client_id })).status).toBe(200);
});

test('where it is somewhere else, a person sees where', async () => {
  const redirect_uri = 'https://assistant.example.net/oauth/callback';
  const client_id = await idOf({ client_name: 'Wiki\u202e <b>', redirect_uris: [redirect_uri] });
  const { body } = await browser.visit(program.authorizeUrl({ client_id, redirect_uri }).url);
  expect(body).toContain('assistant.example.net');
  expect(body).toContain('Wiki &lt;b&gt; (it calls itself so)');
});

test('and is led there by their own approval alone', async () => {
  const redirect_uri = 'https://assistant.example.net/oauth/callback';
  const client_id = await idOf({ redirect_uris: [redirect_uri] });
  const wrong = program.authorizeUrl({ client_id, redirect_uri, scope: 'a"b' }).url;
  expect(await browser.visit(wrong)).toMatchObject({ status: 400, location: undefined });
  const { url } = program.authorizeUrl({ client_id, redirect_uri });
  const form = { approval: fieldOf((await browser.visit(url)).body, 'approval'), decision: 'refuse' };
  const refused = await browser.visit(ssoOrigin + paths.approve, { form, headers: sameOrigin });
  expect([refused.status, refused.headers['refresh'], refused.body.includes('assistant')]).toEqual([
    200,
    undefined,
    false,
  ]);
  expect((await program.approve(browser, url)).get('code')).not.toBeNull();
});

describe('an address', () => {
  test.each([
    'http://assistant.example.net/callback',
    'https://user@assistant.example.net/',
    'https://assistant.example.net/#x',
    'javascript:alert(1)',
    'cursor://callback',
    'http://127.0.0.1.evil.test/',
    'http://localhost.evil.test/',
  ])('%s is not registered', async (uri) => {
    expect(await register({ redirect_uris: [uri] })).toMatchObject({
      status: 400,
      body: { error: 'invalid_redirect_uri' },
    });
  });

  test.each([
    'http://localhost:3118/other',
    'https://localhost:3118/callback',
    'http://127.0.0.1:3118/callback',
    'http://localhost:3118/callback?x=1',
    'https://assistant.example.net:444/callback',
    'https://assistant.example.net/callback/',
  ])('%s is not one that was registered', async (redirect_uri) => {
    const client_id = await idOf({ redirect_uris: [here, 'https://assistant.example.net/callback'] });
    expect((await browser.visit(program.authorizeUrl({ client_id, redirect_uri }).url)).status).toBe(400);
  });
});

test.each<{ what: string; said: unknown }>([
  { what: 'nothing', said: {} },
  { what: 'no object', said: [] },
  { what: 'no address', said: { redirect_uris: [] } },
  { what: 'too much', said: { client_name: 'x', redirect_uris: [`https://a.example/${'x'.repeat(400)}`] } },
  {
    what: 'a secret of its own',
    said: { redirect_uris: [here], token_endpoint_auth_method: 'client_secret_basic' },
  },
])('a program that says $what is not registered', async ({ said }) => {
  expect(await register(said)).toMatchObject({ status: 400, body: { error: 'invalid_client_metadata' } });
});

test('nobody registers where it is not switched on, and an id of before is none', async () => {
  const client_id = await idOf({ redirect_uris: [here] });
  const closed = await startRig({ env: { ACCESS_TOKEN_KEY: newTokenKey() } });
  try {
    expect((await register({ redirect_uris: [here] }, closed)).status).toBe(404);
    const metadata = await closed.browser().fetch(ssoOrigin + paths.metadata);
    expect(metadata.body).not.toContain('registration_endpoint');
    const { url } = programAt(closed).authorizeUrl({ client_id, redirect_uri: here });
    expect((await closed.browser().visit(url)).status).toBe(401);
  } finally {
    await closed.close();
  }
});
