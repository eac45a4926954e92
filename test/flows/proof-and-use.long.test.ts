// Payroll is opened from an unlocked laptop, weeks after its owner has signed in. Some applications want people to prove who they are
// again: so long after they did it, or after they have left the application alone.
import { describe, expect, test } from '@jest/globals';
import { pressAccount, signIn } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const minute = 60_000;
// Behind the provider, whose clock nobody moves: what it says of later than now counts as now.
let clock = -48 * 60 * minute;
const the = useStack({
  providerType: 'oidc',
  now: () => Date.now() + clock,
  upstreams: `
- service: hello
  default: { from: hello.latchkey.localhost, to: '{{app}}', options: { allowed_email_domains: [example.com] } }
- service: payroll
  default:
    from: payroll.latchkey.localhost
    to: {{app}}
    options: { allowed_email_domains: [example.com], max_auth_age: 30m }
- service: desk
  default:
    from: desk.latchkey.localhost
    to: {{app}}
    options: { allowed_email_domains: [example.com], idle_timeout: 10m, skip_auth_regex: ['^/public/'] }
- service: elsewhere
  default:
    from: payroll.elsewhere.localhost
    to: {{app}}
    options: { allowed_email_domains: [example.com], max_auth_age: 30m }
`,
  authEnv: { AUTHORIZE_PROXY_DOMAINS: 'latchkey.localhost,elsewhere.localhost' },
});

const engineer = 'engineer@example.com';
const elsewhere = () => `http://payroll.elsewhere.localhost:${the.stack.ports.proxy}/slips?month=11`;
const isAtProvider = (url: string) => new URL(url).port === String(the.stack.ports.idp);

async function reasonAt(browser: ReturnType<typeof the.browser>, url: string): Promise<unknown> {
  const answer = await browser.fetch(url, { headers: { accept: 'application/json' } });
  return answer.status === 200 ? 200 : JSON.parse(answer.body).reason;
}

describe('max_auth_age', () => {
  test('a session that nobody has proved lately is sent to the provider, which asks, and back to the very URL', async () => {
    const browser = await the.signedIn(engineer);
    clock += 31 * minute;
    const url = the.stack.url('payroll', '/slips?month=11');
    expect(await reasonAt(browser, url)).toBe('session_proof_old');

    const asked = await browser.visit(url);
    expect(isAtProvider(asked.url)).toBe(true);
    const arrived = await pressAccount(browser, asked, engineer);
    expect([arrived.status, arrived.url]).toEqual([200, url]);
    // It was asked once, and other applications never did.
    expect((await browser.visit(the.stack.url('payroll'))).url).toBe(the.stack.url('payroll'));
    expect((await browser.visit(the.stack.url('hello'))).status).toBe(200);

    clock += 31 * minute;
    expect((await browser.visit(the.stack.url('hello'))).status).toBe(200);
    expect(isAtProvider((await browser.visit(url)).url)).toBe(true);
  });

  test('holds where a session comes by a code, too', async () => {
    const browser = await the.signedIn(engineer);
    clock += 31 * minute;
    const arrived = await signIn(browser, elsewhere(), engineer);
    expect([arrived.status, arrived.url]).toEqual([200, elsewhere()]);
    clock += 31 * minute;
    expect(isAtProvider((await browser.visit(elsewhere())).url)).toBe(true);
  });

  test('a session of one host that nobody has proved lately is signed out all the same', async () => {
    const browser = the.browser();
    await signIn(browser, elsewhere(), engineer);
    clock += 31 * minute;
    // Auth has forgotten the browser.
    await browser.jar.setCookie(
      '_sso_proxy=; Max-Age=0; Domain=latchkey.localhost; Path=/',
      the.stack.authUrl(),
    );
    const question = await browser.visit(new URL('/oauth2/sign_out', elsewhere()).href);
    expect(question.body).toContain(engineer);
  });

  test('who takes the wish out of the address is sent back, refused again, and stopped', async () => {
    const browser = await the.signedIn(engineer);
    clock += 31 * minute;
    const sent = await browser.visit(the.stack.url('payroll'), { follow: false });
    const link = new URL(String(sent.headers['location']));
    expect(link.searchParams.get('proved_within')).toBe('1800');
    link.searchParams.delete('proved_within');
    const end = await browser.visit(link.href);
    expect(end.status === 200 && new URL(end.url).host.startsWith('payroll')).toBe(false);
    expect(the.stack.app.received).toEqual([]);
  });
});

describe('idle_timeout', () => {
  test('use keeps the door open, and leaving it alone shuts it', async () => {
    const browser = the.browser();
    await signIn(browser, the.stack.url('desk'), engineer);
    for (let times = 0; times < 4; times++) {
      clock += 6 * minute;
      expect(await reasonAt(browser, the.stack.url('desk'))).toBe(200);
    }
    clock += 11 * minute;
    expect(await reasonAt(browser, the.stack.url('desk'))).toBe('session_idle');
    // Neither a public path nor another application is use of this one.
    await browser.fetch(the.stack.url('desk', '/public/x'));
    await browser.fetch(the.stack.url('hello'));
    expect(await reasonAt(browser, the.stack.url('desk'))).toBe('session_idle');

    const arrived = await signIn(browser, the.stack.url('desk', '/a?b'), engineer);
    expect([arrived.status, arrived.url]).toEqual([200, the.stack.url('desk', '/a?b')]);
  });

  test('the time is written anew at most every tenth, and the application never sees it', async () => {
    const browser = the.browser();
    await signIn(browser, the.stack.url('desk'), engineer);
    const cookieOf = async () =>
      [(await browser.fetch(the.stack.url('desk'))).headers['set-cookie']].flat().join('\n');
    expect(await cookieOf()).not.toContain('latchkey_last_use');
    clock += minute;
    expect(await cookieOf()).toMatch(
      /latchkey_last_use=\d+\.[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax/,
    );
    expect(JSON.stringify(the.stack.app.received)).not.toContain('latchkey_');
  });

  test('without a word about the last use, or with one of another session or host, it is shut', async () => {
    const other = the.browser();
    await signIn(other, the.stack.url('desk'), 'finance@example.com');
    const browser = the.browser();
    await signIn(browser, the.stack.url('desk'), engineer);
    clock += 9 * minute;
    const [name, session] = [/latchkey_last_use=[^;]+/, /_sso_proxy=[^;]+/];
    const jarOf = async (one: typeof browser) => {
      await one.fetch(the.stack.url('desk'));
      return one.jar.getCookieString(the.stack.url('desk'));
    };
    const [mine, theirs] = [await jarOf(browser), await jarOf(other)];
    const own = session.exec(mine)?.[0] ?? '';
    clock += 2 * minute;
    const statusWith = async (cookie: string) =>
      (
        await fetch(`http://127.0.0.1:${the.stack.ports.proxy}/`, {
          headers: { host: 'desk.latchkey.localhost', cookie },
        })
      ).status;
    expect(own).not.toBe('');
    expect(name.exec(theirs)).not.toBeNull();
    expect(await reasonAt(browser, the.stack.url('desk'))).toBe(200);
    for (const word of [
      '',
      name.exec(theirs)?.[0] ?? '',
      'latchkey_last_use=9999999999.x',
      'latchkey_last_use=',
    ]) {
      expect(await statusWith(`${own}; ${word}`)).not.toBe(200);
    }
  });
});
