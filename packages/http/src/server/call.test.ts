import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from '@jest/globals';
import { call, CallError } from './call.ts';

let server: Server | undefined;

async function serve(listener: RequestListener): Promise<URL> {
  server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/asked?x=1`);
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const limit = 256 * 1024;
const get = { method: 'GET', timeoutMs: 5_000 } as const;

/** How a call failed; fails the test where it did not. */
async function failureOf(answer: Promise<unknown>): Promise<CallError> {
  const error: unknown = await answer.catch((reason: unknown) => reason);
  if (error instanceof CallError) return error;
  throw new Error('the call did not fail as it should', { cause: error });
}

describe('an answer', () => {
  test('comes with its status, type and whole text, whatever the status', async () => {
    const url = await serve((_, res) => res.writeHead(418, { 'Content-Type': 'text/plain' }).end('grüße'));

    expect(await call({ ...get, url })).toEqual({ status: 418, contentType: 'text/plain', body: 'grüße' });
  });

  test('may have no type and no text', async () => {
    const url = await serve((_, res) => res.writeHead(204).end());

    expect(await call({ ...get, url })).toEqual({ status: 204, contentType: '', body: '' });
  });

  test('comes with how long to leave the other side alone, where it says so', async () => {
    const url = await serve((_, res) => res.writeHead(429, { 'Retry-After': '30' }).end());

    expect(await call({ ...get, url })).toMatchObject({ status: 429, retryAfter: '30' });
  });

  test('belongs to the request that was made: method, address, headers and body', async () => {
    const url = await serve((req, res) => {
      void text(req).then((body) => res.end(`${req.method} ${req.url} ${req.headers.accept} ${body}`));
    });
    const headers = { accept: 'application/json' };
    const answer = await call({ url, method: 'POST', headers, body: 'a=b', timeoutMs: 5_000 });

    expect(answer.body).toBe('POST /asked?x=1 application/json a=b');
  });

  test.each([301, 302, 303, 307, 308])('of %d is not followed', async (status) => {
    let asked = 0;
    const url = await serve((_, res) => {
      asked += 1;
      res.writeHead(status, { Location: '/elsewhere' }).end('moved');
    });

    expect(await call({ ...get, url })).toMatchObject({ status, body: 'moved' });
    expect(asked).toBe(1);
  });

  test('may be exactly as long as the limit', async () => {
    const url = await serve((_, res) => res.end('x'.repeat(limit)));

    expect((await call({ ...get, url })).body).toHaveLength(limit);
  });
});

describe('no answer', () => {
  test('one byte over the limit is too large', async () => {
    const url = await serve((_, res) => res.end('x'.repeat(limit + 1)));

    expect(await failureOf(call({ ...get, url }))).toMatchObject({ reason: 'too large' });
  });

  test('a body without end is given up, and its connection closed', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    const url = await serve((_, res) => {
      closed = once(res, 'close');
      const more = (): void => {
        while (res.write('x'.repeat(65_536)));
        res.once('drain', more);
      };
      more();
    });

    expect(await failureOf(call({ ...get, url }))).toMatchObject({ reason: 'too large' });
    await closed;
  });

  test('silence is a timeout', async () => {
    const url = await serve(() => {});

    expect(await failureOf(call({ ...get, url, timeoutMs: 100 }))).toMatchObject({ reason: 'timeout' });
  });

  test('a body that stops coming is a timeout', async () => {
    const url = await serve((_, res) => void res.writeHead(200).write('{"half":'));

    expect(await failureOf(call({ ...get, url, timeoutMs: 100 }))).toMatchObject({ reason: 'timeout' });
  });

  test('nobody listening is unreachable', async () => {
    const url = await serve(() => {});
    server?.close();

    const failure = await failureOf(call({ ...get, url }));
    expect(failure.reason).toBe('unreachable');
    expect(failure.cause).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('a connection that breaks is unreachable', async () => {
    const url = await serve((req) => req.socket.destroy());

    expect(await failureOf(call({ ...get, url }))).toMatchObject({ reason: 'unreachable' });
  });

  test('a body that was cut is unreachable, not an answer', async () => {
    const url = await serve((_, res) => {
      res.writeHead(200, { 'Content-Length': '100' });
      res.write('half', () => res.destroy());
    });

    expect(await failureOf(call({ ...get, url }))).toMatchObject({ reason: 'unreachable' });
  });

  test('the message says no more than the reason', async () => {
    const url = await serve((req) => req.socket.destroy());

    expect((await failureOf(call({ ...get, url }))).message).toBe('no answer: unreachable');
  });
});
