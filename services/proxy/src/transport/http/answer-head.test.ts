import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { answerTo } from './answer-head.ts';

let serve: (res: ServerResponse) => void;
const server = createServer((_, res) => serve(res));
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => void server.close());

function ask(answer: (res: ServerResponse) => void): Socket {
  serve = answer;
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.setEncoding('latin1').write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  return socket;
}

async function nextOf(socket: Socket): Promise<string> {
  const [text] = (await once(socket, 'data')) as [string];
  return text;
}

async function bodyOf(socket: Socket): Promise<string> {
  let all = '';
  for await (const text of socket) all += text as string;
  return all.slice(all.indexOf('\r\n\r\n') + 4);
}

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

test('an answer that comes at once leaves in one piece, byte for byte', async () => {
  const socket = ask((res) => {
    const answer = answerTo(res);
    answer.begin(200, ['Content-Length', '256', 'X-One', 'caf\u00e9']);
    answer.write(everyByte);
    answer.end([]);
  });
  const text = await nextOf(socket);

  expect(text).toContain('X-One: caf\u00e9\r\n');
  expect(text.endsWith(`\r\n\r\n${everyByte.toString('latin1')}`)).toBe(true);
  socket.destroy();
});

test('a head does not wait for a body that is silent', async () => {
  const socket = ask((res) => answerTo(res).begin(200, ['Content-Type', 'text/event-stream']));

  expect(await nextOf(socket)).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\n$/);
  socket.destroy();
});

test.each([
  ['a small piece', [10]],
  ['several pieces', [10, 20, 30]],
  ['a small piece before a large one', [10, 100_000]],
  ['a large piece before a small one', [100_000, 10]],
  ['no piece', []],
])('of %s nothing is lost, and they keep their order', async (_, sizes) => {
  const pieces = sizes.map((size, at) => Buffer.alloc(size, 'abc'[at]));
  const socket = ask((res) => {
    const answer = answerTo(res);
    answer.begin(200, ['Content-Length', Buffer.concat(pieces).length.toString()]);
    for (const piece of pieces) answer.write(piece);
    answer.end([]);
  });

  expect(await bodyOf(socket)).toBe(Buffer.concat(pieces).toString('latin1'));
});

test('what comes later than the head comes all the same, and trailers behind it', async () => {
  const socket = ask((res) => {
    const answer = answerTo(res);
    answer.begin(200, ['Trailer', 'X-Sum']);
    answer.write(Buffer.from('one'));
    setImmediate(function later() {
      answer.write(Buffer.from('two'));
      answer.end(['X-Sum', '2']);
    });
  });

  expect(await bodyOf(socket)).toBe('3\r\none\r\n3\r\ntwo\r\n0\r\nX-Sum: 2\r\n\r\n');
});
