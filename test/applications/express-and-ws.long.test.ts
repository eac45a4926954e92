// What people write with the two best known packages of npm: express gives out files, and ws talks over WebSockets.
import { afterEach, describe, expect, test } from '@jest/globals';
import express from 'express';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocket, WebSocketServer } from 'ws';
import { ask, askAsStranger, startApp, useApplication } from './application.ts';

async function next(socket: WebSocket): Promise<{ text: string; bytes: Buffer; isBinary: boolean }> {
  const [bytes, isBinary] = (await once(socket, 'message')) as [Buffer, boolean];
  return { bytes, isBinary, text: bytes.toString() };
}

describe('express and ws', () => {
  const the = useApplication(async function start(folder) {
    writeFileSync(join(folder, 'film.mp4'), Buffer.alloc(300_000, '0123456789'));
    const application = await startApp(express().use(express.static(folder)));
    const sockets = new WebSocketServer({
      server: application.server,
      perMessageDeflate: { threshold: 0 },
      handleProtocols: (offered) => (offered.has('chat.v2') ? 'chat.v2' : false),
    });
    sockets.on('connection', function greet(socket, { headers }) {
      socket.send(JSON.stringify({ hello: headers['x-forwarded-email'] }));
      socket.on('message', function tellAll(message: Buffer, binary) {
        if (message.toString() === 'bye') return socket.close(4001, 'as you wish');
        for (const each of sockets.clients) each.send(message, { binary });
        return undefined;
      });
    });
    return application;
  });

  const opened: WebSocket[] = [];
  afterEach(() => {
    for (const socket of opened.splice(0)) socket.terminate();
  });

  function connect(headers: Record<string, string>): WebSocket {
    const socket = new WebSocket(`ws://127.0.0.1:${the.stack.ports.proxy}/chat`, ['chat.v1', 'chat.v2'], {
      headers: { host: the.authority, origin: the.url, ...headers },
    });
    opened.push(socket);
    return socket;
  }

  async function greeted(): Promise<WebSocket> {
    const socket = connect({ cookie: the.cookie });
    expect((await next(socket)).text).toBe('{"hello":"engineer@example.com"}');
    return socket;
  }

  test('a film can be watched from the middle', async () => {
    const { headers, ...film } = await ask(the, { target: '/film.mp4' });
    expect([film.status, headers['accept-ranges'], headers['content-length']]).toEqual([
      200,
      'bytes',
      '300000',
    ]);
    const range = { range: 'bytes=150000-150009', 'if-range': String(headers.etag) };
    expect(await ask(the, { target: '/film.mp4', headers: range })).toMatchObject({
      status: 206,
      body: '0123456789',
      headers: { 'content-range': 'bytes 150000-150009/300000', 'content-length': '10' },
    });
    const known = { 'if-none-match': String(headers.etag) };
    expect(await ask(the, { target: '/film.mp4', headers: known })).toMatchObject({ status: 304, body: '' });
    expect(await ask(the, { method: 'HEAD', target: '/film.mp4' })).toMatchObject({
      status: 200,
      body: '',
      headers: { 'content-length': '300000' },
    });
    expect(await askAsStranger(the, { target: '/film.mp4' })).toMatchObject({ status: 401 });
  });

  test('two people chat, in text and in bytes, compressed', async () => {
    const [ann, bob] = await Promise.all([greeted(), greeted()]);
    expect([ann.protocol, ann.extensions]).toEqual([
      'chat.v2',
      expect.stringContaining('permessage-deflate'),
    ]);

    const heard = [next(ann), next(bob)];
    ann.send('good morning');
    expect((await Promise.all(heard)).map(({ text }) => text)).toEqual(['good morning', 'good morning']);

    const large = Buffer.alloc(1_000_000, 'abc');
    const received = next(bob);
    ann.send(large);
    const { bytes, isBinary } = await received;
    expect([isBinary, bytes.equals(large)]).toEqual([true, true]);

    const pong = once(ann, 'pong');
    ann.ping('still there?');
    expect(String(await pong)).toBe('still there?');

    const closed = once(bob, 'close');
    bob.send('bye');
    const [code, reason] = (await closed) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([4001, 'as you wish']);
  });

  test('nobody else takes part', async () => {
    const [error] = (await once(connect({}), 'error')) as [Error];
    expect(error.message).toBe('Unexpected server response: 401');
  });
});
