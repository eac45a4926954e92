// undici before 8.5.0 (CVE-2026-6734; likewise GHSA-vxpw-j846-p89q and GHSA-pr7r-676h-xcf6): an application writes a second
// answer that nobody asked for, and the next request on that kept connection, somebody else's, is given it. (One that
// arrives only after that request has been sent is an answer to it, for all that HTTP/1.1 can tell.)
import { afterAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { useStack } from '../fixtures/use-stack.ts';

const answer = (text: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
const extra = answer('for alice alone');

// Answers each request with who asks, but the first one of a test as the test says.
let misbehave: ((socket: Socket, own: string) => void) | undefined;
// Without a delay: the second answer would wait for the next request to acknowledge the first.
const app = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (bytes: Buffer) => {
    const own = answer(/^X-Forwarded-User: (\w+)/im.exec(bytes.toString('latin1'))?.[1] ?? 'nobody');
    if (misbehave === undefined) socket.write(own);
    else misbehave(socket, own);
    misbehave = undefined;
  });
});
await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
afterAll(() => new Promise((resolve) => app.close(resolve)));

const { port } = app.address() as AddressInfo;
const the = useStack({
  upstreams: `- {service: hello, default: {from: hello.latchkey.localhost, to: '127.0.0.1:${port}', options: {allowed_email_domains: [example.com]}}}`,
});

test.each([
  ['with the first', (socket: Socket, own: string) => void socket.write(own + extra)],
  ['twice with the first', (socket: Socket, own: string) => void socket.write(own + extra + extra)],
  [
    'right behind the first, in a packet of its own',
    (socket: Socket, own: string) => void socket.write(own, () => socket.write(extra)),
  ],
  [
    'by halves',
    (socket: Socket, own: string) =>
      void socket.write(
        own + extra.slice(0, 20),
        () => void setTimeout(() => socket.write(extra.slice(20)), 20),
      ),
  ],
  [
    'behind an answer that says 103 first',
    (socket: Socket, own: string) => void socket.write(`HTTP/1.1 103 Early Hints\r\n\r\n${own}${extra}`),
  ],
])('a second answer that comes %s is given to nobody', async (_, does) => {
  const [alice, bob] = [await the.signedIn(), await the.signedIn('admin@example.com')];
  const closed = Promise.withResolvers<unknown>();
  misbehave = (socket, own) => {
    closed.resolve(once(socket, 'close'));
    does(socket, own);
  };

  expect((await alice.fetch(the.stack.url('hello'))).body).toBe('engineer');
  expect((await bob.fetch(the.stack.url('hello'))).body).toBe('admin');
  await closed.promise;
  expect((await bob.fetch(the.stack.url('hello'))).body).toBe('admin');
});

test('a second answer that comes while the connection is idle is given to nobody', async () => {
  const [alice, bob] = [await the.signedIn(), await the.signedIn('admin@example.com')];
  const asked = Promise.withResolvers<Socket>();
  misbehave = (socket, own) => {
    socket.write(own);
    asked.resolve(socket);
  };
  expect((await alice.fetch(the.stack.url('hello'))).body).toBe('engineer');
  const socket = await asked.promise;
  const closed = once(socket, 'close');
  socket.write(extra);
  await closed;

  expect((await bob.fetch(the.stack.url('hello'))).body).toBe('admin');
});
