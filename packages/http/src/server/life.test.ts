import type { IncomingMessage, RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, jest, test } from '@jest/globals';
import { startServer } from './life.ts';
import { arrives, head, hello, useServers } from '@latchkey/testing/servers';

const { start, open } = useServers();

const echo = (req: IncomingMessage, socket: Socket) => void socket.end(`tunnel ${req.url}`);

describe('a connection', () => {
  test('is kept alive longer than a load balancer keeps it idle', async () => {
    const socket = open(await start({ request: hello }));
    socket.write(head('GET / HTTP/1.1'));
    const answer = await arrives(socket, 'hello');

    const seconds = /^Keep-Alive: timeout=(?<seconds>\d+)/im.exec(answer)?.groups?.['seconds'];
    expect(Number(seconds)).toBeGreaterThan(60);
  });

  test('serves a second request after one with a body', async () => {
    const server = await start({
      request: (req, res) => void req.resume().once('end', () => res.end('got it')),
    });
    const socket = open(server);
    for (let turn = 0; turn < 2; turn += 1) {
      socket.write(`${head('POST / HTTP/1.1', 'Content-Length: 2')}ab`);
      expect(await arrives(socket, 'got it')).toMatch(/^HTTP\/1.1 200/);
    }
  });

  test('may carry 60 KiB of headers', async () => {
    const socket = open(await start({ request: hello }));
    socket.write(head('GET / HTTP/1.1', `Cookie: ${'x'.repeat(60 * 1024)}`));

    expect(await arrives(socket, '\r\n\r\n')).toMatch(/^HTTP\/1.1 200/);
  });

  test('may not carry more than 64 KiB of headers', async () => {
    const socket = open(await start({ request: hello }));
    socket.write(head('GET / HTTP/1.1', `Cookie: ${'x'.repeat(66 * 1024)}`));

    expect(await arrives(socket, '\r\n\r\n')).toMatch(/^HTTP\/1.1 431/);
  });
});

describe('an upgrade', () => {
  test('to a WebSocket goes to its handler', async () => {
    const socket = open(await start({ request: hello, upgrade: echo }));
    socket.write(head('GET /ws HTTP/1.1', 'Connection: Upgrade', 'Upgrade: WebSocket'));

    expect(await text(socket)).toBe('tunnel /ws');
  });

  test.each([
    ['to HTTP/2', 'GET', 'h2c', 'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA'],
    ['to anything else', 'GET', 'tls/1.0', 'X-One: a'],
    ['to a list', 'GET', 'websocket, h2c', 'X-One: a'],
    ['with another method', 'POST', 'websocket', 'Content-Length: 0'],
  ])('%s is answered as the plain request it is', async (_, method, protocol, extra) => {
    const upgrade = jest.fn(echo);
    const socket = open(await start({ request: hello, upgrade }));
    socket.write(head(`${method} / HTTP/1.1`, 'Connection: Upgrade', `Upgrade: ${protocol}`, extra));

    expect(await arrives(socket, 'hello')).toMatch(/^HTTP\/1.1 200/);
    expect(upgrade).not.toHaveBeenCalled();
  });

  test('is answered as the plain request it is where nothing handles upgrades', async () => {
    const socket = open(await start({ request: hello }));
    socket.write(head('GET / HTTP/1.1', 'Connection: Upgrade', 'Upgrade: websocket'));

    expect(await arrives(socket, 'hello')).toMatch(/^HTTP\/1.1 200/);
  });

  test('by CONNECT is not answered at all', async () => {
    const request = jest.fn<RequestListener>(hello);
    const socket = open(await start({ request, upgrade: echo }));
    socket.write(head('CONNECT evil.example:443 HTTP/1.1'));

    expect(await text(socket)).toBe('');
    expect(request).not.toHaveBeenCalled();
  });
});

test('a port that is taken is an error of the start', async () => {
  const { port } = await start({ request: hello });
  const again = startServer(() => ({ request: hello }), {
    port,
    timeouts: { readMs: 1_000, writeMs: 1_000, requestMs: 0, shutdownMs: 100 },
  });

  await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('a limit for whole requests may be shorter than the one for their heads', async () => {
  const socket = open(await start({ request: hello }, { readMs: 30_000, requestMs: 5_000 }));
  socket.write(head('GET / HTTP/1.1'));

  expect(await arrives(socket, 'hello')).toMatch(/^HTTP\/1.1 200/);
});
