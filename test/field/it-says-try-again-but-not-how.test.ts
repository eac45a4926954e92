// An application that was away for a moment was answered for by a page that said "try again" and had nothing to press: on a
// phone, where an application has a window without an address bar, that is the end.
import { describe, expect, test } from '@jest/globals';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  upstreams: `
- {service: hello, default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}}
- {service: away, default: {from: away.latchkey.localhost, to: '127.0.0.1:9', options: {allowed_email_domains: [example.com]}}}
- {service: vault, default: {from: vault.latchkey.localhost, to: '{{app}}', options: {allowed_groups: [security@example.com]}}}
`,
});
const again = /<a class="action primary" href="">Try again<\/a\s*>/;

describe('an application that is away', () => {
  test('has a page that loads the same address again', async () => {
    const browser = await the.signedIn();
    const answer = await browser.visit(the.stack.url('away', '/d/1?from=now-6h'));
    expect([answer.status, again.test(answer.body)]).toEqual([502, true]);
  });

  test('has none to press for a form, whose address is no page', async () => {
    const browser = await the.signedIn();
    const answer = await browser.visit(the.stack.url('away', '/save'), { method: 'POST', body: 'a=b' });
    expect([answer.status, again.test(answer.body)]).toEqual([502, false]);
  });
});

test('what will be the same again has no such button', async () => {
  const browser = await the.signedIn();
  const answer = await browser.visit(the.stack.url('vault', '/d/1'));
  expect([answer.status, answer.body.includes('Try again')]).toEqual([403, false]);
});
