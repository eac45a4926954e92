// A person showed the reference of a 503, and nobody could tell which of auth's lines belonged to it: each service made an
// id of its own for what was one request.
import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { useStack } from '../fixtures/use-stack.ts';

let later = 0;
const the = useStack({ now: () => Date.now() + later });

function idsAt(path: string): unknown[] {
  return the.stack.log.filter((line) => line['path'] === path).map(({ id }) => id);
}

test('what auth is asked about a request has the id of the request', async () => {
  const browser = await the.signedIn();
  later = 120_000;
  await browser.fetch(the.stack.url('hello', '/this-one'));
  const [id] = idsAt('/this-one');
  expect(id).toEqual(expect.any(String));
  expect(idsAt('/oauth2/introspect').at(-1)).toBe(id);
});

test('so has the redemption of a code', async () => {
  const browser = await the.signedIn();
  const page = await browser.visit(the.stack.url('hello', '/oauth2/sign_in'));
  expect(page.status).toBe(200);
  expect(idsAt('/oauth2/token').at(-1)).toBe(idsAt('/oauth2/callback').at(-1));
});

test.each([
  ['a stranger', 'GET', '/', {}],
  ['who guesses at the credentials', 'POST', '/oauth2/introspect', { authorization: 'Basic cHJveHk6eA==' }],
])('%s does not choose an id at auth', async (_, method, path, headers) => {
  const id = createHash('sha256').update(path).digest('hex');
  await the.browser().fetch(the.stack.authUrl(path), { method, headers: { ...headers, 'x-request-id': id } });
  expect(the.stack.logText()).not.toContain(id);
});
