// The provider rotated a refresh token, the browser got a new session cookie, and auth went away: with the new cookie the
// proxy knew nothing of the person's groups, and routes that ask for one said 503.
import { expect, test } from '@jest/globals';
import { signedIn } from '../fixtures/sign-in.ts';
import { startStack } from '../fixtures/stack.ts';

test('a session that comes back in its renewed cookie has the groups that it had', async () => {
  let later = 0;
  const stack = await startStack({ providerType: 'okta', now: () => Date.now() + later });
  const browser = await signedIn(stack, 'engineer@example.com', stack.url('wiki'));
  const name = '_sso_proxy';
  const before = browser.cookie(stack.url('wiki'), name);
  later = 2 * 3_600_000;
  expect((await browser.fetch(stack.url('wiki'))).status).toBe(200);
  expect(browser.cookie(stack.url('wiki'), name)).not.toBe(before);
  await stack.auth.stop();
  expect((await browser.fetch(stack.url('wiki'))).status).toBe(200);
  await browser.close();
  await stack.close();
});
