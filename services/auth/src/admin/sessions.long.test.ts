// Operators see and end sessions of a hundred browsers, and of several tasks.
import { expect, test } from '@jest/globals';
import { adminEnv, askAsOperator, revoke, sessionsOf } from '../../test/operator.ts';
import { sessionCookieName, ssoOrigin, startRig } from '../../test/rig.ts';
import type { Rig } from '../../test/rig.ts';
import { describeWithRedis, isActive, slug, useTwoTasks } from '../../test/two-tasks.ts';

const engineer = 'engineer@example.com';

async function signedIn(rig: Rig): Promise<string> {
  const browser = rig.browser();
  await rig.signIn(browser, engineer, { slug });
  return browser.cookie(ssoOrigin, sessionCookieName) ?? '';
}

async function areActive(rig: Rig, tokens: readonly string[]): Promise<ReadonlySet<unknown>> {
  return new Set((await Promise.all(tokens.map((token) => rig.introspect({ token })))).map(isActive));
}

test('of a hundred sessions of one account the newest twenty are listed, and all end', async () => {
  const rig = await startRig({ env: adminEnv });
  const tokens: string[] = [];
  for (let at = 0; at < 100; at++) tokens.push(await signedIn(rig));
  expect(await sessionsOf(rig, engineer)).toHaveLength(20);
  expect((await revoke(rig, { email: engineer })).body).toEqual({
    known: 20,
    shared: false,
    published: true,
  });
  expect(await areActive(rig, tokens)).toEqual(new Set([false]));
  await rig.close();
});

describeWithRedis('two tasks of auth', () => {
  const the = useTwoTasks(adminEnv);

  test('tell operators the same, and end what the other has begun', async () => {
    const tokens = [await signedIn(the.one), await signedIn(the.other)];
    const [here, there] = [await sessionsOf(the.one, engineer), await sessionsOf(the.other, engineer)];
    expect(here).toHaveLength(2);
    expect(there).toEqual(here);
    expect((await revoke(the.other, { email: engineer })).body).toEqual({
      known: 2,
      shared: true,
      published: true,
    });
    expect(await areActive(the.one, tokens)).toEqual(new Set([false]));
    expect(await sessionsOf(the.one, engineer)).toEqual([]);
  });

  test('end everything, and let people sign in again', async () => {
    the.one.clock.now += 2_000;
    const tokens = [await signedIn(the.one), await signedIn(the.other)];
    expect((await revoke(the.one, { all: true })).body).toEqual({ shared: true, published: true });
    for (const rig of [the.one, the.other]) expect(await areActive(rig, tokens)).toEqual(new Set([false]));
    the.one.clock.now += 2_000;
    expect(await areActive(the.other, [await signedIn(the.one)])).toEqual(new Set([true]));
  });

  test('say who has not heard of it while the store is away, and tell them when it is back', async () => {
    the.one.clock.now += 2_000;
    const token = await signedIn(the.one);
    await the.redis.kill();
    const answer = await revoke(the.one, { email: engineer });
    expect([answer.status, answer.body]).toEqual([200, { known: 0, shared: true, published: false }]);
    const list = await askAsOperator(the.one, `/admin/sessions?email=${engineer}`);
    expect([list.status, list.body['error']]).toEqual([503, 'store_unavailable']);
    expect(isActive(await the.one.introspect({ token }))).toBe(false);
  });
});
