import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { authorizationServerPaths as paths } from '@latchkey/contract';
import type { Browser } from '@latchkey/testing/browser';
import { newTokenKey, programAt, sameOrigin } from '../../test/program.ts';
import type { Program } from '../../test/program.ts';
import { ssoOrigin, startRig } from '../../test/rig.ts';
import type { Rig } from '../../test/rig.ts';

const account = `${ssoOrigin}/account`;

let rig: Rig;
let program: Program;
let browser: Browser;
beforeAll(async () => {
  rig = await startRig({ env: { ACCESS_TOKEN_KEY: newTokenKey(), PROGRAM_REGISTRATION: 'true' } });
  program = programAt(rig);
});
beforeEach(async () => {
  rig.clock.now += 2_000;
  browser = await signedIn();
  await browser.visit(`${account}/sign_out_everywhere`, { form: {}, headers: sameOrigin });
  rig.clock.now += 2_000;
  browser = await signedIn();
});
afterAll(() => rig.close());

async function signedIn(email = 'engineer@example.com'): Promise<Browser> {
  const one = rig.browser();
  await rig.signIn(one, email);
  return one;
}

const end = (handle: string, by = browser, headers: Record<string, string> = sameOrigin) =>
  by.visit(`${account}/end_program`, { form: { program: handle }, headers });
async function handles(by = browser): Promise<string[]> {
  const { body } = await by.visit(account);
  return [...body.matchAll(/name="program" value="([^"]*)"/g)].map(([, handle = '']) => handle);
}
async function login(by = browser): Promise<{ access: string; refresh: string }> {
  const { body } = await program.login(by, { scope: 'read' });
  return { access: String(body['access_token']), refresh: String(body['refresh_token']) };
}
const isActive = async (token: string) => (await rig.introspect({ token })).body['active'];

test('a person sees the programs that act for them, for what and since when', async () => {
  expect(await handles()).toEqual([]);
  const tokens = await login();
  const { body } = await browser.visit(account);
  expect(body).toContain('the command line (latchkey)');
  expect(body).toContain('wiki.corp.example.com: read');
  expect(body).not.toContain(tokens.refresh);
  const [handle = ''] = await handles();
  expect(await isActive(handle)).toBe(false);
  rig.clock.now += 2 * 3_600_000;
  expect((await browser.visit(account)).body).toContain('2 hours ago');
  await program.token({ grant_type: 'refresh_token', refresh_token: tokens.refresh });
  const after = await browser.visit(account);
  expect(after.body).not.toContain('2 hours ago');
  expect(await handles()).toEqual([handle]);
});

test('they end one of them, which ends its tokens and nothing else', async () => {
  const one = await login();
  rig.clock.now += 2_000;
  const other = await login();
  const [newest = '', ...more] = await handles();
  expect(more).toHaveLength(1);
  const answer = await end(newest);
  expect([answer.status, answer.location]).toEqual([302, account]);
  expect(await handles()).toEqual(more);
  expect([await isActive(one.access), await isActive(other.access)]).toEqual([true, false]);
  const refreshed = await Promise.all(
    [one, other].map(({ refresh }) => program.token({ grant_type: 'refresh_token', refresh_token: refresh })),
  );
  expect(refreshed.map(({ status }) => status)).toEqual([200, 400]);
  expect((await browser.visit(account)).body).toContain('Your sessions');
});

test('nobody else sees them or ends them, and no other page does', async () => {
  const { access } = await login();
  const [handle = ''] = await handles();
  const admin = await signedIn('admin@example.com');
  expect(await handles(admin)).toEqual([]);
  expect((await end(handle, admin)).status).toBe(404);
  expect((await end(handle, rig.browser())).body).toContain('Sign in');
  expect((await end(handle, browser, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect(await isActive(access)).toBe(true);
});

test('what was given back, or ended with its session, is not there any more', async () => {
  const { refresh } = await login();
  await program.post(paths.revoke, { client_id: 'latchkey-cli', token: refresh });
  expect(await handles()).toEqual([]);
  await login();
  await browser.visit(`${account}/sign_out_everywhere`, { form: {}, headers: sameOrigin });
  rig.clock.now += 2_000;
  expect(await handles(await signedIn())).toEqual([]);
});
