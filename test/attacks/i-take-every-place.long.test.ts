// Requests under way to one application, and the memory for bodies that are signed, are bounded for all together. One
// caller takes all that there is and lets go of none of it: everybody else would get 503 for as long.
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Browser } from '@latchkey/testing/browser';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  proxyEnv: {
    UPSTREAM_MAX_CONNECTIONS: '8',
    SSO_CONFIG_HELLO_SIGNING_KEY: 'sha256:a secret of the application',
  },
});
const opened: Socket[] = [];
afterEach(() => {
  for (const socket of opened.splice(0)) socket.destroy();
});

const mebi = 1024 * 1024;
const hello = 'Host: hello.latchkey.localhost';
const websocket =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';

async function send(head: string, body?: Buffer): Promise<Socket> {
  const socket = connect(the.stack.ports.proxy, '127.0.0.1');
  opened.push(socket);
  socket.on('error', () => undefined);
  socket.write(`${head}\r\n\r\n`);
  if (body !== undefined && !socket.write(body)) await once(socket, 'drain');
  return socket;
}

async function cookieOf(browser: Browser): Promise<string> {
  return `Cookie: ${await cookieHeader(browser, the.stack.url('hello'))}`;
}

/** Keeps whatever asks for `/held` waiting, and tells when so many wait. */
function holdUntil(count: number): Promise<void> {
  const all = Promise.withResolvers<void>();
  let held = 0;
  the.stack.app.answer = (req, res) => {
    if (!req.url?.endsWith('/held')) res.end('served');
    else if (++held === count) all.resolve();
  };
  the.stack.app.answerUpgrade = () => {
    if (++held === count) all.resolve();
  };
  return all.promise;
}

describe('the places of an application', () => {
  test.each(['a stranger', 'a person', 'a person with WebSockets'])(
    '%s leaves half of them to others',
    async (who) => {
      const [taker, other] = [await the.signedIn(), await the.signedIn('finance@example.com')];
      void holdUntil(4);
      const path = who === 'a stranger' ? '/public/held' : '/held';
      const cookie = who === 'a stranger' ? 'X: x' : await cookieOf(taker);
      const lines = [`GET ${path} HTTP/1.1`, hello, cookie];
      if (who === 'a person with WebSockets') lines.push(websocket);
      const refusals: Promise<unknown[]>[] = [];
      for (let sent = 0; sent < 20; sent++) refusals.push(once(await send(lines.join('\r\n')), 'data'));
      expect(String(await Promise.any(refusals))).toMatch(/^HTTP\/1\.1 503 [^]*upstream_busy/);
      const answer = await other.fetch(the.stack.url('hello', '/now'));
      expect([answer.status, answer.body]).toEqual([200, 'served']);
    },
  );

  test('a handshake whose visitor has left gives its place back', async () => {
    const person = await the.signedIn();
    const handshake = [`GET /held HTTP/1.1`, hello, await cookieOf(person), websocket].join('\r\n');
    for (let round = 0; round < 3; round++) {
      const held = holdUntil(4);
      for (let sent = 0; sent < 4; sent++) await send(handshake);
      await held;
      for (const socket of opened.splice(0)) socket.end();
    }
    const answer = await person.fetch(the.stack.url('hello', '/now'));
    expect([answer.status, answer.body]).toEqual([200, 'served']);
  });
});

describe('the memory for bodies', () => {
  test('a stranger who takes all of it leaves some to others', async () => {
    const person = await the.signedIn();
    const post = `POST /public/held HTTP/1.1\r\n${hello}`;
    for (const size of [8, 8]) {
      await send(`${post}\r\nContent-Length: ${size * mebi}`, Buffer.alloc(size * mebi - 1));
    }
    const refused = await send(`${post}\r\nContent-Length: ${mebi}`, Buffer.alloc(mebi));
    expect(String((await once(refused, 'data'))[0])).toMatch(/^HTTP\/1\.1 503 [^]*bodies_too_many/);

    const body = 'x'.repeat(2 * mebi);
    const answer = await person.fetch(the.stack.url('hello', '/now'), { method: 'POST', body });
    expect(answer.status).toBe(200);
  });

  test('a body whose request cannot be signed gives its place back', async () => {
    const person = await the.signedIn();
    const upload = () =>
      person.fetch(the.stack.url('hello', '/now'), { method: 'POST', body: 'x'.repeat(9 * mebi) });
    const sign = jest.spyOn(the.stack.signer, 'sign').mockImplementationOnce(() => {
      throw new Error('the key is of no use');
    });
    expect((await upload()).status).toBe(500);
    expect((await upload()).status).toBe(200);
    sign.mockRestore();
  });

  test.each([
    ['Content-Length: 5', 'half'],
    ['Transfer-Encoding: chunked', '4\r\nhalf\r\n'],
    ['Transfer-Encoding: chunked', '4\r\nhalf\r\nno chunk\r\n'],
  ])('a stranger who breaks off (%s, %j) alarms nobody', async (framing, half) => {
    const logged = the.stack.nextLine(({ path }) => path === '/public/broken');
    const socket = await send(`POST /public/broken HTTP/1.1\r\n${hello}\r\n${framing}`, Buffer.from(half));
    socket.end();
    const line = await logged;
    expect([line['status'], line['error'], line['level']]).toEqual([499, undefined, 'info']);
  });
});
