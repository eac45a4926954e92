// nginx forwards to an application itself and asks `/oauth2/auth` about each request, as deploy/fronts/nginx-auth-request.conf
// says. A signed-in person who lacked the group went round in circles.
import { describe, expect, test } from '@jest/globals';
import { pressAccount } from '../fixtures/sign-in.ts';
import { findProgram } from '@latchkey/testing/programs';
import { askedAbout, asksAboutEach, asserting } from './asks-about-each.ts';
import { useFront } from './front.ts';
import { nginxWith } from './nginx.ts';

const nginx = findProgram('nginx');

if (nginx === undefined) test.skip('nginx is not installed here', () => undefined);
else
  describe('nginx that asks about each request', () => {
    let clock = 0;
    const the = useFront(
      nginx,
      ({ folder, copied }) =>
        nginxWith(folder, { front: copied('nginx.conf'), wiki: copied('nginx-auth-request.conf') }),
      { now: () => Date.now() + clock, proxyEnv: asserting, upstreams: askedAbout },
    );
    asksAboutEach(the);
    const wiki = (target = '/') => the.stack.url('wiki', target);

    test('brings a renewed session to the browser', async () => {
      const browser = await the.signedIn();
      // A third of the grace period later auth vouches for the session anew.
      clock = 2 * 3_600_000;
      const { status, headers } = await browser.visit(wiki());
      clock = 0;
      expect([status, String(headers['set-cookie'])]).toEqual([200, expect.stringContaining('_sso_proxy=')]);
    });

    test('while nobody can say, it is the page that says so, and not an error of nginx', async () => {
      const browser = the.browser();
      const callback = await pressAccount(browser, await browser.visit(wiki()), 'engineer@example.com', {
        follow: false,
      });
      for (let next = callback.headers['location']; next !== undefined && next !== wiki();)
        next = (await browser.visit(String(next), { follow: false })).headers['location'];
      await the.stack.auth.stop();
      const visit = await browser.visit(wiki());
      expect(visit.status).toBe(503);
      expect(visit.body).toContain('<footer>');
    });
  });
