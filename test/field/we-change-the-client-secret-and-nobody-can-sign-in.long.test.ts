// Between the restarts of a change of `CLIENT_SECRET` one service had the new secret and the other the old one: nobody could
// sign in, 400 for every return address and 503 for every session.
import { describe, expect, test } from '@jest/globals';
import { loadAuthSettings, loadProxySettings } from '@latchkey/settings';
import { asSentences } from '@latchkey/testing/as-sentences';
import { minimalAuth, minimalProxy } from '@latchkey/testing/environments';
import { signIn } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const old = 'the old secret of both services';
const fresh = 'k0rGd3m5c4mOaSxJ6N2p7b9yXtWvE1zUfK8hLrTgPnA=';
const written = (list: string) => list.replace('old', old).replace('new', fresh);
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
`;

describe.each([
  ['old', 'old,new'],
  ['old,new', 'old'],
  ['old,new', 'new,old'],
  ['new,old', 'old,new'],
  ['new,old', 'new'],
  ['new', 'new,old'],
])('while auth has %s and the proxy %s', (ofAuth, ofProxy) => {
  const the = useStack({
    upstreams,
    authEnv: {
      AUTHORIZE_PROXY_DOMAINS: 'latchkey.localhost,elsewhere.test',
      CLIENT_PROXY_SECRET: written(ofAuth),
    },
    proxyEnv: { CLIENT_SECRET: written(ofProxy) },
  });

  test('people sign in with the shared cookie and by a code, and sign out where they came from', async () => {
    const browser = the.browser();
    const wiki = await signIn(browser, the.stack.url('wiki', '/page?x=1'), 'engineer@example.com');
    expect([wiki.status, wiki.url]).toEqual([200, the.stack.url('wiki', '/page?x=1')]);

    const payroll = `http://payroll.elsewhere.test:${the.stack.ports.proxy}`;
    expect(await browser.visit(`${payroll}/slips`)).toMatchObject({ status: 200, url: `${payroll}/slips` });

    // Without its cookie, auth knows whose sign-out it is by the sealed hint alone.
    const expired = '_sso_proxy=; Max-Age=0; Domain=latchkey.localhost; Path=/';
    await browser.jar.setCookie(expired, the.stack.authUrl());
    const question = await browser.visit(`${payroll}/oauth2/sign_out`);
    expect(question.status).toBe(200);
    expect(question.body).toContain('engineer@example.com');
  });
});

describe('a comma in a secret', () => {
  const services = [
    [
      'CLIENT_SECRET',
      (secret: string) => asSentences(loadProxySettings({ ...minimalProxy(), CLIENT_SECRET: secret })),
    ],
    [
      'CLIENT_PROXY_SECRET',
      (secret: string) => asSentences(loadAuthSettings({ ...minimalAuth(), CLIENT_PROXY_SECRET: secret })),
    ],
  ] as const;
  const random = 'p,7Qe}x2Wk!9sLrT$vB4nZ';

  test.each([
    ['parts two', `${fresh},${old}`, [fresh, old]],
    ['parts two with a blank behind it', `${fresh}, ${old}`, [fresh, old]],
    ['at the end parts nothing', `${fresh},`, [fresh]],
    ['within a random text stays in it', random, [random]],
    ['within a random text stays in it behind a new one', `${fresh},${random}`, [fresh, random]],
    ['within a random text joins it with what is behind it', `${random},${fresh}`, [`${random},${fresh}`]],
  ])('%s', (_what, text, secrets) => {
    for (const [, load] of services) expect(load(text)).toMatchObject({ settings: { client: { secrets } } });
  });

  test('that separates nothing is a warning, which names the secret by its place', () => {
    for (const [name, load] of services) {
      expect(load(`${fresh},${random}`).warnings).toContainEqual(
        expect.stringMatching(new RegExp(`^${name}: item 2 contains a comma but counts as one secret`)),
      );
    }
  });

  test('does not let a word pass', () => {
    for (const [, load] of services) expect(load('hunter2,a word')).toMatchObject({ ok: false });
  });
});
