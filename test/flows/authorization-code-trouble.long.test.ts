// What goes wrong around sessions of a single host, and must lock nobody out and leave nobody signed in.
import { beforeEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Browser, Visit } from '@latchkey/testing/browser';
import { pressAccount, signIn } from '../fixtures/sign-in.ts';
import type { Stack } from '../fixtures/stack.ts';
import { useStack } from '../fixtures/use-stack.ts';

const open = "to: '{{app}}', options: {allowed_email_domains: [example.com]}";
const upstreams = `
- {service: wiki, default: {from: wiki.latchkey.localhost, ${open}}}
- {service: notes, default: {from: notes.latchkey.localhost, ${open}}}
- {service: payroll, default: {from: payroll.elsewhere.test, ${open}}}
- {service: archive, default: {from: archive.elsewhere.test, ${open}}}
`;
const authEnv = { AUTHORIZE_PROXY_DOMAINS: 'latchkey.localhost,elsewhere.test' };
const ofItsOwn = { SESSION_COOKIE_SECRET: randomBytes(32).toString('base64') };
const engineer = 'engineer@example.com';
const hour = 3_600_000;

let later = 0;
beforeEach(() => {
  later = 0;
});
const now = () => Date.now() + later;

function at(stack: Stack, host: string, target = '/'): string {
  return `http://${host}:${stack.ports.proxy}${target}`;
}

async function whoAmI(browser: Browser, url: string): Promise<unknown> {
  const { status, body } = await browser.fetch(new URL('/oauth2/me', url).href);
  return status === 200 ? (JSON.parse(body) as { email: string }).email : status;
}

// Presses the one button of the page.
async function press(browser: Browser, page: Visit): Promise<Visit> {
  const fields = [...page.body.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)].map(
    ([, name = '', value = '']): [string, string] => [name, value.replaceAll('&amp;', '&')],
  );
  const { origin, pathname } = new URL(page.url);
  return browser.visit(origin + pathname, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin },
    body: new URLSearchParams(fields).toString(),
  });
}

async function signOutAt(browser: Browser, stack: Stack): Promise<void> {
  await press(browser, await browser.visit(stack.authUrl('/google/sign_out')));
}

// After a sign-out there is a page of auth first, and the provider asks again.
async function signInAgain(browser: Browser, url: string): Promise<Visit> {
  const page = await browser.visit(url);
  const href = /href="([^"]*\/google\/start[^"]*)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? '';
  return pressAccount(browser, await browser.visit(new URL(href, page.url).href), engineer);
}

describe('a host whose session has ended while the shared cookie cannot be read', () => {
  const the = useStack({ upstreams, now, proxyEnv: { ...ofItsOwn, SESSION_TTL_LIFETIME: '24h' } });
  const wiki = () => at(the.stack, 'wiki.latchkey.localhost', '/x');
  const notes = () => at(the.stack, 'notes.latchkey.localhost', '/x');

  test('is signed in to again after a sign-out elsewhere', async () => {
    const browser = the.browser();
    await signIn(browser, wiki(), engineer);
    await signOutAt(browser, the.stack);
    later = 61_000;
    const back = await signInAgain(browser, wiki());
    expect([back.status, back.url]).toEqual([200, wiki()]);
  });

  test('is signed in to again when the lifetime is over, however late it was first opened', async () => {
    const browser = the.browser();
    await signIn(browser, wiki(), engineer);
    later = 12 * hour;
    await browser.visit(notes());
    later = 25 * hour;
    const back = await browser.visit(notes());
    expect([back.status, back.url]).toEqual([200, notes()]);
  });
});

describe('a host with a session of its own beside the shared one', () => {
  const the = useStack({ upstreams, now });

  test('goes on with the shared one when its own has ended', async () => {
    const browser = the.browser();
    const wiki = at(the.stack, 'wiki.latchkey.localhost', '/x');
    await signIn(browser, at(the.stack, 'wiki.latchkey.localhost', '/oauth2/sign_in'), engineer);
    await signOutAt(browser, the.stack);
    later = 61_000;
    const back = await signInAgain(browser, wiki);
    expect([back.status, back.url]).toEqual([200, wiki]);
  });
});

describe('signing out', () => {
  const the = useStack({ upstreams, now, authEnv });
  const payroll = () => at(the.stack, 'payroll.elsewhere.test');
  const archive = () => at(the.stack, 'archive.elsewhere.test');

  test('from a host ends its session everywhere, also when auth has forgotten the browser', async () => {
    const browser = the.browser();
    await signIn(browser, archive(), engineer);
    await browser.visit(payroll());
    await browser.jar.setCookie(
      '_sso_proxy=; Max-Age=0; Domain=latchkey.localhost; Path=/',
      the.stack.authUrl(),
    );
    const question = await browser.visit(`${payroll()}oauth2/sign_out`);
    expect(question.body).toContain(engineer);
    await press(browser, question);
    later = 61_000;
    expect(await whoAmI(browser, archive())).toBe(401);
    expect(await whoAmI(browser, payroll())).toBe(401);
  });

  test('is not done for a hint that nobody of ours has sealed', async () => {
    const browser = the.browser();
    const page = await browser.visit(the.stack.authUrl('/google/sign_out?hint=Fe26.2*1*made*up'));
    expect(page.body).toContain('You are signed out');
  });

  test('as somebody else leaves nobody behind', async () => {
    const browser = the.browser();
    await signIn(browser, archive(), 'finance@example.com');
    await signIn(browser, `${payroll()}oauth2/sign_in?prompt=select_account`, engineer);
    expect(await whoAmI(browser, payroll())).toBe(engineer);
    later = 61_000;
    expect(await whoAmI(browser, archive())).toBe(401);
    await browser.visit(archive());
    expect(await whoAmI(browser, archive())).toBe(engineer);
  });

  test('ends what was opened before the same person signed in once more', async () => {
    const browser = the.browser();
    await signIn(browser, archive(), engineer);
    await signIn(browser, `${payroll()}oauth2/sign_in?prompt=select_account`, engineer);
    expect(await whoAmI(browser, archive())).toBe(engineer);
    await signOutAt(browser, the.stack);
    later = 61_000;
    expect([await whoAmI(browser, archive()), await whoAmI(browser, payroll())]).toEqual([401, 401]);
  });
});

describe('a refresh token that was replaced', () => {
  const the = useStack({ upstreams, now, authEnv, providerType: 'oidc' });

  test('in the cookie of an idle host ends nothing, once auth knows the newest from a host in use', async () => {
    const [payroll, archive] = [
      at(the.stack, 'payroll.elsewhere.test'),
      at(the.stack, 'archive.elsewhere.test'),
    ];
    const browser = the.browser();
    await signIn(browser, payroll, engineer);
    await browser.visit(archive);
    the.stack.idp.behaviour.rotateRefreshTokens = true;
    later = 2 * hour;
    expect(await whoAmI(browser, payroll)).toBe(engineer);

    // Auth has lost its memory: all that is left is in the cookies.
    await the.stack.restartAuth();
    later = 2 * hour + 61_000;
    expect(await whoAmI(browser, payroll)).toBe(engineer);
    later = 4 * hour;
    expect(await whoAmI(browser, archive)).toBe(engineer);
    expect(await whoAmI(browser, payroll)).toBe(engineer);
  });
});

describe('a sibling host', () => {
  const the = useStack({ https: true, upstreams, now, authEnv });

  test('cannot plant a session for another host under a name that it may set', async () => {
    const archive = at(the.stack, 'archive.elsewhere.test').replace('http:', 'https:');
    const [attacker, victim] = [the.browser(), the.browser()];
    await signIn(attacker, archive, 'finance@example.com');
    await signIn(victim, archive, engineer);
    const planted = attacker.cookie(archive, '__Host-_sso_proxy');
    await victim.jar.setCookie(
      `__Secure-_sso_proxy=${planted}; Domain=elsewhere.test; Path=/; Secure`,
      'https://evil.elsewhere.test/',
    );
    expect(await whoAmI(victim, archive)).toBe(engineer);
    const nobody = the.browser();
    await nobody.jar.setCookie(
      `__Secure-_sso_proxy=${planted}; Domain=elsewhere.test; Path=/; Secure`,
      'https://evil.elsewhere.test/',
    );
    expect(await whoAmI(nobody, archive)).toBe(401);
  });
});

describe('one address in three tabs at the same moment', () => {
  const the = useStack({ upstreams, now, authEnv });

  test('is no loop', async () => {
    const url = at(the.stack, 'payroll.elsewhere.test', '/x');
    const browser = await the.signedIn(engineer, at(the.stack, 'wiki.latchkey.localhost'));
    let tabs = [url, url, url];
    const ends: number[] = [];
    // In step: each asks before any has its cookie.
    for (let hop = 0; hop < 6; hop++) {
      const next: string[] = [];
      for (const tab of tabs) {
        const { status, headers } = await browser.visit(tab, { follow: false });
        if (headers['location'] === undefined) ends.push(status);
        else next.push(new URL(String(headers['location']), tab).href);
      }
      tabs = next;
    }
    expect(ends).toEqual([200, 200, 200]);
  });
});

describe('a stranger', () => {
  const the = useStack({ upstreams, now, authEnv });
  const payroll = (target: string) => at(the.stack, 'payroll.elsewhere.test', target);

  test('with thousands of attempts is answered like anybody else', async () => {
    const cookie = Array.from({ length: 2_000 }, (_, at) => `latchkey_attempt_${at}=x`).join('; ');
    const answer = await the
      .browser()
      .visit(payroll('/oauth2/sign_in'), { follow: false, headers: { cookie } });
    expect(answer.status).toBe(302);
    expect([answer.headers['set-cookie']].flat().length).toBeLessThan(25);
  });

  test('cannot begin a sign-in with an image of another page', async () => {
    const answer = await the.browser().fetch(payroll('/oauth2/sign_in'), {
      headers: { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image', 'sec-fetch-site': 'same-site' },
    });
    expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined]);
  });

  test('with an attempt and no code of ours never makes the proxy ask auth', async () => {
    const stranger = the.browser();
    const start = await stranger.visit(payroll('/oauth2/sign_in'), { follow: false });
    const state = new URL(String(start.headers['location'])).searchParams.get('state');
    for (const code of ['', 'x'.repeat(5_000)]) {
      const answer = await stranger.visit(payroll(`/oauth2/callback?state=${state}&code=${code}`));
      expect(answer.status).toBe(400);
    }
    expect(the.stack.log.filter(({ path }) => path === '/oauth2/token')).toEqual([]);
  });
});

describe('many tabs with long addresses', () => {
  const the = useStack({ upstreams, now, authEnv });

  test('leave a Cookie header that every load balancer takes', async () => {
    const browser = the.browser();
    for (let tab = 0; tab < 6; tab++) {
      await browser.visit(at(the.stack, 'payroll.elsewhere.test', `/${tab}?q=${'x'.repeat(2_500)}`));
    }
    const header = await browser.jar.getCookieString(at(the.stack, 'payroll.elsewhere.test'));
    expect(header.length).toBeLessThan(9_000);
  });
});
