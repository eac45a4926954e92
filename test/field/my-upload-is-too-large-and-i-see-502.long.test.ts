// An application refused an upload with 413 while most of it was still on its way, and people were shown 502, or nothing
// at all: the answer was given up because the upload could not be written to its end.
import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({ proxyEnv: { SERVER_TIMEOUT_READ: '1s' } });
const uploadBytes = 20 * 1024 * 1024;
const refusal = 'HTTP/1.1 413 Too Large\r\nContent-Length: 9\r\nConnection: close\r\n\r\ntoo large';

/** Sends all of an upload before it looks at the answer, as many clients do. */
async function upload(path: string, header = ''): Promise<string> {
  const socket = connect(the.stack.ports.proxy, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(
    `PUT ${path} HTTP/1.1\r\nHost: hello.latchkey.localhost\r\nContent-Length: ${uploadBytes}\r\n${header}\r\n`,
  );
  await new Promise((sent) => socket.write(Buffer.alloc(uploadBytes), sent));
  return answerOn(socket);
}

async function answerOn(socket: Socket): Promise<string> {
  let answer = '';
  socket.on('data', (piece: Buffer) => {
    answer += piece.toString('latin1');
    if (answer.endsWith('too large') || answer.endsWith('}')) socket.end();
  });
  await once(socket, 'close');
  return answer;
}

const waysToClose: [how: string, close: (req: IncomingMessage, res: ServerResponse) => void][] = [
  ['gently', (_req, res) => void res.socket?.end(refusal)],
  [
    'without reading on',
    (req, res) => {
      req.removeAllListeners('data').pause();
      res.socket?.write(refusal, () => res.socket?.destroy());
    },
  ],
  ['with a reset', (_req, res) => void res.socket?.write(refusal, () => res.socket?.resetAndDestroy())],
];

describe.each(waysToClose)('an application that answers 413 early and closes %s', (_how, close) => {
  test.each([
    ['a caller that keeps its connection', ''],
    ['a caller that does not', 'Connection: close\r\n'],
  ])('is heard by %s', async (_who, header) => {
    the.stack.app.answer = close;
    for (let times = 0; times < 4; times++) {
      expect(await upload('/public/upload', header)).toMatch(/^HTTP\/1\.1 413 [^]*too large$/);
    }
  });
});

test('a caller that we refuse ourselves hears it, too', async () => {
  expect(await upload('/upload', 'Connection: close\r\n')).toMatch(/^HTTP\/1\.1 401 /);
});
