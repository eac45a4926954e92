import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { revocationsPath } from '@latchkey/contract';
import type { Browser } from '@latchkey/testing/browser';
import { hasRedis, startRedis } from '@latchkey/testing/redis';
import type { RunningRedis } from '@latchkey/testing/redis';
import { setTimeout as pause } from 'node:timers/promises';
import { basic, client, sessionCookieName, ssoOrigin, startRig } from './rig.ts';
import type { Answer, Rig } from './rig.ts';

/** The provider that both know, which replaces refresh tokens and takes the second use of one for theft. */
export const slug = 'okta';
export const engineering = 'engineering@example.com';
export const hour = 3_600_000;

export const describeWithRedis = hasRedis ? describe : describe.skip;
export const testWithRedis = hasRedis ? test : test.skip;

/** Two tasks of auth with one Redis, one provider and one clock, for the tests of a file. */
export function useTwoTasks(env: Record<string, string> = {}) {
  const made: { redis?: RunningRedis; one?: Rig; other?: Rig; browser?: Browser } = {};
  const the = {
    get redis() {
      return there(made.redis);
    },
    get one() {
      return there(made.one);
    },
    get other() {
      return there(made.other);
    },
    /** one that has not been anywhere when a test begins */
    get browser() {
      return there(made.browser);
    },

    /** signs in at the first task; gives the value of the session cookie */
    async signedIn(browser: Browser = there(made.browser)): Promise<string> {
      const one = there(made.one);
      await one.signIn(browser, 'engineer@example.com', { slug });
      one.idp.requests.token = 0;
      return browser.cookie(ssoOrigin, sessionCookieName) ?? '';
    },
    logged: (message: string): string[] =>
      [made.one, made.other].flatMap((rig) => there(rig).log.filter((line) => line.includes(message))),
  };
  beforeAll(async () => {
    const redis = (made.redis = await startRedis());
    const one = (made.one = await startRig({
      env: { REDIS_URL: redis.url, ...env },
      providerTimeoutMs: 2_000,
    }));
    made.other = await startRig({ besides: one, providerTimeoutMs: 2_000 });
  });
  afterAll(async () => {
    await made.other?.close();
    await made.one?.close();
    await made.redis?.close();
  });
  beforeEach(() => {
    the.one.heal();
    the.other.heal();
    the.one.idp.behaviour.rotateRefreshTokens = true;
    made.browser = the.one.browser();
  });
  return the;
}

function there<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('not started');
  return part;
}

/** Signs out, no matter who brings the cookie. */
export async function signOut(at: Rig, token: string): Promise<void> {
  const headers = { 'sec-fetch-site': 'same-origin', cookie: `${sessionCookieName}=${token}` };
  const page = await at.browser().visit(`${ssoOrigin}/${slug}/sign_out`, { form: {}, headers });
  expect(page.body).toContain('You are signed out');
}

/** Waits as a proxy does for what was ended after another. */
export async function listen(at: Rig, after?: string): Promise<Answer> {
  return at
    .ask('POST', revocationsPath)
    .set(basic(client.id, client.secret))
    .type('form')
    .send(after === undefined ? {} : { after });
}

export function isActive({ body }: Answer): unknown {
  return body['active'];
}

/** Waits until a task says yes or no again. */
export async function isBack(rig: Rig, token: string): Promise<void> {
  await until(async () => (await rig.introspect({ token })).status === 200);
}

/** Waits for something that comes true by itself. */
export async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 120 && !(await isTrue()); tries++) await pause(50);
  expect(await isTrue()).toBe(true);
}
