import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Duplex, Writable } from 'node:stream';
import { sendRaw } from '../fixtures/raw-request.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack();
const upgrade =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const head = (target: string, cookie = '') =>
  `GET ${target} HTTP/1.1\r\nHost: hello.latchkey.localhost\r\n${cookie === '' ? '' : `Cookie: ${cookie}\r\n`}`;

async function cookie(): Promise<string> {
  return cookieHeader(await the.signedIn(), the.stack.url('hello'));
}

function open(stack: Stack, allowHalfOpen = false): Socket {
  const socket = connect({ port: stack.ports.proxy, host: '127.0.0.1', allowHalfOpen });
  socket.on('error', () => undefined);
  socket.resume();
  return socket;
}

async function isAlive(): Promise<number> {
  return (await the.browser().fetch(the.stack.url('hello', '/ping'))).status;
}

/** Goes on sending until the connection is closed, and resolves then. */
function pour(into: Writable): Promise<void> {
  const closed = Promise.withResolvers<void>();
  const more = Buffer.alloc(64 * 1024);
  const write = () => {
    while (!into.destroyed && into.write(more));
  };
  into.on('drain', write).on('error', () => undefined);
  into.once('close', closed.resolve);
  write();
  return closed.promise;
}

describe('an upgrade', () => {
  test('behind a request that is not answered yet ends the connection and not the process', async () => {
    const socket = open(the.stack);
    socket.write(`${head('/')}\r\n${head('/')}${upgrade}\r\n`);
    await once(socket, 'close');
    expect(await isAlive()).toBe(200);
  });

  test.each(['//', '//[', '//a:99999/x', '/\\[', '/%'])(
    'to %s reaches the application as it is',
    async (target) => {
      const socket = open(the.stack);
      socket.write(`${head(target, await cookie())}${upgrade}\r\n`);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 101 /);
      socket.destroy();
      expect(the.stack.app.received.map((entry) => entry.target)).toEqual([target]);
    },
  );

  test('that was refused is cut off although its sender goes on', async () => {
    const socket = open(the.stack, true);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(`${head('/')}${upgrade}\r\n`);
    const drip = setInterval(() => socket.write('x'), 200);
    await closed;
    clearInterval(drip);
  });

  test('whose visitor breaks off lets the application know', async () => {
    const upstream = Promise.withResolvers<void>();
    the.stack.app.answerUpgrade = (socket) => {
      for (const end of ['end', 'close', 'error']) socket.once(end, () => upstream.resolve());
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.resume();
    };
    const credential = await cookie();
    const socket = open(the.stack);
    socket.write(`${head('/echo', credential)}${upgrade}\r\n`);
    await once(socket, 'data');
    socket.resetAndDestroy();
    await upstream.promise;
  });

  test('that the application answers by halves ends when its visitor leaves', async () => {
    const upstream = Promise.withResolvers<void>();
    the.stack.app.answerUpgrade = (socket) => {
      for (const end of ['end', 'close', 'error']) socket.once(end, () => upstream.resolve());
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\nno');
      socket.resume();
    };
    const credential = await cookie();
    const socket = open(the.stack);
    socket.write(`${head('/echo', credential)}${upgrade}\r\n`);
    await once(socket, 'data');
    socket.end();
    await upstream.promise;
  });
});

describe('a stop', () => {
  test('ends a handshake that the application never answers', async () => {
    const stack = await startStack({ proxyEnv: { SERVER_TIMEOUT_SHUTDOWN: '1s' } });
    const asked = Promise.withResolvers<void>();
    stack.app.answerUpgrade = () => asked.resolve();
    const socket = open(stack);
    socket.write(`${head('/public/echo')}${upgrade}\r\n`);
    await asked.promise;
    await stack.proxy.stop();
    await stack.close();
  });
});

describe('an application', () => {
  test.each(['404 Non trouv\xe9', '200 O\x7fK', '200 \xe4\xbd\xa0\xe5\xa5\xbd'])(
    'that answers %j is relayed, and the proxy lives on',
    async (statusLine) => {
      const credential = await cookie();
      the.stack.app.answer = (_req, res) =>
        void res.socket?.end(
          Buffer.from(`HTTP/1.1 ${statusLine}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok`, 'latin1'),
        );
      const answer = await sendRaw(
        the.stack.ports.proxy,
        `${head('/', credential)}Connection: close\r\n\r\n`.replaceAll('\r\n', '\n'),
      );
      expect([answer.status, answer.body]).toEqual([Number(statusLine.slice(0, 3)), 'ok']);
      expect(await isAlive()).toBe(200);
    },
  );

  test('that answers an upload early leaves the connection usable', async () => {
    const credential = await cookie();
    the.stack.app.answer = (_req, res) => void res.writeHead(413, { 'Content-Length': '3' }).end('too');
    const socket = open(the.stack);
    let answers = '';
    socket.on('data', (chunk: Buffer) => (answers += chunk.toString('latin1')));
    const length = 5 * 1024 * 1024;
    socket.write(`${head('/', credential).replace('GET', 'POST')}Content-Length: ${length}\r\n\r\n`);
    socket.write(Buffer.alloc(length));
    socket.write(`GET /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    await once(socket, 'close');
    expect(answers.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });

  test('may send twenty kibibytes of headers', async () => {
    const credential = await cookie();
    the.stack.app.answer = (_req, res) => void res.writeHead(200, { 'X-Long': 'x'.repeat(20_000) }).end();
    const answer = await the.browser().fetch(the.stack.url('hello'), { headers: { cookie: credential } });
    expect(String(answer.headers['x-long'])).toHaveLength(20_000);
  });

  test('whose visitor leaves before the answer is logged as that', async () => {
    const credential = await cookie();
    const asked = Promise.withResolvers<void>();
    the.stack.app.answer = () => asked.resolve();
    const socket = open(the.stack);
    socket.write(`${head('/left')}Cookie: ${credential}\r\n\r\n`);
    await asked.promise;
    const logged = the.stack.nextLine(({ path }) => path === '/left');
    socket.destroy();
    expect(await logged).toMatchObject({ status: 499, path: '/left' });
  });
});

describe('a caller that stops reading', () => {
  const impatient = useStack({ proxyEnv: { SERVER_TIMEOUT_WRITE: '400ms' } });

  /** Asks and reads nothing of the answer. */
  function ask(request: string): Socket {
    const socket = open(impatient.stack);
    socket.pause();
    socket.write(request);
    return socket;
  }

  test('is cut off, and the application with it; a stream that has nothing to send is not', async () => {
    const { app } = impatient.stack;
    const upstream = Promise.withResolvers<void>();
    const idle = Promise.withResolvers<ServerResponse>();
    app.answer = (req, res) => {
      if (req.url === '/public/idle') {
        res.write('one ');
        idle.resolve(res);
      } else {
        void pour(res).then(upstream.resolve);
      }
    };
    const stream = impatient.browser().fetch(impatient.stack.url('hello', '/public/idle'));
    const waiting = await idle.promise;
    const logged = impatient.stack.nextLine(({ path }) => path === '/public/endless');
    const socket = ask(`${head('/public/endless')}\r\n`);
    await upstream.promise;
    expect(await logged).toMatchObject({
      msg: 'request',
      level: 'info',
      status: 200,
      detail: 'the caller took nothing for 0.4 s, though there was something to take',
    });
    socket.destroy();
    waiting.end('two');
    expect((await stream).body).toBe('one two');
  });

  test('is cut off from a WebSocket, too; one that is quiet stays open', async () => {
    const { app } = impatient.stack;
    const accept = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    const quiet = Promise.withResolvers<Duplex>();
    app.answerUpgrade = (upstream) => {
      upstream.write(accept);
      quiet.resolve(upstream);
    };
    const staying = open(impatient.stack);
    staying.write(`${head('/public/quiet')}${upgrade}\r\n`);
    await once(staying, 'data');

    const closed = Promise.withResolvers<void>();
    app.answerUpgrade = (upstream) => {
      upstream.write(accept);
      void pour(upstream).then(closed.resolve);
    };
    const logged = impatient.stack.nextLine(({ msg }) => msg === 'WebSocket cut');
    const socket = ask(`${head('/public/echo')}${upgrade}\r\n`);
    await closed.promise;
    expect(await logged).toMatchObject({ route: 'hello', detail: expect.stringContaining('0.4 s') });
    socket.destroy();

    const arrives = once(staying, 'data');
    (await quiet.promise).write('still there');
    expect(String((await arrives)[0])).toBe('still there');
    staying.destroy();
  });
});
