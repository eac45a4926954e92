import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { authorizationServerPaths as paths, commandLineClient, deviceGrantType } from '@latchkey/contract';
import type { Browser, Visit } from '@latchkey/testing/browser';
import { app, fieldOf, newTokenKey, programAt, sameOrigin } from '../../../test/program.ts';
import type { Program } from '../../../test/program.ts';
import { ssoOrigin, startRig } from '../../../test/rig.ts';
import type { Answer, Rig } from '../../../test/rig.ts';
import { newUserCode, readUserCode } from './user-code.ts';

const engineer = 'engineer@example.com';

let rig: Rig;
let program: Program;
let browser: Browser;
beforeAll(async () => {
  rig = await startRig({ env: { ACCESS_TOKEN_KEY: newTokenKey() } });
  program = programAt(rig);
  browser = rig.browser();
  await rig.signIn(browser, engineer);
});
afterAll(() => rig.close());
beforeEach(() => {
  rig.clock.now += 6_000;
});

const textIn = ({ body }: Answer, name: string) => String(body[name]);
const failed = ({ status, body }: Answer) => [status, body['error']];

const begin = (form: Record<string, string> = {}) =>
  program.post(paths.deviceAuthorization, { client_id: commandLineClient, resource: app, ...form });
const poll = (begun: Answer) =>
  program.token({ grant_type: deviceGrantType, device_code: textIn(begun, 'device_code') });
const type = (user_code: string, headers: Record<string, string> = sameOrigin) =>
  browser.visit(ssoOrigin + paths.device, { form: { user_code }, headers });
const answer = ({ body }: Visit, decision: string, who = browser) =>
  who.visit(ssoOrigin + paths.approve, {
    form: { approval: fieldOf(body, 'approval'), decision },
    headers: sameOrigin,
  });

describe('a program on a device without a browser', () => {
  test('gets its tokens once the code was typed and approved, and once only', async () => {
    const begun = await begin({ scope: 'read' });
    expect(begun.body).toMatchObject({
      user_code: expect.stringMatching(/^[B-Z]{4}-[B-Z]{4}$/),
      verification_uri: `${ssoOrigin}/device`,
      expires_in: 600,
      interval: 5,
    });
    expect(failed(await poll(begun))).toEqual([400, 'authorization_pending']);
    const page = await type(textIn(begun, 'user_code').toLowerCase().replace('-', ' '));
    for (const shown of [
      textIn(begun, 'user_code'),
      'wiki.corp.example.com',
      'read',
      '127.0.0.1',
      engineer,
    ]) {
      expect(page.body).toContain(shown);
    }
    expect((await answer(page, 'approve')).body).toContain('The program is in');
    rig.clock.now += 6_000;
    const tokens = await poll(begun);
    expect(tokens).toMatchObject({ status: 200, body: { scope: 'read' } });
    const { body } = await rig.introspect({ token: textIn(tokens, 'access_token') });
    expect(body).toMatchObject({ active: true, email: engineer });
    rig.clock.now += 6_000;
    expect(failed(await poll(begun))).toEqual([400, 'expired_token']);
  });

  test('may give an address that holds the code, and it is asked about all the same', async () => {
    const begun = await begin();
    const page = await browser.visit(textIn(begun, 'verification_uri_complete'));
    expect(page.body).toContain('Let this program in?');
    expect(failed(await poll(begun))).toEqual([400, 'authorization_pending']);
  });

  test('hears that the person has refused', async () => {
    const begun = await begin();
    expect((await answer(await type(textIn(begun, 'user_code')), 'refuse')).body).toContain('was refused');
    expect(failed(await poll(begun))).toEqual([403, 'access_denied']);
  });

  test('hears that it looks too often, and that its time is over', async () => {
    const begun = await begin();
    await poll(begun);
    expect(failed(await poll(begun))).toEqual([400, 'slow_down']);
    rig.clock.now += 600_000;
    expect(failed(await poll(begun))).toEqual([400, 'expired_token']);
    expect((await type(textIn(begun, 'user_code'))).body).toContain('No program waits for this code');
  });

  test('is let in by one answer: that of the person who was asked, and the first', async () => {
    const begun = await begin();
    const page = await type(textIn(begun, 'user_code'));
    const other = rig.browser();
    await rig.signIn(other, 'admin@example.com');
    expect((await answer(page, 'approve', other)).status).toBe(400);
    await answer(page, 'refuse');
    expect((await answer(page, 'approve')).status).toBe(400);
    expect(failed(await poll(begun))).toEqual([403, 'access_denied']);
  });

  test('gets nothing after its person has signed out', async () => {
    const [begun, person] = [await begin(), rig.browser()];
    await rig.signIn(person, engineer);
    const page = await person.visit(textIn(begun, 'verification_uri_complete'));
    await answer(page, 'approve', person);
    await person.visit(`${ssoOrigin}/google/sign_out`, { form: {}, headers: sameOrigin });
    expect(failed(await poll(begun))).toEqual([400, 'invalid_grant']);
  });

  test('says for which application, and what it asks is read first', async () => {
    expect(failed(await begin({ resource: 'https://evil.test' }))).toEqual([400, 'invalid_target']);
    expect(failed(await begin({ client_id: 'somebody' }))).toEqual([401, 'invalid_client']);
    expect(failed(await begin({ scope: 'x'.repeat(600) }))).toEqual([400, 'invalid_scope']);
  });
});

describe('anyone who has not got a code', () => {
  test.each(['', 'BCDF-GHJK', 'Fe26.2*1*x', 'x'.repeat(5000)])('gets nothing for %j', async (device_code) => {
    const answered = await program.token({ grant_type: deviceGrantType, device_code });
    expect(failed(answered)).toEqual([400, 'invalid_grant']);
  });

  test('cannot have it typed by a page of another site', async () => {
    const begun = await begin();
    expect((await type(textIn(begun, 'user_code'), { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  test('comes upon no one by trying', async () => {
    const guesser = rig.browser();
    await rig.signIn(guesser, 'admin@example.com');
    const statuses = [];
    for (let tries = 0; tries < 21; tries++) {
      const form = { user_code: newUserCode() };
      statuses.push((await guesser.visit(ssoOrigin + paths.device, { form, headers: sameOrigin })).status);
    }
    expect([statuses.filter((status) => status === 200).length, statuses.at(-1)]).toEqual([20, 429]);
  });
});

test('one address asks for so many codes and no more', async () => {
  const statuses = new Set<number>();
  for (let asked = 0; asked < 61; asked++) statuses.add((await begin()).status);
  expect([...statuses]).toEqual([200, 429]);
});

test('a code is read as people type it', () => {
  expect(['wdjb-mjht', ' WDJB MJHT ', 'wdjbmjht', 'WDJB–MJHT'].map(readUserCode)).toEqual(
    Array.from({ length: 4 }, () => 'WDJBMJHT'),
  );
  expect(['WDJB-MJH', 'WDJB-MJHTT', 'AEIO-UAEI', '', 'W'.repeat(1e6)].map(readUserCode)).toEqual(
    Array.from({ length: 5 }, () => undefined),
  );
});
