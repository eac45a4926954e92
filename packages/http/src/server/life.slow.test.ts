import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { startServer } from './life.ts';
import type { Handlers, RunningServer, ServerTimeouts } from './life.ts';

const running: RunningServer[] = [];
const sockets: Socket[] = [];

async function start(handlers: Handlers, timeouts: Partial<ServerTimeouts> = {}): Promise<RunningServer> {
  const server = await startServer(() => handlers, {
    port: 0,
    timeouts: { readMs: 10_000, requestMs: 0, shutdownMs: 100, ...timeouts },
  });
  running.push(server);
  return server;
}

function open(server: RunningServer): Socket {
  const socket = connect(server.port, '127.0.0.1');
  sockets.push(socket);
  return socket;
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

const head = (...lines: string[]) => [...lines, 'Host: a', '', ''].join('\r\n');
const hello: RequestListener = (_, res) => void res.end('hello');

/** Waits for the text to arrive, and gives everything that arrived up to then. */
async function arrives(socket: Socket, wanted: string): Promise<string> {
  let seen = '';
  while (!seen.includes(wanted)) seen += String((await once(socket, 'data'))[0]);
  return seen;
}

const lateMs = 400;
const readAtOnce: RequestListener = (req, res) => {
  void text(req).then(
    (body) => res.end(`read ${body.length}`),
    () => res.destroy(),
  );
};
const readLate: RequestListener = (req, res) => void setTimeout(() => readAtOnce(req, res), lateMs);
const answerLate: RequestListener = (req, res) => {
  void text(req).then((body) => setTimeout(() => res.end(`read ${body.length}`), lateMs));
};
const readWithARest: RequestListener = (req, res) => {
  readAtOnce(req, res);
  req.once('data', () => {
    req.pause();
    setTimeout(() => req.resume(), lateMs);
  });
};

describe('what a client is slow to send', () => {
  test('a head that dribbles in is cut, however regular the drops', async () => {
    const request = jest.fn<RequestListener>(hello);
    const socket = open(await start({ request }, { readMs: 200 }));
    const closed = text(socket);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n');
    const drops = setInterval(() => socket.write('X-Drop: a\r\n'), 50);
    socket.once('end', () => clearInterval(drops));

    expect(await closed).toMatch(/^HTTP\/1.1 408/);
    expect(request).not.toHaveBeenCalled();
  });

  test.each([
    ['with a length', 'Content-Length: 100', 'half'],
    ['in chunks', 'Transfer-Encoding: chunked', '4\r\nhalf\r\n'],
  ])('a body %s that goes silent is cut', async (_, framing, part) => {
    const gone = Promise.withResolvers<string>();
    const request: RequestListener = (req) => {
      req.resume().once('error', (error) => gone.resolve(error.message));
    };
    const socket = open(await start({ request }, { readMs: 150 }));
    const closed = once(socket, 'close');
    socket.write(head('POST / HTTP/1.1', framing) + part);

    expect(await gone.promise).toBe('aborted');
    await closed;
  });

  test('a body that keeps flowing may take longer than the limit', async () => {
    const socket = open(await start({ request: readAtOnce }, { readMs: 300 }));
    const answer = arrives(socket, 'read');
    socket.write(head('POST / HTTP/1.1', 'Content-Length: 12'));
    for (let sent = 0; sent < 12; sent += 1) {
      await pause(40);
      socket.write('x');
    }

    expect(await answer).toMatch(/read 12$/);
  });

  test('a body that came whole is not silent: an answer may take longer than the limit', async () => {
    const socket = open(await start({ request: answerLate }, { readMs: 100 }));
    socket.write(`${head('POST / HTTP/1.1', 'Content-Length: 2')}ab`);

    expect(await arrives(socket, 'read 2')).toMatch(/^HTTP\/1.1 200/);
  });

  test.each([
    ['a small body that came whole', 2],
    ['a large body that waits to be read', 1_000_000],
  ])('%s is not cut while we make up our mind, before the first byte is read', async (_, length) => {
    const server = await start({ request: readLate }, { readMs: 100 });
    const { socket, answer } = post(server, 'x'.repeat(length));
    sockets.push(socket);

    expect(await answer).toBe(`read ${length}`);
  });

  test('a body is not cut while we do not read on', async () => {
    const server = await start({ request: readWithARest }, { readMs: 100 });
    const { socket, answer } = post(server, 'x'.repeat(4_000_000));
    sockets.push(socket);

    expect(await answer).toBe('read 4000000');
  });
});

function post(server: RunningServer, body: string): { socket: Socket; answer: Promise<string> } {
  const socket = connect(server.port, '127.0.0.1');
  const sent = httpRequest({ method: 'POST', createConnection: () => socket });
  sent.end(body);
  const answer = new Promise<string>((resolve, reject) => {
    sent.once('error', reject);
    sent.once('response', (res) => void text(res).then(resolve, reject));
  });
  return { socket, answer };
}
