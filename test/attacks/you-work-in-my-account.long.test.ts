// A host of the cookie's domain puts a session of its own into the browsers of its visitors, in the place of theirs or with
// a longer path beside it. They go on working, in the attacker's account.
import { describe, expect, test } from '@jest/globals';
import type { Browser } from '@latchkey/testing/browser';
import { valuesOf } from '../fixtures/recorder.ts';
import { useStack } from '../fixtures/use-stack.ts';

const [victimsEmail, attackersEmail] = ['engineer@example.com', 'finance@example.com'];

function goOn(body: string): string {
  return /href="([^"]*\/oauth2\/person[^"]*)"/.exec(body)?.[1]?.replaceAll('&amp;', '&') ?? '';
}

describe.each([
  ['over plain HTTP', false, '_sso_proxy'],
  ['behind TLS', true, '__Secure-_sso_proxy'],
])('%s', (_, https, name) => {
  const the = useStack({ https });
  const hello = (target = '/') => the.stack.url('hello', target);
  const people = () => the.stack.app.received.flatMap((received) => valuesOf(received, 'x-forwarded-email'));

  async function sessionOf(email: string): Promise<string> {
    return (await the.signedIn(email)).cookie(hello(), name) ?? '';
  }
  async function plant(browser: Browser, value: string, path = '/'): Promise<void> {
    const attributes = `Domain=latchkey.localhost; Path=${path}${https ? '; Secure' : ''}`;
    await browser.jar.setCookie(`${name}=${value}; ${attributes}`, the.stack.url('evil'));
  }
  async function visited(email: string): Promise<Browser> {
    const browser = await the.signedIn(email);
    await browser.visit(hello());
    the.stack.app.received.length = 0;
    return browser;
  }

  test('a session in the place of theirs is noticed, and nothing is done in its name unasked', async () => {
    const victim = await visited(victimsEmail);
    await plant(victim, await sessionOf(attackersEmail));
    the.stack.app.received.length = 0;
    const page = await victim.visit(hello('/pay?x=1'));
    expect([page.status, page.url]).toEqual([409, hello('/pay?x=1')]);
    expect(page.body).toContain(attackersEmail);
    expect(page.body).not.toContain(victimsEmail);
    const program = await victim.fetch(hello('/api'), { method: 'POST' });
    expect([program.status, JSON.parse(program.body)]).toMatchObject([
      401,
      { reason: 'session_other_person' },
    ]);
    expect((await victim.fetch(hello('/oauth2/me'))).status).toBe(401);
    expect(people()).toEqual([]);
    expect(the.stack.log).toContainEqual(
      expect.objectContaining({ error: 'person_changed', level: 'warn', detail: `now ${attackersEmail}` }),
    );
  });

  test('no other host presses the button for them', async () => {
    const victim = await visited(victimsEmail);
    await plant(victim, await sessionOf(attackersEmail));
    const href = goOn((await victim.visit(hello())).body);
    const another = new URL(href);
    another.searchParams.set('person', 'x');
    for (const [url, site] of [
      [href, 'same-site'],
      [href, 'cross-site'],
      [another.href, 'same-origin'],
    ] as const) {
      await victim.visit(url, { headers: { 'sec-fetch-site': site } });
      expect((await victim.visit(hello())).status).toBe(409);
    }
    expect(the.stack.app.received).toEqual([]);
  });

  test('the button that the attacker was shown is none for them, whatever page it is written into', async () => {
    const [victim, attacker] = [await visited(victimsEmail), await visited('admin@example.com')];
    const attackers = await sessionOf(attackersEmail);
    for (const browser of [victim, attacker]) await plant(browser, attackers);
    const shown = goOn((await attacker.visit(hello())).body);
    await victim.visit(shown, { headers: { 'sec-fetch-site': 'same-origin' } });
    expect((await victim.visit(hello())).status).toBe(409);
  });

  test('who wants to be that person says so once, and comes to where they were going', async () => {
    const person = await visited(victimsEmail);
    await plant(person, await sessionOf(attackersEmail));
    the.stack.app.received.length = 0;
    const page = await person.visit(hello('/a?b=c'));
    const end = await person.visit(goOn(page.body), { headers: { 'sec-fetch-site': 'same-origin' } });
    expect([end.status, end.url]).toEqual([200, hello('/a?b=c')]);
    expect((await person.visit(hello())).status).toBe(200);
    expect(people()).toEqual([attackersEmail, attackersEmail]);
  });

  test('a session beside theirs is noticed where it would count, also where nobody was before', async () => {
    const [known, fresh] = [await visited(victimsEmail), await the.signedIn(victimsEmail)];
    const attackers = await sessionOf(attackersEmail);
    await plant(known, attackers, '/pay');
    the.stack.app.received.length = 0;
    expect((await known.visit(hello('/'))).status).toBe(200);
    const answer = await known.visit(hello('/pay'));
    // Of two that began in the same second, either may be the newest; never is it the attacker's without a word.
    expect(answer.status === 409 || people().every((email) => email === victimsEmail)).toBe(true);
    // `wiki` has not seen this browser yet.
    await plant(fresh, attackers, '/pay');
    expect((await fresh.visit(the.stack.url('wiki', '/pay'))).status).toBe(409);
    expect(people()).not.toContain(attackersEmail);
  });

  test('the mark is of the host alone, tells nobody who it is, and goes to no application', async () => {
    const browser = await visited(victimsEmail);
    const marks = (await browser.jar.getCookies(hello())).filter(({ key }) =>
      key.includes('latchkey_person'),
    );
    expect(marks).toMatchObject([{ hostOnly: true, httpOnly: true, secure: https, path: '/' }]);
    expect(marks[0]?.key).toBe(https ? '__Host-latchkey_person' : 'latchkey_person');
    await browser.visit(hello());
    expect(the.stack.app.received.flatMap((received) => valuesOf(received, 'cookie'))).toEqual([]);
    expect((await browser.visit(hello())).headers['set-cookie']).toBeUndefined();
  });
});
