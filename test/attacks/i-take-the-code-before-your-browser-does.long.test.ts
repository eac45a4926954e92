// An application wants the session that a person has at its host for itself, HttpOnly or not. It begins a sign-in from a
// program of its own, sends the person's browser to auth with that, and reads the code on its way back: from a service
// worker that sees the address, or from a window of its own that stands there.
import { beforeEach, describe, expect, test } from '@jest/globals';
import { loadUpstreams } from '@latchkey/upstreams';
import type { Browser, Hop } from '@latchkey/testing/browser';
import { useStack } from '../fixtures/use-stack.ts';

const upstreams = `
- service: wiki
  default: {from: wiki.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
- service: payroll
  default: {from: payroll.elsewhere.test, to: '{{app}}', options: {allowed_email_domains: [example.com], skip_auth_regex: [^/public/]}}
- service: board
  default: {from: board.elsewhere.test, to: '{{app}}', options: {allowed_email_domains: [example.com], skip_auth_regex: [/], allow_root_service_worker: true}}
`;
const the = useStack({
  upstreams,
  authEnv: { AUTHORIZE_PROXY_DOMAINS: 'latchkey.localhost,elsewhere.test' },
});
const at = (target: string, host = 'payroll') =>
  `http://${host}.elsewhere.test:${the.stack.ports.proxy}${target}`;
const leadsTo = ({ headers }: Hop) => String(headers['location']);
const signedIn = () =>
  the.signedIn('engineer@example.com', `http://wiki.latchkey.localhost:${the.stack.ports.proxy}/`);

// The link to auth that a browser gets where it begins a sign-in at the host.
async function begin(browser: Browser): Promise<string> {
  const first = await browser.visit(at('/x'), { follow: false });
  return leadsTo(await browser.visit(leadsTo(first), { follow: false }));
}

async function codeFor(browser: Browser): Promise<string> {
  return leadsTo(await browser.visit(await begin(browser), { follow: false }));
}

describe('a link that the proxy signed', () => {
  test('is of no use with the state and the challenge of another attempt', async () => {
    const [victim, attacker] = [await signedIn(), the.browser()];
    const [link, own] = [new URL(await begin(victim)), new URL(await begin(attacker))];
    for (const names of [['code_challenge'], ['state'], ['state', 'code_challenge']]) {
      const mixed = new URL(link);
      for (const name of names) mixed.searchParams.set(name, own.searchParams.get(name) ?? '');
      const answer = await victim.visit(mixed.href, { follow: false });
      expect([answer.status, answer.headers['location']]).toEqual([400, undefined]);
    }
    for (const name of ['response_type', 'state', 'code_challenge']) link.searchParams.delete(name);
    expect((await victim.visit(link.href, { follow: false })).status).toBe(400);
  });

  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site', referer: 'https://evil.example/' }],
    ['another site that says nothing', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling of auth', { 'sec-fetch-site': 'same-site', referer: 'http://evil.latchkey.localhost/' }],
    [
      'another port of the host',
      { 'sec-fetch-site': 'cross-site', referer: 'http://payroll.elsewhere.test:1/' },
    ],
  ])('is asked about where %s brought the browser', async (_, headers) => {
    const [victim, link] = [await signedIn(), await begin(the.browser())];
    const page = await victim.visit(link, { follow: false, headers });
    expect([page.status, page.headers['location']]).toEqual([200, undefined]);
    expect(page.body).toContain('Sign in to payroll.elsewhere.test?');
    const href = /href="(\/google\/sign_in[^"]*)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const answer = await victim.visit(the.stack.authUrl(href), {
      follow: false,
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    expect(leadsTo(answer)).toContain('/oauth2/callback?code=');
  });

  test('is not asked about where a link of another site led to the application first', async () => {
    const victim = await signedIn();
    const first = await victim.visit(at('/x'), {
      follow: false,
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    const between = await victim.visit(leadsTo(first), {
      follow: false,
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect([between.status, between.headers['referrer-policy']]).toEqual([200, 'origin']);
    const link = String(between.headers['refresh']).replace('0; url=', '');
    const answer = await victim.visit(link, {
      headers: { 'sec-fetch-site': 'cross-site', referer: at('/') },
    });
    expect([answer.status, answer.url]).toEqual([200, at('/x')]);
  });
});

describe('an address with a code', () => {
  test('is never one where a page stands, whatever is wrong', async () => {
    const browser = await signedIn();
    const code = await codeFor(browser);
    const another = new URL(await codeFor(browser));
    another.searchParams.set('state', new URL(await begin(browser)).searchParams.get('state') ?? '');
    const stranger = the.browser();
    for (const [who, url] of [
      [stranger, code],
      [browser, another.href],
      [browser, code],
      [browser, code],
      [stranger, at('/oauth2/callback?code=x&error=temporarily_unavailable')],
    ] as const) {
      const answer = await who.visit(url, { follow: false });
      expect(answer.status).toBe(302);
      expect(leadsTo(answer)).not.toContain('code=');
    }
  });

  test('is left where auth is away, and the page that follows leads back to where it began', async () => {
    const browser = await signedIn();
    const code = await codeFor(browser);
    await the.stack.auth.stop();
    const page = await browser.visit(code);
    await the.stack.restartAuth();
    expect([page.hops[0]?.status, page.status]).toEqual([302, 503]);
    expect(page.url).not.toContain('code=');
    expect(page.body).toContain(`href="${at('/x')}"`);
  });
});

describe('a service worker', () => {
  const script = {
    'service-worker': 'script',
    'sec-fetch-mode': 'same-origin',
    'sec-fetch-dest': 'serviceworker',
  };
  beforeEach(() => {
    the.stack.app.answer = (_req, res) =>
      res
        .writeHead(200, { 'content-type': 'text/javascript', 'service-worker-allowed': '/' })
        .end('the worker');
  });

  test.each(['/sw.js', '/sw.js?v=2', '/', '/oauth2/sw.js', '/oauth2/v1/sw.js'])(
    'whose script is %s gets another one, which ends it',
    async (target) => {
      for (const headers of [script, { 'sec-fetch-dest': 'serviceworker' }, { 'service-worker': 'script' }]) {
        const browser = await the.signedIn('engineer@example.com', at('/'));
        const answer = await browser.fetch(at(target), { headers });
        expect([answer.status, answer.headers['content-type']]).toEqual([
          200,
          'text/javascript; charset=utf-8',
        ]);
        expect(answer.body).toContain('registration.unregister()');
      }
      expect(the.stack.log.at(-1)?.['detail']).toContain('allow_root_service_worker');
    },
  );

  test.each(['/static/sw.js', '/public/', '/oauth2/x/sw.js', '//sw.js'])(
    'that stays away from our addresses by its folder passes, and its scope cannot be widened: %s',
    async (target) => {
      const browser = await the.signedIn('engineer@example.com', at('/'));
      const answer = await browser.fetch(at(target), { headers: script });
      expect([answer.body, answer.headers['service-worker-allowed']]).toEqual(['the worker', undefined]);
    },
  );

  test('passes where the operator allows it, and so does its header', async () => {
    const answer = await the.browser().fetch(at('/sw.js', 'board'), { headers: script });
    expect([answer.body, answer.headers['service-worker-allowed']]).toEqual(['the worker', '/']);
  });

  test('is looked at on public paths as well', async () => {
    const { table } = loadUpstreams({
      ...the.stack.proxySettings.upstream,
      file: 'test.yml',
      text: upstreams.replace('^/public/', '/').replaceAll('{{app}}', `127.0.0.1:${the.stack.app.port}`),
    });
    if (table === undefined) throw new Error('the file is not read');
    the.stack.table.replace(table);
    const answer = await the.browser().fetch(at('/sw.js'), { headers: script });
    expect(answer.body).toContain('registration.unregister()');
  });
});
