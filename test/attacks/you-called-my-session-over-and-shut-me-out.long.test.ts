// Auth calls a session over, and takes it back: another task answers, auth has started anew, a setting is put right. Every host
// that has heard of the end keeps it for three hours, auth sends me back there each time, and round I go.
import { afterEach, describe, expect, test } from '@jest/globals';
import { useStack } from '../fixtures/use-stack.ts';

const engineer = 'engineer@example.com';
const upstreams = `
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
- service: payroll
  default: {from: payroll.elsewhere.test, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
- service: archive
  default: {from: archive.elsewhere.test, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
`;
const authEnv = { AUTHORIZE_PROXY_DOMAINS: 'latchkey.localhost,elsewhere.test' };
const clock = { later: 0 };

describe('who is called over by one answer of auth, and not by the next', () => {
  const the = useStack({ upstreams, authEnv, now: () => Date.now() + clock.later });
  const at = (host: string) => `http://${host}:${the.stack.ports.proxy}/`;
  afterEach(() => the.stack.idp.behaviour.disabled.clear());

  test.each(['hello.latchkey.localhost', 'payroll.elsewhere.test'])(
    'is let in at %s after one visit to auth, and at every other host',
    async (host) => {
      const browser = await the.signedIn(engineer, at('hello.latchkey.localhost'));
      for (const other of ['payroll', 'archive']) await browser.visit(at(`${other}.elsewhere.test`));
      the.stack.idp.behaviour.disabled.add(engineer);
      clock.later += 3_700_000;
      expect(JSON.parse((await browser.fetch(at(host))).body)).toMatchObject({ reason: 'session_ended' });
      the.stack.idp.behaviour.disabled.clear();
      await the.stack.restartAuth();

      for (const each of [host, 'archive.elsewhere.test', 'hello.latchkey.localhost']) {
        const visit = await browser.visit(at(each));
        expect([each, visit.status, visit.url]).toEqual([each, 200, at(each)]);
        expect((await browser.fetch(at(each))).status).toBe(200);
      }
    },
  );
});
