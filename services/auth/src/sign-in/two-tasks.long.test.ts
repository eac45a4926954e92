// A balancer sends a browser to any task: a sign-in begins at one and ends at the other, and neither knows what the other did.
import { expect, test } from '@jest/globals';
import { Browser } from '@latchkey/testing/browser';
import { sessionCookieName, ssoOrigin, startRig } from '../../test/rig.ts';
import type { Rig } from '../../test/rig.ts';
import { describeWithRedis, slug, useTwoTasks } from '../../test/two-tasks.ts';

const engineer = 'engineer@example.com';
const minute = 60_000;
const { hostname } = new URL(ssoOrigin);
const page = (name: string) => `https://wiki.corp.example.com/${name}`;

/** A browser that the balancer sends to one task now and to the other then. */
function browserOf(first: Rig) {
  const ports = { [hostname]: first.port };
  const browser = new Browser({ ports, follow: false });
  return {
    browser,
    /** the same browser, at a task */
    at: (rig: Rig): Browser => {
      ports[hostname] = rig.port;
      return browser;
    },
  };
}

/** Signs in, in so many tabs at once: each begins at one task, waits for a person, and ends at the other. */
async function signInInTabs(
  tasks: readonly [Rig, Rig],
  tabs: readonly string[],
): Promise<(string | undefined)[]> {
  const [one, other] = tasks;
  const { browser, at } = browserOf(one);
  const begun = [];
  for (const [index, name] of tabs.entries()) {
    const rig = index % 2 === 0 ? one : other;
    begun.push(await at(rig).visit(rig.signInUrl(page(name), { slug })));
  }
  one.clock.now += 14 * minute;
  const ends = [];
  for (const [index, first] of begun.entries()) {
    const rig = index % 2 === 0 ? other : one;
    ends.push((await rig.chooseAccount(at(rig), first, engineer)).location);
  }
  await browser.close();
  return ends;
}

const tabs = ['a?x=1', 'b?x=2', 'c?x=3', 'd?x=4', 'e?x=5'];

test('two tasks without a store end what the other one began, in five tabs, after fourteen minutes', async () => {
  const one = await startRig();
  const other = await startRig({ besides: one });
  expect(await signInInTabs([one, other], tabs)).toEqual(tabs.map(page));
  await other.close();
  await one.close();
});

describeWithRedis('two tasks with a store', () => {
  const the = useTwoTasks();

  test('end what the other one began, in five tabs, after fourteen minutes', async () => {
    expect(await signInInTabs([the.one, the.other], tabs)).toEqual(tabs.map(page));
  });

  test('lead who comes back from a tab that was given up, and is signed in by then, to the front page', async () => {
    const { browser, at } = browserOf(the.one);
    const begun = [];
    for (const name of [...tabs, 'f']) {
      the.one.clock.now += 1000;
      begun.push(await at(the.one).visit(the.one.signInUrl(page(name), { slug })));
    }
    const [first, second] = begun;
    if (first === undefined || second === undefined) throw new Error('no tabs');
    const tooMany = await the.other.chooseAccount(at(the.other), first, engineer);
    expect([tooMany.status, tooMany.body]).toEqual([400, expect.stringContaining('Start again')]);
    expect((await the.one.chooseAccount(at(the.one), second, engineer)).location).toBe(page('b?x=2'));
    // Now that there is a session, nothing is lost by it.
    const back = await at(the.other).visit(tooMany.url);
    expect([back.status, back.location]).toEqual([302, `${ssoOrigin}/`]);
    await browser.close();
  });

  test('lead who loads a way back again at the other one to the application, and use no code twice', async () => {
    const { browser, at } = browserOf(the.one);
    const first = await browser.visit(the.one.signInUrl(page('a?x=1'), { slug }));
    const callback = await the.one.callbackFor(browser, first, engineer);
    the.one.idp.requests.token = 0;
    the.one.clock.now += minute;
    for (const rig of [the.other, the.one, the.other]) {
      expect((await at(rig).visit(callback)).location).toBe(page('a?x=1'));
    }
    expect(the.one.idp.requests.token).toBe(1);
    await browser.close();
  });

  test('stop a browser together that keeps coming back without the session', async () => {
    const { browser, at } = browserOf(the.one);
    const backs = [];
    for (const rig of [the.one, the.other, the.one]) {
      the.one.clock.now += 1000;
      backs.push(await rig.signIn(at(rig), engineer, { slug, target: page('loop') }));
      browser.forget((name) => name === sessionCookieName);
    }
    expect(backs.map(({ status }) => status)).toEqual([302, 302, 400]);
    expect(backs[2]?.body).toContain('does not send the cookie');
    await browser.close();
  });
});
