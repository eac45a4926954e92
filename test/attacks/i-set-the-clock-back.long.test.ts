import { expect, test } from '@jest/globals';
import { performance } from 'node:perf_hooks';
import { signOut } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

// The time of day is set back by a day, by hand or by a time server that somebody else answers for. Whatever counted its
// minutes by it counts them again: a sign-out, or a group that was taken away, takes effect on the next day.
const dayMs = 24 * 3_600_000;
let [setBack, passed] = [0, 0];
const the = useStack({
  now: () => Date.now() + passed - setBack,
  elapsed: () => performance.now() + passed,
  providerType: 'oidc',
});

test('a sign-out takes effect within a minute, and a group that is taken away with the next answer of the provider', async () => {
  const leaver = await the.signedIn('finance@example.com');
  const copy = await leaver.jar.getCookieString(the.stack.url('hello'));
  const engineer = await the.signedIn();
  const client = the.browser();
  const ask = async (cookie: string) =>
    (await client.fetch(the.stack.url('hello'), { headers: { cookie } })).status;
  expect([await ask(copy), (await engineer.fetch(the.stack.url('wiki'))).status]).toEqual([200, 200]);

  setBack = dayMs;
  await signOut(leaver, the.stack);
  const account = the.stack.idp.accounts.find(({ email }) => email === 'engineer@example.com');
  account?.groups.splice(0);
  passed += 61_000;
  expect(await ask(copy)).toBe(401);
  passed += 3_600_000;
  expect((await engineer.fetch(the.stack.url('wiki'))).status).toBe(403);
});
