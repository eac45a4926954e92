// Auth was away for a moment. People who met that got 503 for ten more seconds after it was back, although others were
// let in, and no line said when it could be asked again.
import { expect, test } from '@jest/globals';
import { signedIn } from '../fixtures/sign-in.ts';
import { startStack } from '../fixtures/stack.ts';

test('who was held back is let in as soon as auth has answered anybody', async () => {
  let later = 0;
  const stack = await startStack({ now: () => Date.now() + later });
  const unlucky = await signedIn(stack);
  const other = await signedIn(stack, 'finance@example.com');
  await stack.auth.stop();
  later = 4 * 3_600_000;
  expect((await unlucky.fetch(stack.url('hello'))).status).toBe(503);
  await stack.restartAuth();
  later += 2_000;
  const back = stack.nextLine(({ msg }) => msg === 'auth can be reached again');
  expect((await other.fetch(stack.url('hello'))).status).toBe(200);
  expect(await back).toMatchObject({ level: 'info', service: 'proxy', seconds: expect.any(Number) });
  expect((await unlucky.fetch(stack.url('hello'))).status).toBe(200);
  await Promise.all([unlucky.close(), other.close()]);
  await stack.close();
});

test('a question that auth itself could not answer is held all the same', async () => {
  let later = 0;
  const stack = await startStack({ providerType: 'oidc', now: () => Date.now() + later });
  const groupless = await signedIn(stack, 'engineer@example.com', stack.url('wiki'));
  const asked = () => stack.log.filter(({ path }) => path === '/oauth2/introspect').length;
  stack.idp.behaviour.faults = { token: { answer: { status: 503, body: '' } } };
  later = 9 * 3_600_000;
  expect((await groupless.fetch(stack.url('wiki'))).status).toBe(503);
  const before = asked();
  later += 2_000;
  expect((await groupless.fetch(stack.url('wiki'))).status).toBe(503);
  expect(asked()).toBe(before);
  expect(stack.logText()).not.toContain('auth can be reached again');
  await groupless.close();
  await stack.close();
});
