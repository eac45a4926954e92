// An application named a download `Übersicht.pdf` in Latin-1 or UTF-8, as many do. The name arrived encoded a second time
// or full of replacement characters, and with a Content-Length before it the whole answer was 502.
import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { sendRaw } from '../fixtures/raw-request.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack();

const handshake =
  'Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\n';

function ask({ method = 'GET', also = 'Connection: close\n' } = {}) {
  return sendRaw(
    the.stack.ports.proxy,
    `${method} /public/file HTTP/1.1\nHost: hello.latchkey.localhost\n${also}\n`,
  );
}

/** The application answers with these bytes, whatever an HTTP library would say to them. */
function answersWith(head: string, body = '') {
  const bytes = `${head.replaceAll('\n', '\r\n')}\r\n${body}`;
  the.stack.app.answer = (req) => void req.socket.end(bytes, 'latin1');
  the.stack.app.answerUpgrade = (socket) => void socket.end(bytes, 'latin1');
}

const latin1 = 'attachment; filename="\xDCbersicht.pdf"';
const utf8 = Buffer.from('attachment; filename="Übersicht €.pdf"').toString('latin1');

describe.each([
  ['Latin-1', latin1],
  ['UTF-8', utf8],
  [
    'every byte that a value may hold',
    String.fromCharCode(...Array.from({ length: 128 }, (_, at) => 128 + at)),
  ],
])('a name in %s', (_, value) => {
  test.each([
    ['behind the length', `Content-Length: 2\nContent-Disposition: ${value}\n`, 'hi'],
    ['before the length', `Content-Disposition: ${value}\nContent-Length: 2\n`, 'hi'],
    [
      'of a body in chunks',
      `Content-Disposition: ${value}\nTransfer-Encoding: chunked\n`,
      '2\r\nhi\r\n0\r\n\r\n',
    ],
    ['of a body that ends with the connection', `Content-Disposition: ${value}\n`, 'hi'],
  ])('arrives byte for byte, %s', async (_where, headers, body) => {
    answersWith(`HTTP/1.1 200 OK\n${headers}`, body);
    const answer = await ask();
    expect(answer.status).toBe(200);
    expect(answer.head).toContain(`\r\nContent-Disposition: ${value}\r\n`);
  });

  test.each([
    ['HEAD', 'HTTP/1.1 200 OK\n'],
    ['GET', 'HTTP/1.1 304 Not Modified\n'],
    ['GET', 'HTTP/1.1 204 No Content\n'],
  ])('arrives byte for byte without a body: %s, %j', async (method, line) => {
    answersWith(`${line}Content-Disposition: ${value}\n`);
    expect((await ask({ method })).head).toContain(`\r\nContent-Disposition: ${value}\r\n`);
  });

  test('arrives byte for byte with the answer to a handshake', async () => {
    answersWith(
      `HTTP/1.1 101 Switching Protocols\nConnection: Upgrade\nUpgrade: websocket\nX-Greeting: ${value}\n`,
    );
    const opened = await ask({ also: handshake });
    expect(opened.status).toBe(101);
    expect(opened.head).toContain(`\r\nx-greeting: ${value}\r\n`);

    answersWith(`HTTP/1.1 403 Forbidden\nX-Greeting: ${value}\nContent-Length: 0\n`);
    const refused = await ask({ also: handshake });
    expect(refused.status).toBe(403);
    expect(refused.head).toContain(`\r\nx-greeting: ${value}\r\n`);
  });
});

describe('the head of an answer', () => {
  test('goes out at once where there is nothing to say yet', async () => {
    const held = Promise.withResolvers<ServerResponse>();
    the.stack.app.answer = (_req: IncomingMessage, res) => {
      res.writeHead(200, ['Content-Type', 'text/event-stream', 'X-Name', '\xDC']).flushHeaders();
      held.resolve(res);
    };
    const caller = connect(the.stack.ports.proxy, '127.0.0.1');
    caller.write(`GET /public/file HTTP/1.1\r\nHost: hello.latchkey.localhost\r\n\r\n`);
    const [head] = (await once(caller, 'data')) as [Buffer];
    expect(head.toString('latin1')).toContain('text/event-stream');
    caller.destroy();
    (await held.promise).destroy();
  });
});
