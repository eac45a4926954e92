// Anyone who sends a form, or looks into a frame, after the session has ended (or where the application is away) was shown raw
// JSON in place of a page.
import { describe, expect, test } from '@jest/globals';
import { sendRaw } from '../fixtures/raw-request.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  upstreams: `
- {service: hello, default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}}
- {service: vault, default: {from: vault.latchkey.localhost, to: '{{app}}', options: {allowed_groups: [security@example.com]}}}
- {service: away, default: {from: away.latchkey.localhost, to: '127.0.0.1:9', options: {allowed_email_domains: [example.com]}}}
- {service: slow, default: {from: slow.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com], timeout: 50ms}}}
`,
});
const form = {
  method: 'POST',
  body: 'a=b',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
};
const notSent = 'What you sent has not reached the application.';
const perhapsSent = 'What you sent may have reached the application all the same';

describe('a form', () => {
  test('without a session gets a page that says that it was not sent, and where to sign in', async () => {
    const answer = await the.browser().visit(the.stack.url('hello', '/save'), form);
    expect([answer.status, answer.headers['content-type']]).toEqual([401, 'text/html; charset=utf-8']);
    expect(answer.body).toContain(notSent);
    expect(answer.body).toMatch(/<a class="action primary" href="\/" target="_blank" rel="noopener"\s*>/);
    expect(the.stack.app.received).toEqual([]);
  });

  test('without Fetch Metadata as well', async () => {
    const { port } = the.stack.proxy;
    const bytes = `POST /save HTTP/1.1\nHost: hello.latchkey.localhost\nAccept: text/html,*/*\nContent-Length: 0\nConnection: close\n\n`;
    const answer = await sendRaw(port, bytes);
    expect([answer.status, answer.body.includes(notSent)]).toEqual([401, true]);
  });

  test.each([
    ['vault', 403, notSent],
    ['away', 502, perhapsSent],
    ['slow', 504, perhapsSent],
  ])('to %s: %s', async (host, status, says) => {
    const browser = await the.signedIn();
    the.stack.app.answer = () => undefined;
    const answer = await browser.visit(the.stack.url(host, '/save'), form);
    expect([answer.status, answer.body.includes(says)]).toEqual([status, true]);
  });

  test('of a script is JSON as ever', async () => {
    const answer = await the.browser().fetch(the.stack.url('hello', '/save'), form);
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([401, { error: 'not_signed_in' }]);
  });
});

describe.each(['iframe', 'frame', 'embed', 'object'])('a frame (%s)', (dest) => {
  const headers = { 'sec-fetch-dest': dest };

  test.each([
    ['hello', 401],
    ['vault', 403],
    ['away', 502],
    ['nowhere', 421],
  ])(
    'of %s gets a page that can be shown there, with a link to a tab and nothing else',
    async (host, status) => {
      const browser = status === 401 ? the.browser() : await the.signedIn();
      const answer = await browser.visit(the.stack.url(host, '/panel?x'), { headers });
      expect([answer.status, answer.headers['x-frame-options']]).toEqual([status, undefined]);
      expect(answer.headers['content-security-policy']).not.toContain('frame-ancestors');
      expect(answer.body.match(/<(a|button)\b/g)).toEqual(['<a']);
      expect(answer.body).toMatch(/href="" target="_blank" rel="noopener"/);
      expect(answer.body).not.toContain('engineer@example.com');
    },
  );

  test('of an address of ours leads to none of ours: a click there would count as meant', async () => {
    const answer = await the.browser().visit(the.stack.url('hello', '/oauth2/sign_out'), { headers });
    expect([answer.status, answer.body.match(/href="[^"]*"/g)]).toEqual([403, ['href="/"']]);
    const atAuth = await the.browser().visit(the.stack.authUrl('/google/start'), { headers });
    expect([atAuth.status, atAuth.body.match(/<(a|button)\b/g)]).toEqual([403, null]);
  });
});
