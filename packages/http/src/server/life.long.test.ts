import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { RequestListener, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { Handlers, RunningServer } from './life.ts';
import { StalledError } from './stalled.ts';
import { arrives, head, hello, useServers } from '@latchkey/testing/servers';

afterEach(() => void jest.useRealTimers());
const { start, open, endAfterwards } = useServers();

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
    const aborted = Promise.withResolvers<string>();
    const request: RequestListener = (req) => {
      req.resume().once('error', (error) => aborted.resolve(error.message));
    };
    const socket = open(await start({ request }, { readMs: 150 }));
    const closed = once(socket, 'close');
    socket.write(head('POST / HTTP/1.1', framing) + part);

    expect(await aborted.promise).toBe('aborted');
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
    endAfterwards(socket);

    expect(await answer).toBe(`read ${length}`);
  });

  test('a body is not cut while the answer is being sent beside it, and is once that has ended', async () => {
    const answers: ServerResponse[] = [];
    const request: RequestListener = (req, res) => {
      req.resume().on('error', () => undefined);
      res.write('listening');
      answers.push(res);
    };
    const socket = open(await start({ request }, { readMs: 100 }));
    const closed = once(socket, 'close');
    socket.write(head('POST / HTTP/1.1', 'Transfer-Encoding: chunked'));
    await arrives(socket, 'listening');
    await pause(400);
    expect(socket.destroyed).toBe(false);

    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
    const finished = Promise.withResolvers<void>();
    answers[0]?.end(finished.resolve);
    await finished.promise;
    // What may still be on its way of the body has its time.
    jest.advanceTimersByTime(29_000);
    expect(answers[0]?.req.socket.destroyed).toBe(false);
    jest.advanceTimersByTime(1_000);
    await closed;
  });

  test('a body is not cut while we do not read on', async () => {
    const server = await start({ request: readWithARest }, { readMs: 100 });
    const { socket, answer } = post(server, 'x'.repeat(4_000_000));
    endAfterwards(socket);

    expect(await answer).toBe('read 4000000');
  });
});

/** Writes for as long as there is somebody. */
const pour: RequestListener = (_, res) => {
  const more = Buffer.alloc(64 * 1024);
  res.on('drain', write);
  write();
  function write(): void {
    while (!res.destroyed && res.write(more));
  }
};

describe('what a client is slow to take', () => {
  test('an answer of which nothing is taken is cut, and says why', async () => {
    const cut = Promise.withResolvers<unknown>();
    const request: RequestListener = (req, res) => {
      res.once('close', () => cut.resolve(res.errored));
      pour(req, res);
    };
    const socket = open(await start({ request }, { writeMs: 200 }));
    socket.pause();
    socket.write(head('GET / HTTP/1.1'));

    expect(await cut.promise).toBeInstanceOf(StalledError);
  });

  test('so is what comes through an upgraded connection', async () => {
    const cut = Promise.withResolvers<unknown>();
    const upgrade: NonNullable<Handlers['upgrade']> = (_, tunnel) => {
      tunnel.once('error', cut.resolve);
      while (tunnel.write(Buffer.alloc(1024 * 1024)));
    };
    const socket = open(await start({ request: hello, upgrade }, { writeMs: 200 }));
    socket.pause();
    socket.write(head('GET / HTTP/1.1', 'Connection: Upgrade', 'Upgrade: websocket'));

    expect(await cut.promise).toBeInstanceOf(StalledError);
  });

  test('an answer that has nothing to send for now is left alone, and so is one not begun', async () => {
    const waiting = Promise.withResolvers<() => void>();
    const cut = Promise.withResolvers<void>();
    const request: RequestListener = (req, res) => {
      if (req.url === '/idle') {
        res.write('begun, ');
        waiting.resolve(() => void res.end('ended'));
      } else if (req.url === '/late') {
        void cut.promise.then(() => res.end('late'));
      } else {
        res.once('close', cut.resolve);
        pour(req, res);
      }
    };
    const server = await start({ request }, { writeMs: 200 });
    const [idle, late, stalled] = [open(server), open(server), open(server)];
    idle.write(head('GET /idle HTTP/1.1'));
    late.write(head('GET /late HTTP/1.1'));
    await arrives(idle, 'begun');
    const end = await waiting.promise;
    stalled.pause();
    stalled.write(head('GET / HTTP/1.1'));
    await cut.promise;
    end();

    expect(await arrives(idle, 'ended')).toContain('ended');
    expect(await arrives(late, 'late')).toContain('late');
  });

  test('an answer that is taken, if late, arrives whole', async () => {
    const length = 32 * 1024 * 1024;
    const request: RequestListener = (_, res) => void res.end(Buffer.alloc(length));
    const socket = open(await start({ request }, { writeMs: 5_000 }));
    let taken = 0;
    socket.on('data', (chunk: Buffer) => {
      taken += chunk.length;
      // As a slow line does it: a rest after every piece.
      socket.pause();
      setImmediate(() => socket.resume());
    });
    socket.write(head('GET / HTTP/1.1', 'Connection: close'));
    await once(socket, 'end');

    expect(taken).toBeGreaterThan(length);
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
