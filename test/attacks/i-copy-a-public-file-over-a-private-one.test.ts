// An application of files (WebDAV) copies and moves what is asked for to where `Destination` says. Whoever could ask for a public
// path named a private one there, and wrote to it without a session.
import { expect, test } from '@jest/globals';
import { sendRaw } from '../fixtures/raw-request.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack();

test.each([
  ['COPY', '/private/b'],
  ['MOVE', 'http://hello.latchkey.localhost/private/b'],
  ['PUT', '/private/b'],
])('%s of a public path to %s takes a session', async (method, destination) => {
  const host = new URL(the.stack.url('hello')).host;
  const ask = (more: string) =>
    sendRaw(
      the.stack.ports.proxy,
      `${method} /public/a HTTP/1.1\nHost: ${host}\n${more}Connection: close\nContent-Length: 0\n\n`,
    );
  expect((await ask(`Destination: ${destination}\n`)).status).toBe(401);
  expect(the.stack.app.received).toEqual([]);
  expect((await ask('')).status).toBe(200);
});
