// A provider that takes a connection and says nothing: nobody waits for it longer than its time.
import { afterAll, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { sessionCookieName, slugs, ssoOrigin, startRig, wiki } from '../../test/rig.ts';
import type { Rig } from '../../test/rig.ts';

const engineering = 'engineering@example.com';
const slow = { delayMs: 60_000 };

// They only wait, so they do it side by side.
const rigs: Rig[] = [];
afterAll(() => Promise.all(rigs.map((rig) => rig.close())));

async function start() {
  const rig = await startRig({ providerTimeoutMs: 2_000 });
  rigs.push(rig);
  const browser = rig.browser();
  const token = () => browser.cookie(ssoOrigin, sessionCookieName) ?? '';
  return { rig, browser, token };
}

test.concurrent.each(slugs)('where %s is slow, nobody is signed in: 504', async (slug) => {
  const { rig, browser, token } = await start();
  rig.idp.behaviour.faults.token = slow;
  const first = await browser.visit(rig.signInUrl(wiki, { slug }));
  const answer = await rig.chooseAccount(browser, first, 'engineer@example.com');
  expect(answer.status).toBe(504);
  expect(answer.body).toContain(`/${slug}/start?redirect_uri=`);
  expect(rig.log.at(-1)).toContain('"error":"provider_timeout"');
  expect(token()).toBe('');
});

test.concurrent.each(slugs)('where %s is slow, introspection says what was true last time', async (slug) => {
  const { rig, browser, token } = await start();
  await rig.signIn(browser, 'engineer@example.com', { slug });
  rig.clock.now += 3_601_000;
  rig.idp.behaviour.faults.token = slow;
  const answer = await rig.introspect({ token: token(), groups: engineering });
  expect(answer.body).toMatchObject({ active: true, groups: [engineering], stale: true });
  rig.heal();
  // The provider is asked again when it can have no answer to the first question any more.
  const isStale = async () => 'stale' in (await rig.introspect({ token: token() })).body;
  while (await isStale()) await pause(200);
});

test.concurrent.each(slugs)(
  'where %s is slow, signing out works, though the grant is not taken back',
  async (slug) => {
    const { rig, browser, token } = await start();
    await rig.signIn(browser, 'engineer@example.com', { slug });
    rig.idp.behaviour.faults.revocation = slow;
    const headers = { 'sec-fetch-site': 'same-origin' };
    const done = await browser.visit(`${ssoOrigin}/${slug}/sign_out`, { form: {}, headers });
    expect(done.status).toBe(200);
    expect(token()).toBe('');
    expect(rig.log.join('')).toContain('the provider did not revoke the refresh token');
  },
);
