import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, jest, test } from '@jest/globals';
import { startServer } from './life.ts';
import { arrives, head, hello, useServers } from '@latchkey/testing/servers';

const { start, open } = useServers();

describe('a stop', () => {
  test('lets a request under way finish, says goodbye with it, and then is done', async () => {
    const arrived = Promise.withResolvers<void>();
    const mayAnswer = Promise.withResolvers<void>();
    const server = await start(
      {
        request(_, res) {
          arrived.resolve();
          void mayAnswer.promise.then(() => res.end('finished'));
        },
      },
      { shutdownMs: 60_000 },
    );
    const socket = open(server);
    const answer = text(socket);
    socket.write(head('GET / HTTP/1.1'));
    await arrived.promise;

    expect(server.ready()).toBe(true);
    const stopped = server.stop();
    expect(server.ready()).toBe(false);
    mayAnswer.resolve();

    // The answer ends with the connection, or `text` would wait for ever.
    expect(await answer).toMatch(
      /^HTTP\/1.1 200 OK\r\n(?:.+\r\n)*Connection: close\r\n(?:.+\r\n)*\r\nfinished$/i,
    );
    await stopped;
  }, 2_000);

  test('lets an answer finish whose head is out already, and closes its connection', async () => {
    const mayGoOn = Promise.withResolvers<void>();
    const server = await start(
      {
        request(_, res) {
          res.writeHead(200, { 'Content-Length': '8' }).write('half');
          void mayGoOn.promise.then(() => res.end('half'));
        },
      },
      { shutdownMs: 60_000 },
    );
    const socket = open(server);
    const closed = once(socket, 'close');
    socket.write(head('GET / HTTP/1.1'));
    await arrives(socket, 'half');
    const stopped = server.stop();
    mayGoOn.resolve();

    expect(await arrives(socket, 'half')).toBe('half');
    await Promise.all([stopped, closed]);
  }, 2_000);

  test('after a drain goes on serving meanwhile, and says with each answer that it is the last', async () => {
    const server = await start({ request: hello }, { drainMs: 300 });
    const stopped = server.stop();
    expect(server.ready()).toBe(false);
    const late = open(server);
    const answer = text(late);
    late.write(head('GET / HTTP/1.1'));

    expect(await answer).toMatch(/^HTTP\/1.1 200 OK\r\n(?:.+\r\n)*Connection: close\r\n(?:.+\r\n)*\r\n/i);
    await stopped;
    const [error] = await once(open(server), 'error').catch((reason: unknown) => [reason]);
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('drains without closing what is idle: a request may be on its way there', async () => {
    const server = await start({ request: hello }, { drainMs: 500 });
    const idle = open(server);
    idle.write(head('GET / HTTP/1.1'));
    await arrives(idle, 'hello');
    const stopped = server.stop();
    const check = open(server);
    check.write(head('GET / HTTP/1.1'));
    await arrives(check, 'hello');

    idle.write(head('GET / HTTP/1.1'));
    expect(await arrives(idle, 'hello')).toMatch(/^HTTP\/1.1 200 OK/);
    await stopped;
  });

  test('closes idle connections at once', async () => {
    const server = await start({ request: hello }, { shutdownMs: 60_000 });
    const socket = open(server);
    socket.write(head('GET / HTTP/1.1'));
    await arrives(socket, 'hello');
    const closed = once(socket, 'close');

    await server.stop();
    await closed;
  });

  test('takes no new connection', async () => {
    const server = await start({ request: hello });
    await server.stop();

    const [error] = await once(open(server), 'error').catch((reason: unknown) => [reason]);
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('ends what does not end by itself when its time is over', async () => {
    const arrived = Promise.withResolvers<void>();
    const server = await start({ request: () => arrived.resolve() }, { shutdownMs: 50 });
    const socket = open(server);
    socket.write(head('GET / HTTP/1.1'));
    await arrived.promise;
    const closed = once(socket, 'close');

    await server.stop();
    await closed;
  });

  test('is visible to the handlers, and emitted once however often it is asked for', async () => {
    const onStop = jest.fn();
    const seen: (() => boolean)[] = [];
    const server = await startServer(
      ({ ready }) => {
        seen.push(ready);
        return { request: hello };
      },
      { port: 0, timeouts: { readMs: 1_000, writeMs: 1_000, requestMs: 0, shutdownMs: 100 }, onStop },
    );

    expect(seen.map((ready) => ready())).toEqual([true]);
    await Promise.all([server.stop(), server.stop()]);
    expect(seen.map((ready) => ready())).toEqual([false]);
    expect(onStop).toHaveBeenCalledTimes(1);
  });
});
