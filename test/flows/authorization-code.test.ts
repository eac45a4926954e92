// Hosts that cannot read the shared cookie get their session by a code (RFC 6749, section 4.1, with RFC 7636).
import { beforeEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Browser, Visit } from '@latchkey/testing/browser';
import { valuesOf } from '../fixtures/recorder.ts';
import { pressAccount, signIn } from '../fixtures/sign-in.ts';
import type { Stack } from '../fixtures/stack.ts';
import { useStack } from '../fixtures/use-stack.ts';

const upstreams = `
- service: wiki
  default:
    from: wiki.latchkey.localhost
    to: {{app}}
    options: {allowed_email_domains: [example.com]}
- service: payroll
  default:
    from: payroll.elsewhere.test
    to: {{app}}
    options: {allowed_groups: [engineering@example.com]}
- service: archive
  default:
    from: archive.elsewhere.test
    to: {{app}}
    options: {allowed_email_domains: [example.com]}
- service: apps
  default:
    type: launcher
    from: apps.latchkey.localhost
    options: {allowed_email_domains: [example.com]}
`;
const anyDomain = { AUTHORIZE_PROXY_DOMAINS: 'latchkey.localhost,elsewhere.test' };
const engineer = 'engineer@example.com';

let later = 0;
beforeEach(() => {
  later = 0;
});
const now = () => Date.now() + later;

function at(stack: Stack, host: string, target = '/'): string {
  return `http://${host}:${stack.ports.proxy}${target}`;
}

function pathsOf(visit: Visit): string[] {
  return visit.hops.map(({ url }) => new URL(url).hostname + new URL(url).pathname);
}

// The answer of auth that brings the code, before the browser follows it.
async function codeFor(browser: Browser, url: string): Promise<URL> {
  const start = await browser.visit(url, { follow: false });
  const atAuth = await browser.visit(String(start.headers['location']), { follow: false });
  const back = await browser.visit(String(atAuth.headers['location']), { follow: false });
  return new URL(String(back.headers['location']));
}

// As a person does: by the link of the host, and the button at auth.
async function signOutAt(browser: Browser, url: string): Promise<void> {
  const page = await browser.visit(new URL('/oauth2/sign_out', url));
  expect(browser.cookie(url, '_sso_proxy') === undefined || url.includes('latchkey.localhost')).toBe(true);
  const fields = [...page.body.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(
    ([, name = '', value = '']): [string, string] => [name, value.replaceAll('&amp;', '&')],
  );
  const { origin, pathname } = new URL(page.url);
  await browser.visit(origin + pathname, { form: fields, headers: { origin } });
  expect(browser.cookie(url, '_sso_proxy')).toBeUndefined();
}

describe('a host outside SESSION_COOKIE_DOMAIN', () => {
  const the = useStack({ upstreams, now, authEnv: anyDomain, proxyEnv: { SESSION_TTL_VALID: '60s' } });
  const payroll = (target?: string) => at(the.stack, 'payroll.elsewhere.test', target);
  const archive = (target?: string) => at(the.stack, 'archive.elsewhere.test', target);

  test('is signed in to, and the full address comes back', async () => {
    const browser = the.browser();
    const visit = await signIn(browser, payroll('/slips/1?month=11&q=%2F'), engineer);
    expect([visit.status, visit.url]).toEqual([200, payroll('/slips/1?month=11&q=%2F')]);
    expect(pathsOf(visit).slice(-3)).toEqual([
      'sso.latchkey.localhost/google/callback',
      'payroll.elsewhere.test/oauth2/callback',
      'payroll.elsewhere.test/slips/1',
    ]);
    expect(the.stack.app.received).toHaveLength(1);
    const [received = { rawHeaders: [] }] = the.stack.app.received;
    expect(valuesOf(received, 'x-forwarded-email')).toEqual([engineer]);
    expect(valuesOf(received, 'cookie')).toEqual([]);
  });

  test('gets a cookie for itself alone, and none for what lies below it', async () => {
    const browser = the.browser();
    await signIn(browser, payroll(), engineer);
    const cookie = (await browser.jar.getCookies(payroll())).find(({ key }) => key === '_sso_proxy');
    expect([cookie?.hostOnly, cookie?.httpOnly, cookie?.sameSite]).toEqual([true, true, 'lax']);
    expect(cookie?.value.length).toBeLessThan(2_048);

    const elsewhere = await the
      .browser()
      .fetch(archive(), { headers: { cookie: `_sso_proxy=${cookie?.value}` } });
    expect(JSON.parse(elsewhere.body)).toMatchObject({ reason: 'session_elsewhere' });
  });

  test('knows who signed in anywhere else, without asking the provider', async () => {
    const browser = the.browser();
    await signIn(browser, at(the.stack, 'wiki.latchkey.localhost'), engineer);
    for (const url of [payroll('/a?b'), archive('/c?d')]) {
      const visit = await browser.visit(url);
      expect([visit.status, visit.url]).toEqual([200, url]);
      expect(pathsOf(visit).map((path) => path.replace(/^[^/]*/, ''))).toEqual([
        new URL(url).pathname,
        '/oauth2/sign_in',
        '/google/sign_in',
        '/oauth2/callback',
        new URL(url).pathname,
      ]);
    }
    expect((await browser.visit(payroll())).hops).toHaveLength(1);
  });

  test('takes several tabs at once', async () => {
    const browser = the.browser();
    const tabs = [];
    for (const path of ['/1', '/2', '/3']) tabs.push(await browser.visit(payroll(path)));
    const ends = [];
    for (const tab of tabs) ends.push((await pressAccount(browser, tab, engineer)).url);
    expect(ends).toEqual([payroll('/1'), payroll('/2'), payroll('/3')]);
  });

  test('tells a script where to sign in, and that leads here and back', async () => {
    const browser = the.browser();
    const refused = await browser.fetch(payroll('/api'));
    expect(refused.status).toBe(401);
    const { sign_in_url: url } = JSON.parse(refused.body) as { sign_in_url: string };
    expect(url).toContain(payroll('/oauth2/sign_in?'));
    expect((await signIn(browser, url, engineer)).url).toBe(payroll());
  });

  test('lets a person who is refused choose another account', async () => {
    const browser = the.browser();
    const refused = await signIn(browser, payroll('/slips'), 'finance@example.com');
    expect(refused.status).toBe(403);
    const href = /href="([^"]*\/oauth2\/sign_in[^"]*)"/.exec(refused.body)?.[1]?.replaceAll('&amp;', '&');
    const end = await signIn(browser, href ?? '', engineer);
    expect([end.status, end.url]).toEqual([200, payroll('/slips')]);
  });

  test('is signed out of at once, and every other host at its next check at the latest', async () => {
    const browser = the.browser();
    await signIn(browser, payroll(), engineer);
    await browser.visit(archive());
    await signOutAt(browser, payroll());
    expect((await browser.fetch(payroll())).status).toBe(401);
    later = 61_000;
    expect(JSON.parse((await browser.fetch(archive())).body)).toMatchObject({ reason: 'session_ended' });
  });

  test.each(['wiki.latchkey.localhost', 'payroll.elsewhere.test', 'archive.elsewhere.test'])(
    'is signed out of with all others, of either kind, at %s, and the provider gets its grant back',
    async (host) => {
      const browser = the.browser();
      const urls = [at(the.stack, 'wiki.latchkey.localhost'), payroll(), archive()];
      await signIn(browser, urls[0] ?? '', engineer);
      for (const url of urls) expect((await browser.visit(url)).status).toBe(200);
      const copies = urls.map((url) => browser.jar.getCookieStringSync(url));
      the.stack.idp.requests.revocation = 0;
      await signOutAt(browser, at(the.stack, host));
      later = 61_000;
      for (const [index, url] of urls.entries()) {
        expect((await browser.fetch(url)).status).toBe(401);
        const copy = await the.browser().fetch(url, { headers: { cookie: copies[index] ?? '' } });
        expect(JSON.parse(copy.body)).toMatchObject({ reason: 'session_ended' });
      }
      expect(the.stack.idp.requests.revocation).toBeGreaterThan(0);
    },
  );

  test('keeps its cookie when another site asks for the sign-out', async () => {
    const browser = the.browser();
    await signIn(browser, payroll(), engineer);
    await browser.fetch(payroll('/oauth2/sign_out'), { headers: { 'sec-fetch-site': 'cross-site' } });
    expect((await browser.fetch(payroll())).status).toBe(200);
  });

  test('is listed by a launcher on any other', async () => {
    const browser = await the.signedIn(engineer, at(the.stack, 'wiki.latchkey.localhost'));
    const answer = await browser.fetch(at(the.stack, 'apps.latchkey.localhost', '/oauth2/apps'));
    const { apps } = JSON.parse(answer.body) as { apps: { title: string }[] };
    expect(apps.map(({ title }) => title)).toEqual(['archive', 'payroll', 'wiki']);
  });

  test('learns of a new refresh token, and the browser gets it', async () => {
    const browser = the.browser();
    await signIn(browser, payroll(), engineer);
    const before = browser.cookie(payroll(), '_sso_proxy');
    the.stack.idp.behaviour.rotateRefreshTokens = true;
    later = 3_700_000;
    expect((await browser.fetch(payroll())).status).toBe(200);
    the.stack.idp.behaviour.rotateRefreshTokens = false;
    const after = browser.cookie(payroll(), '_sso_proxy');
    expect(after).not.toBe(before);
    later = 3_800_000;
    expect((await browser.fetch(payroll())).status).toBe(200);
    expect(browser.cookie(payroll(), '_sso_proxy')).toBe(after);
  });
});

describe('a code', () => {
  const the = useStack({ upstreams, now, authEnv: anyDomain });
  const payroll = (target?: string) => at(the.stack, 'payroll.elsewhere.test', target);

  async function signedIn(): Promise<Browser> {
    return the.signedIn(engineer, at(the.stack, 'wiki.latchkey.localhost'));
  }

  test('is taken once', async () => {
    const browser = await signedIn();
    const code = await codeFor(browser, payroll('/x'));
    const cookies = await browser.jar.getCookieString(payroll());
    const first = await browser.visit(code.href, { follow: false });
    expect([first.status, first.headers['location']]).toEqual([302, payroll('/x')]);
    // Another task of the proxy, or an attacker who has copied everything, shows the very same again.
    const again = await the.browser().visit(code.href, { headers: { cookie: cookies } });
    expect(again.status).toBe(400);
    expect(again.hops[0]?.headers['set-cookie']).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^_sso_proxy=/)]),
    );
    expect(the.stack.logText()).toContain('used already');
    expect(the.stack.logText()).not.toContain(code.searchParams.get('code') ?? '?');
    expect(the.stack.logText()).not.toContain(code.searchParams.get('state') ?? '?');
  });

  test('that comes again in its own browser leads to where it led before', async () => {
    const browser = await signedIn();
    const code = await codeFor(browser, payroll('/x?y'));
    await browser.visit(code.href);
    const again = await browser.visit(code.href);
    expect([again.status, again.url]).toEqual([200, payroll('/x?y')]);
  });

  test('is not looked at without the attempt of its state', async () => {
    const browser = await signedIn();
    const code = await codeFor(browser, payroll());
    const tokens = () => the.stack.log.filter(({ path }) => path === '/oauth2/token').length;
    const before = tokens();
    const stranger = await the.browser().visit(code.href);
    expect([stranger.status, tokens() - before]).toEqual([400, 0]);
    expect(stranger.body).toContain('no longer open');
    // Nor does it stay in the address bar, for the application or a passer-by to read.
    expect(stranger.url).toBe(payroll('/oauth2/callback'));
    expect(stranger.headers['referrer-policy']).toBe('no-referrer');
    // And it is still good where it belongs.
    expect((await browser.visit(code.href)).status).toBe(200);
  });

  test('of one person does not sign in another one’s browser', async () => {
    const [attacker, victim] = [await signedIn(), the.browser()];
    const planted = await codeFor(attacker, payroll());
    const own = new URL(
      String((await victim.visit(payroll('/oauth2/sign_in'), { follow: false })).headers['location']),
    );
    planted.searchParams.set('state', own.searchParams.get('state') ?? '');
    const answer = await victim.visit(planted.href);
    expect(answer.status).toBe(400);
    expect(victim.cookie(payroll(), '_sso_proxy')).toBeUndefined();
    expect(the.stack.logText()).toContain('another browser');
  });

  test('is good for one host', async () => {
    const browser = await signedIn();
    const code = await codeFor(browser, payroll());
    const elsewhere = new URL(code);
    elsewhere.hostname = 'archive.elsewhere.test';
    const cookies = await browser.jar.getCookieString(payroll());
    const answer = await the.browser().visit(elsewhere.href, { headers: { cookie: cookies } });
    expect(answer.status).toBe(400);
    expect(the.stack.logText()).toContain('another address');
  });

  test('lives thirty seconds', async () => {
    const browser = await signedIn();
    const code = await codeFor(browser, payroll());
    later = 31_000;
    expect((await browser.visit(code.href)).status).toBe(400);
  });

  test('is of no use after the person has signed out', async () => {
    const browser = await signedIn();
    const code = await codeFor(browser, payroll());
    await browser.visit(the.stack.authUrl('/google/sign_out'), {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: new URL(the.stack.authUrl()).origin,
      },
    });
    expect((await browser.visit(code.href)).status).toBe(400);
    expect(the.stack.logText()).toContain('the session is over');
  });

  test.each([
    ['no credentials', {}, {}, 401],
    ['another grant', { grant_type: 'password' }, 'client', 400],
    ['no code', {}, 'client', 400],
    ['a made-up code', { code: 'Fe26.2*1*a*b' }, 'client', 400],
  ])('is asked for with %s in vain', async (_, fields, credentials, status) => {
    const basic = Buffer.from(`proxy:${the.stack.serviceSecret}`).toString('base64');
    const answer = await the.browser().fetch(the.stack.authUrl('/oauth2/token'), {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(credentials === 'client' && { authorization: `Basic ${basic}` }),
      },
      body: new URLSearchParams({ grant_type: 'authorization_code', ...fields }).toString(),
    });
    expect(answer.status).toBe(status);
  });

  test.each([
    ['no state', { state: null }],
    ['a state of another form', { state: 'x' }],
    ['no challenge', { code_challenge: null }],
    ['a plain challenge', { code_challenge_method: 'plain' }],
    ['another response type', { response_type: 'token' }],
  ])('is never given for %s', async (_, changes: Record<string, string | null>) => {
    const browser = await signedIn();
    const start = await browser.visit(payroll(), { follow: false });
    const first = await browser.visit(String(start.headers['location']), { follow: false });
    const link = new URL(String(first.headers['location']));
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) link.searchParams.delete(name);
      else link.searchParams.set(name, value);
    }
    const answer = await browser.visit(link.href, { follow: false });
    expect([answer.status, answer.headers['location']]).toEqual([400, undefined]);
  });

  test('that cannot be redeemed because auth is away costs nobody anything', async () => {
    const browser = await signedIn();
    const code = await codeFor(browser, payroll('/x'));
    await the.stack.auth.stop();
    const answer = await browser.visit(code.href);
    expect(answer.status).toBe(503);
    expect(answer.body).toContain(`href="${payroll('/x')}"`);
    expect(browser.cookie(the.stack.authUrl(), '_sso_proxy')).toBeDefined();
  });
});

describe('two services as BuzzFeed SSO has them: no cookie domain, and a secret of its own each', () => {
  const noDomain = { SESSION_COOKIE_DOMAIN: '' };
  const the = useStack({
    upstreams,
    now,
    authEnv: { ...anyDomain, ...noDomain, SESSION_COOKIE_SECRET: randomBytes(32).toString('base64') },
    proxyEnv: { ...noDomain, SESSION_COOKIE_SECRET: randomBytes(32).toString('base64') },
  });

  test('sign people in to every host, with one visit to the provider', async () => {
    const browser = the.browser();
    const first = await signIn(browser, at(the.stack, 'wiki.latchkey.localhost', '/a?b=c'), engineer);
    expect([first.status, first.url]).toEqual([200, at(the.stack, 'wiki.latchkey.localhost', '/a?b=c')]);
    for (const host of ['payroll.elsewhere.test', 'archive.elsewhere.test']) {
      const visit = await browser.visit(at(the.stack, host, '/a?b=c'));
      expect([visit.status, visit.url]).toEqual([200, at(the.stack, host, '/a?b=c')]);
      expect(pathsOf(visit).some((path) => path.includes('/callback') && path.startsWith('sso'))).toBe(false);
    }
  });

  test('sign people out of every host, at any of them', async () => {
    const browser = the.browser();
    const urls = ['wiki.latchkey.localhost', 'payroll.elsewhere.test', 'archive.elsewhere.test'].map((host) =>
      at(the.stack, host),
    );
    await signIn(browser, urls[0] ?? '', engineer);
    for (const url of urls) expect((await browser.visit(url)).status).toBe(200);
    await signOutAt(browser, urls[1] ?? '');
    later = 61_000;
    for (const url of urls) expect((await browser.fetch(url)).status).toBe(401);
  });
});

describe('a shared cookie that does not work', () => {
  const secretOfItsOwn = { SESSION_COOKIE_SECRET: randomBytes(32).toString('base64') };

  describe('because the secrets differ', () => {
    const the = useStack({ upstreams, proxyEnv: secretOfItsOwn });
    test('is replaced by a code, and nobody goes round in circles', async () => {
      const url = at(the.stack, 'wiki.latchkey.localhost', '/a?b=c');
      const browser = the.browser();
      const visit = await signIn(browser, url, engineer);
      expect([visit.status, visit.url]).toEqual([200, url]);
      expect((await browser.visit(url)).hops).toHaveLength(1);
    });
  });

  describe('because only the proxy knows of its domain', () => {
    const the = useStack({ upstreams, proxyEnv: secretOfItsOwn, authEnv: { SESSION_COOKIE_DOMAIN: '' } });
    test('is replaced by a code', async () => {
      const url = at(the.stack, 'wiki.latchkey.localhost', '/a?b=c');
      const visit = await signIn(the.browser(), url, engineer);
      expect([visit.status, visit.url]).toEqual([200, url]);
    });
  });
});

describe('behind TLS', () => {
  const the = useStack({ https: true, upstreams, authEnv: anyDomain });

  test('the host’s cookie says in its name that it is of this host alone', async () => {
    const browser = the.browser();
    const url = at(the.stack, 'payroll.elsewhere.test', '/x').replace('http:', 'https:');
    const visit = await signIn(browser, url, engineer);
    expect([visit.status, visit.url]).toEqual([200, url]);
    const names = (await browser.jar.getCookies(url)).map(({ key }) => key);
    expect(names).toContain('__Host-_sso_proxy');
    expect(names.every((name) => name.startsWith('__Host-'))).toBe(true);
  });
});

describe('SESSION_TTL_LIFETIME', () => {
  const the = useStack({ upstreams, now, authEnv: anyDomain, proxyEnv: { SESSION_TTL_LIFETIME: '1h' } });

  test.each(['wiki.latchkey.localhost', 'payroll.elsewhere.test'])(
    'makes a person of %s sign in again, once, although auth would let them stay',
    async (host) => {
      const browser = the.browser();
      const url = at(the.stack, host, '/x');
      await signIn(browser, url, engineer);
      later = 3_601_000;
      expect(JSON.parse((await browser.fetch(url)).body)).toMatchObject({ reason: 'session_expired' });
      // The provider still knows the person, and asks nothing.
      const visit = await browser.visit(url);
      expect(pathsOf(visit)).toContain('sso.latchkey.localhost/google/callback');
      expect([visit.status, visit.url]).toEqual([200, url]);
      expect((await browser.visit(url)).hops).toHaveLength(1);
    },
  );
});
