// Redis stops, ends or is emptied under several tasks of auth. Nobody is signed out by that, and nobody who is stays in.
import { beforeEach, expect, test } from '@jest/globals';
import { startRedis } from '@latchkey/testing/redis';
import { setTimeout as pause } from 'node:timers/promises';
import { sessionCookieName, ssoOrigin, startRig, wiki } from '../../test/rig.ts';
import {
  describeWithRedis,
  engineering,
  hour,
  isActive,
  isBack,
  signOut,
  slug,
  testWithRedis,
  until,
  useTwoTasks,
} from '../../test/two-tasks.ts';

describeWithRedis('two tasks of auth, whose Redis fails,', () => {
  const the = useTwoTasks();
  // What is newer is decided by Redis' own clock, which nobody moves.
  beforeEach(() => void (the.one.clock.now = Date.now()));

  test('ask the provider once, also where Redis is emptied between the question and its answer', async () => {
    const token = await the.signedIn();
    the.one.clock.now += hour + 1000;
    the.one.idp.behaviour.faults.token = { delayMs: 500 };
    const asked = [the.one.introspect({ token })];
    await pause(100);
    asked.push(the.other.introspect({ token }));
    await pause(100);
    await the.redis.command('FLUSHALL');
    await Promise.all(asked);
    for (const rig of [the.one, the.other]) {
      await isBack(rig, token);
      expect(isActive(await rig.introspect({ token }))).toBe(true);
    }
    expect(the.one.idp.requests.token).toBe(1);
  });

  test('know a new refresh token when Redis is emptied before the browser has it', async () => {
    const token = await the.signedIn();
    the.one.clock.now += hour + 1000;
    expect((await the.one.introspect({ token })).body).toHaveProperty('session');
    await the.redis.command('FLUSHALL');
    await Promise.all([isBack(the.one, token), isBack(the.other, token)]);
    the.one.clock.now += hour + 1000;
    expect(isActive(await the.other.introspect({ token }))).toBe(true);
    expect(the.one.idp.requests.token).toBe(2);
  });

  test('keep a new refresh token that could not be stored, and give it to the other when the store is back', async () => {
    const token = await the.signedIn();
    the.one.clock.now += hour + 1000;
    the.one.idp.behaviour.faults.token = { delayMs: 200 };
    const asked = the.one.introspect({ token });
    await pause(100);
    the.redis.freeze();
    expect(await asked).toMatchObject({ status: 503, body: { error: 'store_unavailable' } });
    the.redis.thaw();
    the.one.idp.behaviour.faults = {};
    await isBack(the.one, token);
    await pause(1_100);
    the.one.clock.now += hour + 1000;
    expect(isActive(await the.other.introspect({ token }))).toBe(true);
    expect(the.one.idp.requests.token).toBe(2);
  });

  test('lose nothing when Redis is emptied under load: who has signed out stays so, and nobody else is', async () => {
    const [ended, living] = [await the.signedIn(), await the.signedIn(the.other.browser())];
    await signOut(the.one, ended);
    const load = await Promise.all(
      Array.from({ length: 40 }, async (_, at) => {
        if (at === 10) await the.redis.command('FLUSHALL');
        const rig = at % 2 === 0 ? the.one : the.other;
        return Promise.all([ended, living].map(async (token) => isActive(await rig.introspect({ token }))));
      }),
    );
    // Neither yes nor no, for a moment.
    for (const answer of load) {
      expect([false, undefined]).toContain(answer[0]);
      expect([true, undefined]).toContain(answer[1]);
    }
    await Promise.all([isBack(the.one, living), isBack(the.other, living)]);
    const fresh = await startRig({ besides: the.one });
    for (const rig of [the.one, the.other, fresh]) {
      expect(isActive(await rig.introspect({ token: ended }))).toBe(false);
      expect(isActive(await rig.introspect({ token: living }))).toBe(true);
    }
    await fresh.close();
  });

  test('go on with who is signed in when Redis is emptied, by what the cookies bring along', async () => {
    const token = await the.signedIn();
    await the.redis.command('FLUSHALL');
    for (const rig of [the.one, the.other]) {
      await isBack(rig, token);
      expect((await rig.introspect({ token, groups: engineering })).body).toMatchObject({
        active: true,
        groups: [engineering],
      });
    }
    // The groups were lost, and came back with one refresh.
    expect(the.one.idp.requests.token).toBe(1);
  });

  test('say neither yes nor no while Redis is away, begin no sign-in, and are healthy', async () => {
    const token = await the.signedIn();
    await the.redis.kill();
    for (let tries = 0; tries < 4; tries++) {
      const { status, body } = await the.one.introspect({ token });
      expect([status, body['error']]).toEqual([503, 'store_unavailable']);
    }
    const page = await the.one.browser().visit(the.one.signInUrl(wiki, { slug }));
    expect([page.status, page.headers['retry-after']]).toEqual([503, '2']);
    expect(page.body).toContain('Try again');
    const health = await the.one.browser().visit(`${ssoOrigin}/ping`);
    expect([health.status, health.body]).toEqual([200, 'the store (REDIS_URL) cannot be asked\n']);
    expect(the.logged('REDIS_URL: the store cannot be reached').length).toBeGreaterThan(0);

    await the.redis.startAgain();
    await isBack(the.one, token);
    expect(isActive(await the.one.introspect({ token }))).toBe(true);
    expect((await the.one.browser().visit(`${ssoOrigin}/ping`)).body).toBe('');
  });

  test('sign somebody out while Redis is away, and know of it when it is back', async () => {
    const token = await the.signedIn();
    await the.redis.kill();
    await signOut(the.one, token);
    expect(isActive(await the.one.introspect({ token }))).toBe(false);
    expect((await the.other.introspect({ token })).status).toBe(503);
    expect(the.one.idp.requests.revocation).toBe(1);
    await the.redis.startAgain();
    await isBack(the.other, token);
    await until(async () => isActive(await the.other.introspect({ token })) === false);
  });
});

testWithRedis(
  'where Redis and every task have lost who has signed out, nobody from before is taken for signed in',
  async () => {
    const redis = await startRedis();
    const first = await startRig({ env: { REDIS_URL: redis.url } });
    const browser = first.browser();
    await first.signIn(browser, 'engineer@example.com', { slug });
    const token = browser.cookie(ssoOrigin, sessionCookieName) ?? '';
    first.clock.now += 10_000;
    await redis.startAgain();
    // The first task is there still, for the sake of the provider; what it knows it does not tell any more.
    const lost = await startRedis();
    const settings = { ...first.settings };
    if (settings.store !== undefined) settings.store = { ...settings.store, port: lost.port };
    const fresh = await startRig({ besides: { ...first, settings } });

    const unknown = await fresh.introspect({ token });
    expect([unknown.status, unknown.body['error']]).toEqual([503, 'store_unavailable']);
    await pause(2_100);
    expect((await fresh.introspect({ token })).body).toEqual({ active: false });
    expect(fresh.log.some((line) => line.includes('the store has lost whether a session has ended'))).toBe(
      true,
    );
    const again = fresh.browser();
    await fresh.signIn(again, 'engineer@example.com', { slug });
    const renewed = again.cookie(ssoOrigin, sessionCookieName) ?? '';
    expect((await fresh.introspect({ token: renewed })).body['active']).toBe(true);
    await fresh.close();
    await first.close();
    await Promise.all([redis.close(), lost.close()]);
  },
);
