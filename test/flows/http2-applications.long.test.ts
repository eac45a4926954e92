import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { request } from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { constants } from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
import { finished } from 'node:stream/promises';
import { echo, startHttp2App } from '../fixtures/http2-app.ts';
import type { Http2App } from '../fixtures/http2-app.ts';
import { cookieHeader, signedIn } from '../fixtures/sign-in.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';

let app: Http2App;
let stack: Stack;
let cookie: string;

beforeAll(async () => {
  app = await startHttp2App();
  const route = (name: string, options: string) =>
    `- {service: ${name}, default: {from: ${name}.latchkey.localhost, to: 'http://localhost:${app.port}', options: {allowed_email_domains: [example.com], timeout: 1s, protocol: h2c${options}}}}\n`;
  stack = await startStack({
    upstreams:
      route('two', '') +
      route('public', ', skip_auth_regex: [^/]') +
      `- {service: hello, default: {from: hello.latchkey.localhost, to: {{app}}, options: {allowed_email_domains: [example.com]}}}\n` +
      `- {service: wrong, default: {from: wrong.latchkey.localhost, to: {{app}}, options: {allowed_email_domains: [example.com], protocol: h2c}}}\n`,
  });
  const browser = await signedIn(stack);
  cookie = await cookieHeader(browser, stack.url('two'));
  await browser.close();
});
afterEach(() => {
  app.heads.length = 0;
  app.answer = echo;
});
afterAll(async () => {
  await stack.close();
  await app.close();
});

type Asked = Omit<RequestOptions, 'host' | 'headers'> & { host?: string; headers?: Record<string, string> };

/** A request over HTTP/1.1 that is still to be ended. */
function ask({ host = 'two', headers = {}, ...options }: Asked = {}): ClientRequest {
  return request({
    port: stack.ports.proxy,
    host: '127.0.0.1',
    headers: { host: `${host}.latchkey.localhost`, cookie, ...headers },
    ...options,
  });
}

async function answered(asked: ClientRequest): Promise<IncomingMessage & { text: Promise<string> }> {
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  let all = '';
  answer.setEncoding('latin1').on('data', (piece: string) => (all += piece));
  const text = finished(answer).then(() => all);
  text.catch(() => undefined);
  return Object.assign(answer, { text });
}

describe('an application that speaks HTTP/2 without TLS', () => {
  test('callers that leave do not end what is under way for others', async () => {
    const held = Promise.withResolvers<ServerHttp2Stream>();
    app.answer = function hold(stream, head) {
      stream.on('error', () => undefined);
      if (!head.includes('/held')) return;
      stream.respond({ ':status': 200 });
      stream.write('here');
      held.resolve(stream);
    };
    const other = ask({ path: '/held' });
    other.end();
    const answer = await answered(other);

    async function abandon(count: number): Promise<void> {
      const arrivals = app.heads.length + count;
      const asked = Array.from({ length: count }, () => ask().on('error', () => undefined));
      for (const one of asked) one.end();
      while (app.heads.length < arrivals) await new Promise((resolve) => void setImmediate(resolve));
      for (const one of asked) one.destroy();
    }
    // Node ends a connection on which more than 1 000 are reset.
    for (let round = 0; round < 30; round += 1) await abandon(50);
    (await held.promise).end(' still');
    expect(await answer.text).toBe('here still');
  });

  test('gets what came over HTTP/1.1, in the words of HTTP/2 and with who asks', async () => {
    const asked = ask({
      path: '/a%2Fb?c',
      headers: { te: 'trailers', 'x-name': 'J\xfcrgen', 'x-forwarded-user': 'root' },
    });
    asked.end();
    const answer = await answered(asked);
    expect([answer.statusCode, await answer.text]).toEqual([200, '']);
    const head = app.heads[0] ?? [];
    const valuesOf = (name: string) => head.filter((_, at) => at % 2 === 1 && head[at - 1] === name);
    expect(head.slice(0, 8)).toEqual([
      ':method',
      'GET',
      ':scheme',
      'http',
      ':authority',
      `localhost:${app.port}`,
      ':path',
      '/a%2Fb?c',
    ]);
    expect(valuesOf('x-name')).toEqual(['J\xfcrgen']);
    expect(valuesOf('te')).toEqual(['trailers']);
    expect(valuesOf('x-forwarded-user')).toEqual(['engineer']);
    for (const removed of ['host', 'connection', 'cookie', 'transfer-encoding'])
      expect(valuesOf(removed)).toEqual([]);
  });

  test('trailers travel both ways, and none that says who asks', async () => {
    const asked = ask({ method: 'POST', headers: { te: 'trailers', trailer: 'X-Sum' } });
    asked.write('body');
    asked.addTrailers({ 'X-Sum': '1', 'X-Forwarded-Email': 'root@example.com', Cookie: 'a=1' });
    asked.end();
    const answer = await answered(asked);
    expect(await answer.text).toBe('body');
    expect(answer.rawTrailers).toEqual(['x-seen', 'x-sum 1', 'x-sum', 'abc']);
  });

  test('heads are as long as they may be over HTTP/1.1, and headers may be repeated', async () => {
    app.answer = (stream, head) => {
      const long = head[head.indexOf('x-long') + 1] ?? '';
      stream.respond({
        ':status': 200,
        'x-long': long,
        'x-agent': head[head.indexOf('user-agent') + 1] ?? '',
      });
      stream.end();
    };
    const asked = request({
      port: stack.ports.proxy,
      host: '127.0.0.1',
      maxHeaderSize: 1 << 20,
      headers: [
        ['Host', 'two.latchkey.localhost'],
        ['Cookie', cookie],
        ['X-Long', 'a'.repeat(50_000)],
        ['User-Agent', 'one'],
        ['User-Agent', 'two'],
      ].flat(),
    });
    asked.end();
    const { statusCode, headers } = await answered(asked);
    expect([statusCode, headers['x-long']?.length, headers['x-agent']]).toEqual([200, 50_000, 'one, two']);
  });

  test('an answer that ends with its head has no body, and says so', async () => {
    app.answer = (stream) => stream.respond({ ':status': 200, 'grpc-status': '5' }, { endStream: true });
    const asked = ask({ method: 'POST' });
    asked.end('body');
    const answer = await answered(asked);
    expect(answer.headers).toMatchObject({ 'grpc-status': '5', 'content-length': '0' });
  });

  test('bodies flow both ways before either has ended', async () => {
    const asked = ask({ method: 'POST' });
    asked.write('one');
    const answer = await answered(asked);
    expect(await once(answer, 'data')).toEqual(['one']);
    asked.end('two');
    expect(await answer.text).toBe('onetwo');
  });

  test('an upload of many megabytes arrives whole, and waits for whom it is for', async () => {
    const taken = Promise.withResolvers<ServerHttp2Stream>();
    app.answer = (stream) => taken.resolve(stream);
    const asked = ask({ method: 'PUT' });
    asked.on('error', () => undefined);
    const piece = Buffer.alloc(1 << 20, 'x');
    let waits = 0;
    void (async () => {
      for (let at = 0; at < 24; at++) {
        if (asked.write(piece)) continue;
        waits++;
        await once(asked, 'drain');
      }
      asked.end();
    })();
    const stream = await taken.promise;
    let size = 0;
    stream.on('data', (chunk: Buffer) => (size += chunk.length));
    stream.once('end', () => {
      stream.respond({ ':status': 200 });
      stream.end(String(size));
    });
    const answer = await answered(asked);
    expect(await answer.text).toBe(String(24 << 20));
    expect(waits).toBeGreaterThan(0);
  });

  test('a caller that goes takes its request along', async () => {
    const closed = Promise.withResolvers<number>();
    app.answer = (stream) => {
      stream.respond({ ':status': 200 });
      stream.write('x');
      stream.once('close', () => closed.resolve(stream.rstCode ?? 0));
    };
    const asked = ask();
    asked.end();
    const answer = await answered(asked);
    answer.on('error', () => undefined);
    answer.destroy();
    expect(await closed.promise).toBe(constants.NGHTTP2_CANCEL);
  });

  test('an answer that is reset breaks off, instead of looking whole', async () => {
    app.answer = (stream) => {
      stream.respond({ ':status': 200 });
      stream.write('half');
      setImmediate(() => stream.destroy(new Error('gave up')));
    };
    const asked = ask();
    asked.end();
    await expect((await answered(asked)).text).rejects.toThrow();
  });

  test('one that does not answer in time is 504, and the next request has a new connection', async () => {
    app.answer = () => undefined;
    const asked = ask();
    asked.end();
    expect((await answered(asked)).statusCode).toBe(504);
    const before = new Set(app.sessions);
    app.answer = echo;
    const next = ask();
    next.end();
    expect((await answered(next)).statusCode).toBe(200);
    expect([...app.sessions].filter((session) => !before.has(session))).toHaveLength(1);
  });

  test.each([
    [
      'resets the stream',
      (stream: ServerHttp2Stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
      'POST',
      502,
      1,
    ],
    [
      'refuses it unprocessed, and it may be repeated',
      (stream: ServerHttp2Stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM),
      'GET',
      200,
      2,
    ],
    [
      'closes the connection under a POST',
      (stream: ServerHttp2Stream) => stream.session?.destroy(),
      'POST',
      502,
      1,
    ],
    [
      'closes the connection under a GET',
      (stream: ServerHttp2Stream) => stream.session?.destroy(),
      'GET',
      200,
      2,
    ],
  ])('where it %s', async (_, trouble, method, status, times) => {
    let asks = 0;
    app.answer = (stream, head) => {
      if (++asks > 1) return echo(stream, head);
      // Read, so that nobody can take it for a request that was never sent.
      stream.once('end', () => trouble(stream)).resume();
    };
    const asked = ask({ method });
    asked.end(method === 'POST' ? 'body' : undefined);
    expect((await answered(asked)).statusCode).toBe(status);
    expect(asks).toBe(times);
  });

  test('one that says goodbye finishes what it has, and gets nothing more on that connection', async () => {
    const streams: ServerHttp2Stream[] = [];
    app.answer = (stream) => {
      streams.push(stream);
      stream.respond({ ':status': 200 });
      stream.write('x');
    };
    const first = ask();
    first.end();
    const one = await answered(first);
    const session = streams[0]?.session;
    session?.close();
    await new Promise((resolve) => setImmediate(resolve));
    const second = ask();
    second.end();
    const two = await answered(second);
    expect(streams[1]?.session).not.toBe(session);
    for (const stream of streams) stream.end();
    expect([await one.text, await two.text]).toEqual(['x', 'x']);
  });

  test('many requests share a connection, and more than it takes get another', async () => {
    const streams: ServerHttp2Stream[] = [];
    const all = Promise.withResolvers<void>();
    app.answer = (stream) => {
      if (streams.push(stream) === 120) all.resolve();
    };
    const asked = Array.from({ length: 120 }, () => ask({ agent: false }));
    for (const each of asked) each.end();
    const answers = Promise.all(asked.map(answered));
    await all.promise;
    expect(new Set(streams.map(({ session }) => session)).size).toBe(2);
    for (const stream of streams) stream.respond({ ':status': 204 });
    for (const { statusCode } of await answers) expect(statusCode).toBe(204);
  });

  test('one that speaks HTTP/1.1 is 502, and the log says what is wrong', async () => {
    const asked = ask({ host: 'wrong' });
    asked.end();
    const line = stack.nextLine(({ error }) => error === 'upstream_malformed');
    const answer = await answered(asked);
    expect([answer.statusCode, JSON.parse(await answer.text)]).toMatchObject([
      502,
      { error: 'upstream_malformed' },
    ]);
    expect(await line).toMatchObject({
      detail: 'the application does not speak HTTP/2, or not as it should',
    });
  });

  test.each(['constructor', '__proto__'])('a trailer may have any name: %s', async (name) => {
    const asked = ask({ method: 'POST' });
    asked.write('body');
    asked.addTrailers([
      [name, '1'],
      [name, '2'],
    ]);
    asked.end();
    const answer = await answered(asked);
    expect(await answer.text).toBe('body');
    expect(answer.rawTrailers).toEqual(['x-seen', `${name} 1 ${name} 2`, 'x-sum', 'abc']);
  });

  test('trailers that HTTP/2 has no words for cost their request, and no other', async () => {
    const asked = ask({ method: 'POST' });
    asked.write('body');
    asked.addTrailers([
      ['ETag', '1'],
      ['ETag', '2'],
    ]);
    app.answer = (stream) => void stream.resume();
    asked.end();
    expect((await answered(asked)).statusCode).toBe(502);
  });

  test('a stream that is reset without an error and without an answer is not taken for an answer', async () => {
    app.answer = (stream) => stream.close(constants.NGHTTP2_NO_ERROR);
    const asked = ask();
    asked.end();
    expect((await answered(asked)).statusCode).toBe(502);
  });
});
