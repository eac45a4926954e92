import type { RequestListener, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from '@jest/globals';
import { startServer } from './life.ts';
import type { RunningServer } from './life.ts';

const running: RunningServer[] = [];
afterEach(() => Promise.all(running.splice(0).map((server) => server.stop())));

async function open(request: RequestListener): Promise<Socket> {
  const server = await startServer(() => ({ request }), {
    port: 0,
    timeouts: { readMs: 10_000, writeMs: 10_000, requestMs: 0, shutdownMs: 100 },
  });
  running.push(server);
  return connect(server.port, '127.0.0.1');
}

const get = (path: string, ...lines: string[]) =>
  [`GET ${path} HTTP/1.1`, 'Host: a', ...lines, '', ''].join('\r\n');
const last = (path: string) => get(path, 'Connection: close');

test('a request is not begun before the one in front of it on its connection is answered', async () => {
  const begun: ServerResponse[] = [];
  const both = Promise.withResolvers<void>();
  const socket = await open((_, res) => {
    begun.push(res);
    if (begun.length === 1) setImmediate(answerFirst);
    else res.end('second', both.resolve);
  });
  function answerFirst(): void {
    expect(begun).toHaveLength(1);
    begun[0]?.end('first');
  }
  socket.write(get('/1') + last('/2'));

  expect(await text(socket)).toMatch(/first[^]*second$/);
  await both.promise;
});

test('a body that comes behind an unanswered request arrives whole', async () => {
  const socket = await open((req, res) => {
    void text(req).then((body) => setImmediate(() => res.end(`read ${body.length}`)));
  });
  const post = `POST /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n`;
  socket.write(get('/1') + post + 'x'.repeat(1_000_000));

  expect(await text(socket)).toMatch(/read 0[^]*read 1000000$/);
});

test('what comes behind the last request of a connection is not begun', async () => {
  const begun: (string | undefined)[] = [];
  const socket = await open((req, res) => {
    begun.push(req.url);
    res.end();
  });
  socket.write(last('/1') + get('/2'));
  await text(socket);

  expect(begun).toEqual(['/1']);
});

test.each([
  ['a hundred requests behind an unanswered one are answered', 101, 101],
  ['more of them end the connection', 102, 0],
])('%s', async (_, sent, answered) => {
  const socket = await open((_req, res) => void setImmediate(() => res.end('hello')));
  let answers = '';
  socket.on('data', (chunk: Buffer) => (answers += chunk.toString()));
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(get('/').repeat(sent - 1) + last('/'));
  await closed;

  expect(answers.match(/hello/g)?.length ?? 0).toBe(answered);
});
