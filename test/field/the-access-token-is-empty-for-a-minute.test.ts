// An application with `pass_access_token` got an empty token for up to a minute after the old one had ended: the proxy
// asked auth about the session once a minute, and the token had ended in between.
import { expect, test } from '@jest/globals';
import { valuesOf } from '../fixtures/recorder.ts';
import { useStack } from '../fixtures/use-stack.ts';

let later = 0;
const the = useStack({
  now: () => Date.now() + later,
  upstreams: `
- service: calendar
  default: {from: calendar.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com], pass_access_token: true}}
`,
});

test('a token that ends between two questions to auth is replaced at once', async () => {
  const browser = await the.signedIn('engineer@example.com', the.stack.url('calendar'));
  async function received(): Promise<string[]> {
    await browser.fetch(the.stack.url('calendar'));
    return valuesOf(the.stack.app.received.at(-1) ?? { rawHeaders: [] }, 'X-Forwarded-Access-Token');
  }
  const [first] = await received();
  later = 3_570_000;
  expect(await received()).toEqual([first]);
  later = 3_601_000;
  const [second] = await received();
  expect(second).toMatch(/./);
  expect(second).not.toBe(first);
});
