import { expect, test } from '@jest/globals';
import { useStack } from '../fixtures/use-stack.ts';

const clock = { now: Date.now() };
const use = useStack({ providerType: 'okta', now: () => clock.now });

test('a provider whose keys cannot be had signs nobody out, though it replaces refresh tokens, and nobody in', async () => {
  const { stack } = use;
  const { faults } = stack.idp.behaviour;
  const browser = await use.signedIn();
  // A task that has just started knows no keys yet.
  await stack.restartAuth();
  faults.jwks = { hangUp: true };
  for (let passed = 0; passed < 3; passed++) {
    clock.now += 11 * 60_000;
    expect((await browser.fetch(stack.url('hello'))).status).toBe(200);
  }
  expect(
    stack.log.findLast(({ msg }) => msg === 'the provider did not answer about a session'),
  ).toMatchObject({
    error: 'provider_unavailable',
  });
  await expect(use.signedIn()).rejects.toThrow('signing in ended with 503');

  delete faults.jwks;
  clock.now += 11 * 60_000;
  expect((await browser.fetch(stack.url('wiki'))).status).toBe(200);
});
