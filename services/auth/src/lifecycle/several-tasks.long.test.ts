// Several tasks of auth, one Redis, and a provider that replaces refresh tokens and takes the second use of one for theft.
import { expect, test } from '@jest/globals';
import { startRedis } from '@latchkey/testing/redis';
import { get } from 'node:http';
import { deriveKeys, openSession } from '@latchkey/session';
import type { Session } from '@latchkey/session';
import { sessionCookieName, ssoOrigin, startRig, wiki } from '../../test/rig.ts';
import type { Rig } from '../../test/rig.ts';
import {
  describeWithRedis,
  testWithRedis,
  engineering,
  hour,
  isActive,
  listen,
  signOut,
  slug,
  until,
  useTwoTasks,
} from '../../test/two-tasks.ts';
import { placeOf } from '../store/place.ts';
import { openGrant } from '../session/grant.ts';

async function opened(token: string, { settings }: Rig): Promise<Session> {
  const session = await openSession(token, deriveKeys(settings.session.cookie.secrets, 'session'));
  if (session === undefined) throw new Error('not a session');
  return session;
}

/** Listens until one has ended; gives after which to go on. */
async function heardOf(at: Rig, sid: string): Promise<string> {
  let after: string | undefined;
  for (let tries = 0; tries < 20; tries++) {
    const { body } = await listen(at, after);
    after = String(body['after']);
    if (JSON.stringify(body['revocations']).includes(sid)) return after;
  }
  throw new Error('it was not set');
}

describeWithRedis('two tasks of auth', () => {
  const the = useTwoTasks();

  test('know of a sign-out at the same moment', async () => {
    const token = await the.signedIn();
    expect(isActive(await the.other.introspect({ token }))).toBe(true);
    await signOut(the.one, token);
    expect(isActive(await the.other.introspect({ token }))).toBe(false);
  });

  test('tell who listens at the other of a sign-out, and go on where that one has left off', async () => {
    const first = await the.signedIn();
    const { sid } = await opened(first, the.one);
    const listening = heardOf(the.other, sid);
    await signOut(the.one, first);
    const after = await listening;
    const second = await the.signedIn(the.one.browser());
    const { sid: next } = await opened(second, the.one);
    await signOut(the.other, second);
    const { body } = await listen(the.one, after);

    expect(body['revocations']).toEqual([{ sid: next }]);
  });

  test('know the groups and the access token that the provider has given the other', async () => {
    const token = await the.signedIn();
    const { body } = await the.other.introspect({ token, groups: engineering, access_token: 'true' });
    expect(body).toMatchObject({ active: true, groups: [engineering] });
    expect(the.one.idp.requests.token).toBe(0);
  });

  test('both have a refresh token that is too long for the cookie', async () => {
    const { faults } = the.one.idp.behaviour;
    const body = {
      access_token: 'a',
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: 'x'.repeat(6_000),
    };
    const userinfo = {
      sub: 'demo-9',
      email: 'nine@example.com',
      email_verified: true,
      groups: [engineering],
    };
    faults.token = { answer: { status: 200, body } };
    faults.userinfo = { answer: { status: 200, body: userinfo } };
    await the.one.signIn(the.browser, 'engineer@example.com', { slug: 'google' });
    const token = the.browser.cookie(ssoOrigin, sessionCookieName) ?? '';
    expect(await opened(token, the.one)).not.toHaveProperty('grant');
    the.one.clock.now += hour + 1000;
    const answer = await the.other.introspect({ token, groups: engineering });
    expect(answer.body).toMatchObject({ active: true, groups: [engineering] });
  });

  test('refresh once, however many ask at both at once, and again when it is time', async () => {
    const token = await the.signedIn();
    for (const round of [1, 2, 3]) {
      the.one.clock.now += hour + 1000;
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, at) =>
          [the.one, the.other][at % 2]?.introspect({ token, groups: engineering }),
        ),
      );
      for (const answer of answers)
        expect(answer?.body).toMatchObject({ active: true, groups: [engineering] });
      expect(the.one.idp.requests.token).toBe(round);
    }
  });

  test('answer a second click on the way back alike, and show the provider one code', async () => {
    const first = await the.browser.visit(the.one.signInUrl(wiki, { slug }));
    const url = await the.one.callbackFor(the.browser, first, 'engineer@example.com');
    const cookie = the.browser.jar.getCookieStringSync(ssoOrigin);
    the.one.idp.requests.token = 0;
    the.one.idp.behaviour.faults.token = { delayMs: 200 };
    const clicks = await Promise.all(
      [the.one, the.other, the.one, the.other].map((rig) =>
        rig.browser().visit(url, { headers: { cookie } }),
      ),
    );
    const given = clicks.map(({ location, setCookies }) => [
      location,
      setCookies.find((line) => line.startsWith(sessionCookieName)),
    ]);
    expect(given[0]).toEqual([wiki, expect.any(String)]);
    expect(new Set(given.map((pair) => JSON.stringify(pair))).size).toBe(1);
    expect(the.one.idp.requests.token).toBe(1);
  });

  test('take up what a task left behind that died over a refresh', async () => {
    const token = await the.signedIn();
    const { kind, id } = placeOf('grant', (await opened(token, the.one)).sid);
    await the.redis.command(`SET "latchkey:1:${kind}:{${id}}:lease" "a task that died" PX 700`);
    the.one.clock.now += hour + 1000;
    const answers = await Promise.all([the.one, the.other].map((rig) => rig.introspect({ token })));
    expect(answers.map(isActive)).toEqual([true, true]);
    expect(answers.map(({ body }) => body['stale'])).toEqual([undefined, undefined]);
    expect(the.one.idp.requests.token).toBe(1);
  });

  test('keep the answer to a refresh that comes after nobody waits for it any more', async () => {
    const token = await the.signedIn();
    the.one.clock.now += hour + 1000;
    the.one.idp.behaviour.faults.token = { delayMs: 3_000 };
    const early = await Promise.all([the.one, the.one, the.other].map((rig) => rig.introspect({ token })));
    expect(early.map(isActive)).toEqual([true, true, true]);
    expect(early.map(({ body }) => body['stale'])).toContain(true);
    the.one.idp.behaviour.faults = {};
    await until(async () => {
      const answers = await Promise.all([the.one, the.other].map((rig) => rig.introspect({ token })));
      expect(answers.map(isActive)).toEqual([true, true]);
      return answers.every(({ body }) => body['stale'] === undefined);
    });
    expect(the.one.idp.requests.token).toBe(1);
    expect(the.logged('refuses the refresh token of a session')).toEqual([]);
  });

  test('send a person to sign in whose refresh token was replaced by a task that died with the new the.one, and say why', async () => {
    const token = await the.signedIn();
    const grant = await openGrant(
      (await opened(token, the.one)).grant ?? '',
      deriveKeys(the.one.settings.session.key, 'grant'),
    );
    const [provider] = the.one.settings.providers;
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: grant?.refresh_token ?? '',
      client_id: provider?.clientId ?? '',
      client_secret: provider?.clientSecret ?? '',
    });
    expect((await fetch(the.one.idp.endpoints.token, { method: 'POST', body })).status).toBe(200);
    the.one.clock.now += hour + 1000;
    expect(isActive(await the.one.introspect({ token }))).toBe(false);
    expect(isActive(await the.other.introspect({ token }))).toBe(false);
    expect(the.logged('refuses the refresh token of a session')).toHaveLength(1);
    const back = await the.other.signIn(the.other.browser(), 'engineer@example.com', { slug });
    expect(back.location).toBe(wiki);
  });
});

testWithRedis('what an address may ask for is for all tasks together', async () => {
  const redis = await startRedis();
  const one = await startRig({ env: { REDIS_URL: redis.url, SERVER_RATE_LIMIT: '6' } });
  const other = await startRig({ besides: one });
  const rigs = [one, other];
  const statuses: number[] = [];
  for (let at = 0; at < 10; at++) statuses.push(await statusAt(rigs[at % 2] ?? one));
  expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429, 429, 429, 429]);
  await redis.kill();
  expect(await statusAt(one)).toBe(200);
  await other.close();
  await one.close();
  await redis.close();
});

// As a browser that nothing stands in front of.
function statusAt({ port }: Rig): Promise<number> {
  return new Promise((resolve, reject) => {
    const { host } = new URL(ssoOrigin);
    const asked = get({ port, host: '127.0.0.1', headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', reject);
  });
}
