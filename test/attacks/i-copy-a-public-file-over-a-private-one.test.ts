// An application of files (WebDAV) copies and moves what is asked for to where `Destination` says. Anyone who could ask for a public
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

// A stranger learned by it whether a guess about a private file is right: 412 says no.
test('a public path with a condition for a private one takes a session', async () => {
  const host = new URL(the.stack.url('hello')).host;
  const answer = await sendRaw(
    the.stack.ports.proxy,
    `GET /public/a HTTP/1.1\nHost: ${host}\nIf: </private/b> (["1"])\nConnection: close\n\n`,
  );
  expect(answer.status).toBe(401);
  expect(the.stack.app.received).toEqual([]);
});
