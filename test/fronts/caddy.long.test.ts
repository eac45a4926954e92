// Caddy forwards to an application itself and asks `/oauth2/forward-auth` about each request, as deploy/fronts/Caddyfile says.
import { describe, expect, test } from '@jest/globals';
import { findProgram } from '@latchkey/testing/programs';
import { signIn } from '../fixtures/sign-in.ts';
import { askedAbout, asksAboutEach, asserting } from './asks-about-each.ts';
import { useFront } from './front.ts';

const caddy = findProgram('caddy');

if (caddy === undefined) test.skip('Caddy is not installed here', () => undefined);
else
  describe('Caddy that asks about each request', () => {
    let clock = 0;
    const the = useFront(
      caddy,
      ({ folder, port, copied }) => ({
        files: { Caddyfile: around(port) + withAssertion(copied('Caddyfile')) },
        args: ['run', '--config', 'Caddyfile'],
        env: { XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder },
      }),
      { now: () => Date.now() + clock, proxyEnv: asserting, upstreams: askedAbout },
    );
    asksAboutEach(the);

    test('brings a renewed session to the browser', async () => {
      const browser = await the.signedIn();
      // A third of the grace period later auth vouches for the session anew.
      clock = 2 * 3_600_000;
      const { status, headers } = await browser.visit(the.stack.url('wiki'));
      clock = 0;
      expect([status, String(headers['set-cookie'])]).toEqual([200, expect.stringContaining('_sso_proxy=')]);
    });

    test('sends every other host to the proxy', async () => {
      const visit = await signIn(the.browser(), the.stack.url('hello', '/d?x=1'), 'engineer@example.com');
      expect([visit.status, visit.url]).toEqual([200, the.stack.url('hello', '/d?x=1')]);
    });
  });

// As the file says for those who have ASSERTION_KEY.
function withAssertion(file: string): string {
  return file.replace('# request_header X-Latchkey-Jwt-Assertion', 'request_header X-Latchkey-Jwt-Assertion');
}

// For another port than 443, and for callers who name no host in TLS.
function around(port: number): string {
  return `{
	admin off
	auto_https disable_redirects
	https_port ${port}
	default_bind 127.0.0.1
	default_sni wiki.latchkey.localhost
}
`;
}
