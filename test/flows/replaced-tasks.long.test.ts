// A deployment replaces tasks one by one: for a while old and new run side by side, and a person's requests come to either.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Browser } from '@latchkey/testing/browser';
import { freshKey } from '@latchkey/testing/environments';
import { hasRedis, startRedis } from '@latchkey/testing/redis';
import type { RunningRedis } from '@latchkey/testing/redis';
import { unpackReleaseBefore } from '../fixtures/release-before.ts';
import { fromSource, hosts, inProcess, startReplacedTasks } from '../fixtures/replaced-tasks.ts';
import type { ReplacedTasks, Service, Task } from '../fixtures/replaced-tasks.ts';
import { signIn } from '../fixtures/sign-in.ts';

const engineer = 'engineer@example.com';
const [shared = ''] = hosts;
const rounds = 4;
// So many starts and sign-ins take their time where others are at work.
const boundMs = 240_000;

let the: ReplacedTasks;
const browsers: Browser[] = [];
beforeEach(async () => {
  the = await startReplacedTasks();
});
afterEach(async () => {
  await the.close();
  await Promise.all(browsers.splice(0).map((browser) => browser.close()));
});

function newBrowser(): Browser {
  const browser = new Browser();
  browsers.push(browser);
  return browser;
}

/** A browser that has a session on every host. */
async function signedIn(): Promise<Browser> {
  const browser = newBrowser();
  const { status, url } = await signIn(browser, the.url(shared), engineer);
  expect([status, url]).toEqual([200, the.url(shared)]);
  for (const host of hosts)
    expect(await browser.visit(the.url(host))).toMatchObject({ status: 200, url: the.url(host) });
  return browser;
}

/** Whether a browser is let in on every host, whichever tasks it comes to, without being sent anywhere. */
async function staysIn(browser: Browser): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const host of hosts)
      expect([host, (await browser.fetch(the.url(host))).status]).toEqual([host, 200]);
  }
}

async function signOut(browser: Browser): Promise<void> {
  const page = await browser.visit(`${the.authUrl}dev/sign_out`, {
    form: {},
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  expect(page.body).toContain('You are signed out');
}

/** What a copy of a browser's cookies is answered, on every host. */
async function answersTo(cookies: readonly string[]): Promise<number[]> {
  const program = newBrowser();
  const answers = hosts.map((host, at) =>
    program.fetch(the.url(host), { headers: { cookie: cookies[at] ?? '' } }),
  );
  return (await Promise.all(answers)).map(({ status }) => status);
}

const copyOf = (browser: Browser) =>
  Promise.all(hosts.map((host) => browser.jar.getCookieString(the.url(host))));

// The first file of what tasks of auth share.
const release = unpackReleaseBefore('services/auth/src/store/store.ts');
afterAll(() => release?.remove());

(release === undefined ? describe.skip : describe)(
  'the release before tasks of auth could share anything',
  () => {
    const old = fromSource(release?.root);
    const today = fromSource();

    test.each<[Service, Service]>([
      ['proxy', 'auth'],
      ['auth', 'proxy'],
    ])(
      'is replaced, %s first and then %s: nobody is signed out, people sign in all the while, and can sign out',
      async (...order) => {
        const tasks = [];
        for (const service of order) tasks.push(await the.add(service, old));
        const people = [await signedIn()];
        for (const task of tasks) {
          await the.add(task.service, today);
          // Begun at one, finished at the other, whichever comes first.
          people.push(await signedIn(), await signedIn());
          for (const person of people) await staysIn(person);
          await the.remove(task);
          for (const person of people) await staysIn(person);
        }
        for (const person of people) {
          const copy = await copyOf(person);
          await signOut(person);
          expect(await answersTo(copy)).toEqual([401, 401, 401]);
        }
      },
      boundMs,
    );

    test(
      'forgets a sign-out when it is replaced, as any task without a store does: a copy ends where the provider took the grant back',
      async () => {
        for (const isRevoked of [true, false]) {
          the.idp.behaviour.faults = isRevoked ? {} : { revocation: { answer: { status: 503, body: '' } } };
          await the.replace('auth', old);
          await the.replace('proxy', inProcess);
          const person = await signedIn();
          const copy = await copyOf(person);
          await signOut(person);
          expect(await answersTo(copy)).toEqual([401, 401, 401]);
          // A proxy that has heard of it would remember it.
          await the.replace('auth', inProcess);
          await the.replace('proxy', inProcess);
          const answer = isRevoked ? 401 : 200;
          expect(await answersTo(copy)).toEqual([answer, answer, answer]);
        }
      },
      boundMs,
    );
  },
);

(hasRedis ? describe : describe.skip)('REDIS_URL', () => {
  let redis: RunningRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());

  test(
    'is set while people are signed in: they stay so, beside a task without it, and then sign out of all tasks',
    async () => {
      await the.add('proxy', inProcess);
      const without = await the.add('auth', inProcess);
      const people = [await signedIn()];
      the.env.auth['REDIS_URL'] = redis.url;
      for (const _ of ['one', 'other']) {
        await the.add('auth', inProcess);
        people.push(await signedIn());
        for (const person of people) await staysIn(person);
      }
      await the.remove(without);
      for (const person of people) {
        await staysIn(person);
        const copy = await copyOf(person);
        await signOut(person);
        for (let round = 0; round < rounds; round++) expect(await answersTo(copy)).toEqual([401, 401, 401]);
      }
    },
    boundMs,
  );

  test('is taken out again, and people stay signed in', async () => {
    the.env.auth['REDIS_URL'] = redis.url;
    await the.add('proxy', inProcess);
    await the.add('auth', inProcess);
    const person = await signedIn();
    delete the.env.auth['REDIS_URL'];
    await the.replace('auth', inProcess);
    await staysIn(person);
  });
});

describe.each<{ key: string; inUse: 'a session' | 'ten minutes'; of: readonly [Service, string][] }>([
  {
    key: 'SESSION_COOKIE_SECRET',
    inUse: 'a session',
    of: [
      ['auth', 'SESSION_COOKIE_SECRET'],
      ['proxy', 'SESSION_COOKIE_SECRET'],
    ],
  },
  { key: 'SESSION_KEY', inUse: 'a session', of: [['auth', 'SESSION_KEY']] },
  {
    key: 'CLIENT_SECRET',
    inUse: 'ten minutes',
    of: [
      ['auth', 'CLIENT_PROXY_SECRET'],
      ['proxy', 'CLIENT_SECRET'],
    ],
  },
])('$key', ({ inUse, of }) => {
  const [before, after] = [freshKey(), freshKey()];

  test(
    'is changed in three steps: nobody is signed out, and people sign in all the while',
    async () => {
      const set = (text: string) => of.forEach(([service, name]) => (the.env[service][name] = text));
      set(before);
      let tasks = [await the.add('auth', inProcess), await the.add('proxy', inProcess)];
      const people = [await signedIn()];

      // The services take turns in going first.
      async function replaceAll(): Promise<void> {
        const replaced: Task[] = [];
        for (const task of tasks.toReversed()) {
          replaced.push(await the.add(task.service, inProcess));
          people.push(await signedIn());
          for (const person of people) await staysIn(person);
          await the.remove(task);
        }
        tasks = replaced;
        // Of those who came meanwhile, the last one.
        people.splice(1, people.length - 2);
        for (const person of people) await staysIn(person);
      }
      for (const step of [`${before},${after}`, `${after},${before}`]) {
        set(step);
        await replaceAll();
      }
      // The old key goes when nothing that it sealed is in use any more.
      if (inUse === 'a session') people.length = 0;
      people.push(await signedIn());
      set(after);
      await replaceAll();
    },
    boundMs,
  );
});
