// Anyone who can listen on some other port of an application's machine asks the proxy for a sign-in that leads there: the
// `Host` header names the port, the proxy signs the address, and auth brings a signed-in person's code along.
import { describe, expect, test } from '@jest/globals';
import { startProxy } from '@latchkey/proxy';
import { useStack } from '../fixtures/use-stack.ts';

const upstreams = `
- service: wiki
  default: {from: wiki.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
- service: payroll
  default: {from: payroll.elsewhere.test, to: '{{app}}', options: {allowed_email_domains: [example.com], skip_auth_regex: [^/public]}}
- service: written
  default: {from: 'written.elsewhere.test:33997', to: '{{app}}', options: {allowed_email_domains: [example.com]}}
`;
const authEnv = { AUTHORIZE_PROXY_DOMAINS: 'latchkey.localhost,elsewhere.test' };

describe.each([
  ['over plain HTTP', false],
  ['behind a load balancer that ends TLS', true],
])('%s', (_, https) => {
  const the = useStack({ upstreams, https, authEnv });
  const ask = (host: string, target = '/') =>
    the.browser().visit(`http://127.0.0.1:${the.stack.ports.proxy}${target}`, {
      follow: false,
      headers: { host, ...(https && { 'x-forwarded-proto': 'https' }) },
    });

  test.each([
    'payroll.elsewhere.test:33996',
    'payroll.elsewhere.test:33997',
    'wiki.latchkey.localhost:33996',
    `payroll.elsewhere.test:${https ? 80 : 443}`,
  ])('no sign-in begins for %s, and nothing of it is served', async (host) => {
    for (const target of ['/', '/public', '/oauth2/sign_in', '/oauth2/callback?code=x&state=y']) {
      const answer = await ask(host, target);
      expect([answer.status, answer.headers['location']]).toEqual([421, undefined]);
    }
    expect(the.stack.log.at(-1)).toMatchObject({ error: 'unknown_host' });
    expect(the.stack.log.at(-1)?.['detail']).toMatch(/SERVER_PUBLIC_PORTS/);
  });

  test('a port that `from` names is served, and named in the way back', async () => {
    const answer = await ask('written.elsewhere.test:33997');
    expect(answer.status).toBe(302);
    expect(String(answer.headers['location'])).toContain('//written.elsewhere.test:33997/oauth2/sign_in?');
  });

  test('the port that the scheme implies is none', async () => {
    const answer = await ask(`payroll.elsewhere.test:${https ? 443 : 80}`);
    expect(String(answer.headers['location'])).toMatch(
      /^https?:\/\/payroll\.elsewhere\.test\/oauth2\/sign_in\?/,
    );
  });
});

describe('a session of a host', () => {
  const the = useStack({ upstreams, authEnv });

  test('is of no use at another port of that host, although browsers send its cookie there', async () => {
    const { proxySettings, table, signer, proxyLog, ports } = the.stack;
    const url = `http://payroll.elsewhere.test:${ports.proxy}/`;
    const browser = await the.signedIn('engineer@example.com', url);
    const both = {
      ...proxySettings.server,
      port: ports.proxy + 200,
      publicPorts: [ports.proxy, ports.proxy + 200],
    };
    const other = await startProxy({
      settings: { ...proxySettings, server: both },
      table,
      signer,
      log: proxyLog,
    });
    try {
      const refused = await browser.fetch(url.replace(String(ports.proxy), String(other.port)));
      expect([refused.status, JSON.parse(refused.body)]).toMatchObject([
        401,
        { reason: 'session_elsewhere' },
      ]);
      expect((await browser.fetch(url)).status).toBe(200);
    } finally {
      await other.stop();
    }
  });
});
