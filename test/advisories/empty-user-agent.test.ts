// oauth2-proxy before 6.0.0 (#649, #657): with no prober configured, the empty User-Agent equalled the unset option, so a
// request without one passed as a health check.
import { expect, test } from '@jest/globals';
import { sendRaw } from '../fixtures/raw-request.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack();

test.each([
  ['an empty User-Agent', 'User-Agent:\n'],
  ['no User-Agent', ''],
])('a private path asked for with %s is not answered', async (_, line) => {
  const answer = await sendRaw(
    the.stack.ports.proxy,
    `GET /private HTTP/1.1\nHost: hello.latchkey.localhost\n${line}Connection: close\n\n`,
  );
  expect(answer.status).toBe(401);
  expect(the.stack.app.received).toEqual([]);
});
