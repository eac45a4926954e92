// A provider says to one task what has ended, and the person came to another one.
import { expect, test } from '@jest/globals';
import type { Browser } from '@latchkey/testing/browser';
import { sessionCookieName, ssoOrigin, formOf } from '../../test/rig.ts';
import { describeWithRedis, isActive, slug, until, useTwoTasks } from '../../test/two-tasks.ts';

describeWithRedis('two tasks of auth', () => {
  const the = useTwoTasks();
  const address = `${ssoOrigin}/${slug}/backchannel_logout`;

  async function signedInAtTheOther(): Promise<[Browser, string]> {
    const browser = the.other.browser();
    await the.other.signIn(browser, 'engineer@example.com', { slug });
    return [browser, browser.cookie(ssoOrigin, sessionCookieName) ?? ''];
  }

  /** The person signs out at the provider, which tells the first task. */
  async function signOutThere(browser: Browser): Promise<string> {
    // The provider makes its token by the time of day.
    the.one.clock.now = Date.now();
    const page = await browser.visit(the.one.idp.endpoints.endSession);
    const xsrf = /name="xsrf" value="(?<xsrf>[^"]*)"/.exec(page.body)?.groups?.['xsrf'] ?? '';
    const action = /action="(?<action>[^"]*)"/.exec(page.body)?.groups?.['action'] ?? '';
    await browser.visit(action, { form: { xsrf, logout: 'yes' } });
    return the.one.logoutForms.at(-1) ?? '';
  }

  test('end together what came from a session at the provider, and take a token once', async () => {
    const [browser, token] = await signedInAtTheOther();
    const [, living] = await signedInAtTheOther();
    expect(isActive(await the.one.introspect({ token }))).toBe(true);
    const form = await signOutThere(browser);
    for (const rig of [the.one, the.other]) {
      expect(isActive(await rig.introspect({ token }))).toBe(false);
      expect(isActive(await rig.introspect({ token: living }))).toBe(true);
      expect((await rig.browser().fetch(address, formOf(form))).status).toBe(400);
    }
  });

  test('whose Redis is away ask the provider to say it again, and then end it', async () => {
    const [browser, token] = await signedInAtTheOther();
    the.redis.freeze();
    const form = await signOutThere(browser);
    expect((await the.other.browser().fetch(address, formOf(form))).status).toBe(503);
    the.redis.thaw();
    const answers: number[] = [];
    await until(async () => {
      if (!answers.includes(200))
        answers.push((await the.other.browser().fetch(address, formOf(form))).status);
      return answers.includes(200);
    });
    expect(answers.slice(0, -1).every((status) => status === 503)).toBe(true);
    await until(async () => isActive(await the.one.introspect({ token })) === false);
    expect(isActive(await the.other.introspect({ token }))).toBe(false);
  });

  // Redis takes everything but the line of the log.
  test('take a token again that they could not tell each other of', async () => {
    const [browser, token] = await signedInAtTheOther();
    await the.redis.command('ACL SETUSER default -xadd');
    const form = await signOutThere(browser);
    const sent = async () => (await the.one.browser().fetch(address, formOf(form))).status;
    expect(await sent()).toBe(503);
    await the.redis.command('ACL SETUSER default +xadd');
    let status = 503;
    await until(async () => {
      if (status === 503) status = await sent();
      return status === 200;
    });
    expect(isActive(await the.other.introspect({ token }))).toBe(false);
    expect(await sent()).toBe(400);
  });
});
