// A program is known by the address of a document about itself. Anyone who comes with an address makes auth call it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { authorizationServerPaths as paths } from '@latchkey/contract';
import type { Browser } from '@latchkey/testing/browser';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { loopback, newTokenKey, programAt } from '../../../test/program.ts';
import type { Program } from '../../../test/program.ts';
import { ssoOrigin, startRig } from '../../../test/rig.ts';
import type { Rig } from '../../../test/rig.ts';
import { publicLookup } from './public-lookup.ts';

const pem = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../../../../test/fixtures/tls', name), 'utf8');
const env = { ACCESS_TOKEN_KEY: newTokenKey(), PROGRAM_DOCUMENTS: 'true' };

let answer: RequestListener;
let asked = 0;
let addresses: readonly string[];
const web = createServer({ key: pem('app.key'), cert: pem('app.crt') }, (req, res) => {
  asked += 1;
  answer(req, res);
});
const name = 'app.internal';
let id: string;
let rig: Rig;
let program: Program;
let browser: Browser;

beforeAll(async () => {
  web.listen(0, '127.0.0.1');
  await once(web, 'listening');
  const lookup = publicLookup(
    async () => addresses,
    (address) => address === '127.0.0.1',
  );
  rig = await startRig({ env, strangers: { lookup, ca: pem('authority.crt'), dangerouslyAtAnyPort: true } });
  program = programAt(rig);
  browser = rig.browser();
  await rig.signIn(browser, 'engineer@example.com');
});
beforeEach(() => {
  asked = 0;
  addresses = ['127.0.0.1'];
  // Each test has a program of its own, of which nothing is kept.
  id = `https://${name}:${(web.address() as AddressInfo).port}/${Math.random()}.json`;
  say({});
});
afterAll(async () => {
  await rig.close();
  web.close();
  web.closeAllConnections();
});

function say(more: Record<string, unknown>, type = 'application/json'): void {
  const document = { client_id: id, client_name: 'Latchkey', redirect_uris: [loopback], ...more };
  answer = (_req, res) => res.writeHead(200, { 'content-type': type }).end(JSON.stringify(document));
}

const visit = (of = id, by = browser) => by.visit(program.authorizeUrl({ client_id: of }).url);
const refusal = async (of = id) => {
  const { status } = await visit(of);
  const lines = rig.log.filter((line) => line.includes('invalid_client'));
  return [status, String(JSON.parse(lines.at(-1) ?? '{}').detail)];
};

test('it signs a person in, who is shown the host first, and gets tokens that it refreshes', async () => {
  const { body } = await visit();
  expect(body).toContain(`<dd>${new URL(id).host}</dd>`);
  expect(body).toContain('It calls itself');
  const { url, verifier } = program.authorizeUrl({ client_id: id });
  const code = (await program.approve(browser, url)).get('code') ?? '';
  const form = { client_id: id, code, redirect_uri: loopback, code_verifier: verifier };
  const tokens = await program.token({ grant_type: 'authorization_code', ...form });
  expect(tokens.status).toBe(200);
  const refresh = { grant_type: 'refresh_token', refresh_token: String(tokens.body['refresh_token']) };
  expect((await program.token(refresh)).body).toMatchObject({ error: 'invalid_grant' });
  expect((await program.token({ ...refresh, client_id: id })).status).toBe(200);
  expect(asked).toBe(1);
});

test('it is named in the metadata, and nobody is asked for somebody who is not signed in', async () => {
  const metadata = await browser.fetch(ssoOrigin + paths.metadata);
  expect(JSON.parse(metadata.body)).toMatchObject({ client_id_metadata_document_supported: true });
  expect((await visit(id, rig.browser())).body).toContain('Sign in to');
  await program.token({ client_id: id, grant_type: 'authorization_code', code: 'x' });
  await program.post(paths.deviceAuthorization, { client_id: id, resource: 'https://wiki.corp.example.com' });
  await program.post(paths.revoke, { client_id: id, token: 'x' });
  expect(asked).toBe(0);
});

test('where it is not switched on, nobody is known by an address', async () => {
  const closed = await startRig({ env: { ACCESS_TOKEN_KEY: newTokenKey() } });
  try {
    const metadata = await closed.browser().fetch(ssoOrigin + paths.metadata);
    expect(JSON.parse(metadata.body)).toMatchObject({ client_id_metadata_document_supported: false });
    const { url } = programAt(closed).authorizeUrl({ client_id: id });
    expect((await closed.browser().visit(url)).status).toBe(401);
    expect(asked).toBe(0);
  } finally {
    await closed.close();
  }
});

test('many at once ask for it once', async () => {
  const pages = await Promise.all(Array.from({ length: 5 }, () => visit()));
  expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect(asked).toBe(1);
});

describe('auth calls nobody', () => {
  test.each([
    [['169.254.169.254'], 'the metadata of the cloud'],
    [['10.0.0.1'], 'a machine of ours'],
    [['127.0.0.1', '169.254.170.2'], 'one of two'],
    [['::1'], 'itself'],
    [['::ffff:127.0.0.1'], 'somebody who answers, by an address that is not allowed'],
    [[], 'nothing'],
  ])('where the name leads to %j, %s', async (leads) => {
    addresses = leads;
    expect(await refusal()).toEqual([401, expect.stringContaining('cannot be had: unreachable')]);
    expect(asked).toBe(0);
  });

  test.each([
    'https://127.0.0.1/a',
    'https://[::1]/a',
    'https://2130706433/a',
    'https://localhost/a',
    'https://a.localhost/a',
    'https://intranet/a',
    'https://app.internal./a',
    'http://app.internal/a',
    'https://app.internal',
    'https://app.internal/',
    'https://app.internal/a?b',
    'https://app.internal/a#b',
    'https://app.internal/a/../b',
    'https://user@app.internal/a',
    'https://APP.internal/a',
    'https://аpp.internal/a',
    'https://app.internal\\@169.254.169.254/a',
    `https://app.internal/${'a'.repeat(300)}`,
    'file:///etc/passwd',
    'javascript:alert(1)',
  ])('by %s', async (address) => {
    expect((await visit(address)).status).toBe(401);
    expect(asked).toBe(0);
  });
});

test('servers that never answer take two places of a host and of a person, and leave the others to others', async () => {
  const admin = rig.browser();
  await rig.signIn(admin, 'admin@example.com');
  const port = (web.address() as AddressInfo).port;
  const held: Array<() => void> = [];
  answer = (_req, res) => void held.push(() => res.end());
  const silent = ['a', 'b'].map((path) => visit(`https://${name}:${port}/${path}`));
  while (held.length < 2) await once(web, 'request');

  expect((await visit(`https://app.example:${port}/c`)).status).toBe(503);
  expect((await visit(`https://${name}:${port}/c`, admin)).status).toBe(503);
  addresses = ['10.0.0.1'];
  expect((await visit(`https://other.${name}:${port}/d`, admin)).status).toBe(401);
  for (const end of held) end();
  await Promise.all(silent);
  addresses = ['127.0.0.1'];
  say({});
  expect((await visit()).status).toBe(200);
});

test('a document is read at the port of HTTPS alone', async () => {
  const lookup = publicLookup(
    async () => addresses,
    (address) => address === '127.0.0.1',
  );
  const one = await startRig({ env, strangers: { lookup, ca: pem('authority.crt') } });
  try {
    const person = one.browser();
    await one.signIn(person, 'engineer@example.com');
    expect((await person.visit(programAt(one).authorizeUrl({ client_id: id }).url)).status).toBe(401);
    const lines = one.log.filter((line) => line.includes('invalid_client'));
    expect(lines.at(-1)).toContain('and is read at 443 alone');
    expect(asked).toBe(0);
  } finally {
    await one.close();
  }
});

describe('a document counts for nothing', () => {
  const secret = 'it is not that of a program without a secret';
  test.each<[string, () => void, string]>([
    ['that is about another program', () => say({ client_id: `${id}x` }), 'it is about another client_id'],
    ['that names none', () => say({ client_id: undefined }), secret],
    ['without an address', () => say({ redirect_uris: [] }), secret],
    [
      'with a script for an address',
      () => say({ redirect_uris: [loopback, 'javascript:alert(1)'] }),
      'redirect_uris',
    ],
    ['with an address in the clear', () => say({ redirect_uris: ['http://evil.example/'] }), 'redirect_uris'],
    ['with a secret', () => say({ client_secret: 'x' }), secret],
    ['that wants to prove itself', () => say({ token_endpoint_auth_method: 'private_key_jwt' }), secret],
    ['that is a page', () => say({}, 'text/html'), 'it is not JSON by its type'],
    [
      'that is no JSON',
      () => (answer = (_req, res) => res.writeHead(200, { 'content-type': 'application/json' }).end('{')),
      secret,
    ],
    ['that is huge', () => say({ client_uri: 'x'.repeat(6_000) }), 'too large'],
    [
      'that is somewhere else',
      () => (answer = (_req, res) => res.writeHead(302, { location: 'http://169.254.169.254/' }).end()),
      'it was answered with 302',
    ],
  ])('%s', async (_what, prepare, why) => {
    prepare();
    expect(await refusal()).toEqual([401, expect.stringContaining(why)]);
    expect(asked).toBe(1);
    // It is not kept: the next one asks again.
    say({});
    expect((await visit()).status).toBe(200);
  });
});

test('its name and its pictures are no way into the page', async () => {
  say({
    client_name: 'Wiki\u202e <img src=x>',
    logo_uri: 'javascript:alert(1)',
    client_uri: 'data:text/html,x',
  });
  const { body } = await visit();
  expect(body).toContain('Wiki &lt;img src=x&gt;');
  expect(body).not.toMatch(/javascript:|data:text|\u202e/);
});

test('the name is looked up once for a call: what was looked at is what is called', async () => {
  let looked = 0;
  const lookup = publicLookup(
    async () => (looked++ === 0 ? ['127.0.0.1'] : ['10.0.0.1']),
    (address) => address === '127.0.0.1',
  );
  const one = await startRig({
    env,
    strangers: { lookup, ca: pem('authority.crt'), dangerouslyAtAnyPort: true },
  });
  try {
    const person = one.browser();
    await one.signIn(person, 'engineer@example.com');
    expect((await person.visit(programAt(one).authorizeUrl({ client_id: id }).url)).status).toBe(200);
    expect(looked).toBe(1);
  } finally {
    await one.close();
  }
});
