import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect, constants } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2';
import { WebSocket } from 'ws';
import { sendRaw } from '../fixtures/raw-request.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  proxyEnv: {
    SERVER_HTTP2: 'true',
    SERVER_INTERIM_ANSWERS: 'true',
    SERVER_TIMEOUT_READ: '5s',
    SERVER_TIMEOUT_WRITE: '5s',
    SERVER_TIMEOUT_SHUTDOWN: '10s',
  },
});
const open: ClientHttp2Session[] = [];
let cookie: string;

beforeAll(async () => {
  const browser = await the.signedIn();
  cookie = await cookieHeader(browser, the.stack.url('hello'));
});
afterEach(() => {
  for (const session of open.splice(0)) session.destroy();
});

function session(): ClientHttp2Session {
  const opened = connect(`http://127.0.0.1:${the.stack.ports.proxy}`, { maxSendHeaderBlockLength: 1 << 20 });
  opened.on('error', () => undefined);
  open.push(opened);
  return opened;
}

const host = () => `hello.latchkey.localhost:${the.stack.ports.proxy}`;

function ask(head: OutgoingHttpHeaders = {}, on = session()): ClientHttp2Stream {
  const { ':method': method = 'GET' } = head;
  const headers = { ':path': '/', ':authority': host(), cookie, ...head };
  const stream = on.request(headers, { endStream: method === 'GET' || method === 'HEAD' });
  stream.on('error', () => undefined);
  return stream;
}

type Answer = {
  readonly status: number;
  readonly headers: string[];
  readonly trailers: string[];
  readonly text: string;
};

/** Also with an error. */
function closed(stream: ClientHttp2Stream): Promise<void> {
  return new Promise((resolve) => stream.once('close', resolve));
}

async function answerTo(stream: ClientHttp2Stream): Promise<Answer> {
  let text = '';
  let trailers: string[] = [];
  let head: string[] = [];
  stream.once('response', (_headers, _flags, raw) => (head = raw));
  stream.once('trailers', (_trailers, _flags, raw) => (trailers = raw));
  stream.setEncoding('latin1').on('data', (piece: string) => (text += piece));
  await closed(stream);
  return { status: Number(head[1] ?? 0), headers: head.slice(2), trailers, text };
}

describe('who comes over HTTP/2', () => {
  test('reaches an application over HTTP/1.1, with all that was said and with who asks', async () => {
    const { status } = await answerTo(
      ask({
        ':path': '/a%2Fb?c',
        'x-own': ['1', 'J\xfcrgen'],
        cookie: [cookie, 'a=1', 'b=2'],
        'x-forwarded-user': 'root',
      }),
    );
    expect(status).toBe(200);
    const [entry = { rawHeaders: [], target: '', method: '' }] = the.stack.app.received;
    expect([entry.method, entry.target]).toEqual(['GET', '/a%2Fb?c']);
    expect(valuesOf(entry, 'x-own')).toEqual(['1', 'J\xfcrgen']);
    expect(valuesOf(entry, 'cookie')).toEqual(['a=1; b=2']);
    expect(valuesOf(entry, 'x-forwarded-user')).toEqual(['engineer']);
    expect(valuesOf(entry, 'x-forwarded-host')).toEqual([host()]);
    expect(valuesOf(entry, 'x-forwarded-for')).toEqual(['127.0.0.1']);
    expect(valuesOf(entry, 'content-length')).toEqual([]);
  });

  test('gets what the application answers, and nothing that belongs to a connection', async () => {
    the.stack.app.answer = (_req, res) => {
      res.writeEarlyHints({ link: '</a.css>; rel=preload' });
      res.writeHead(200, [
        'Set-Cookie',
        'a=1',
        'Set-Cookie',
        'b=2',
        'Trailer',
        'X-Sum',
        'X-Name',
        'J\xfcrgen',
      ]);
      res.write('body');
      res.addTrailers({ 'X-Sum': 'abc' });
      res.end();
    };
    const stream = ask();
    const early = once(stream, 'headers');
    const { status, headers, trailers, text } = await answerTo(stream);
    const valuesIn = (name: string) => headers.filter((_, at) => at % 2 === 1 && headers[at - 1] === name);
    expect((await early)[0]).toMatchObject({ ':status': 103, link: '</a.css>; rel=preload' });
    expect([status, text, trailers]).toEqual([200, 'body', ['x-sum', 'abc']]);
    expect(valuesIn('set-cookie')).toEqual(['a=1', 'b=2']);
    expect(valuesIn('x-name')).toEqual(['J\xfcrgen']);
    expect(valuesIn('x-frame-options')).toEqual(['SAMEORIGIN']);
    expect(valuesIn('date')).toHaveLength(1);
    for (const removed of ['connection', 'keep-alive', 'transfer-encoding'])
      expect(valuesIn(removed)).toEqual([]);
  });

  test.each(['constructor', '__proto__'])(
    'gets what an application says by whatever name: %s',
    async (name) => {
      the.stack.app.answer = (_req, res) => {
        res.writeEarlyHints({ link: '</a.css>', [name]: ['1', '2'] });
        res.writeHead(200, ['Trailer', name, name, '1', name, '2']);
        res.flushHeaders();
        res.addTrailers([
          [name, '3'],
          [name, '4'],
        ]);
        setImmediate(() => res.end('body'));
      };
      const { status, headers, trailers, text } = await answerTo(ask());
      expect([status, text]).toEqual([200, 'body']);
      expect(headers.filter((_, at) => at % 2 === 1 && headers[at - 1] === name)).toEqual(['1', '2']);
      expect(trailers).toEqual([name, '3', name, '4']);
    },
  );

  test('loses the request, and nobody else does, where the status has no words in HTTP/2', async () => {
    the.stack.app.answer = (_req, res) => {
      res.writeHead(999);
      res.flushHeaders();
    };
    const stream = ask();
    expect((await answerTo(stream)).status).toBe(0);
    expect(stream.rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR);
  });

  test('uploads and downloads many megabytes', async () => {
    the.stack.app.answer = (req, res) => void req.pipe(res);
    const stream = ask({ ':method': 'PUT' });
    const piece = Buffer.alloc(1 << 20, 'x');
    const answer = answerTo(stream);
    for (let at = 0; at < 16; at++) if (!stream.write(piece)) await once(stream, 'drain');
    stream.end();
    expect((await answer).text.length).toBe(16 << 20);
  });

  test('is asked to go on before a body, only by the application', async () => {
    const refused = ask({ ':method': 'POST', expect: '100-continue', cookie: '' });
    let isAsked = false;
    refused.once('continue', () => (isAsked = true));
    expect((await answerTo(refused)).status).toBe(401);
    expect(isAsked).toBe(false);
    const taken = ask({ ':method': 'POST', expect: '100-continue' });
    taken.once('continue', () => taken.end('body'));
    expect((await answerTo(taken)).status).toBe(200);
    expect(the.stack.app.received[0]?.body).toBe('body');
  });

  test.each(['HEAD', 'GET'])('%s of nothing ends with the head', async (method) => {
    the.stack.app.answer = (_req, res) =>
      res.writeHead(method === 'HEAD' ? 200 : 304, { 'content-length': 5 }).end();
    const { status, text } = await answerTo(ask({ ':method': method }));
    expect([status, text]).toEqual([method === 'HEAD' ? 200 : 304, '']);
  });

  test('is refused a tunnel, of whatever kind', async () => {
    const connected = session().request({ ':method': 'CONNECT', ':authority': host() });
    expect((await answerTo(connected)).status).toBe(501);
  });

  test('names one host', async () => {
    expect((await answerTo(ask({ host: host() }))).status).toBe(200);
    expect((await answerTo(ask({ host: 'vault.latchkey.localhost' }))).status).toBe(400);
    // Neither is an absolute target one, nor two of what there is one of.
    expect((await answerTo(ask({ ':path': 'http://vault.latchkey.localhost/' }))).status).toBe(0);
    expect(the.stack.app.received).toHaveLength(1);
    expect((await answerTo(ask({ ':path': '*', ':method': 'OPTIONS' }).end())).status).toBe(400);
  });

  test('takes an upload along when it leaves', async () => {
    const left = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    the.stack.app.answer = (req) => {
      req.once('close', () => left.resolve());
      asked.resolve();
    };
    const stream = ask({ ':method': 'POST' });
    stream.write('x');
    await asked.promise;
    stream.close(constants.NGHTTP2_CANCEL);
    await left.promise;
  });

  test('gets heads of any length that HTTP/1.1 may have, and headers that are repeated', async () => {
    the.stack.app.answer = (_req, res) => {
      res.writeHead(200, ['X-Long', 'a'.repeat(50_000), 'ETag', '"1"', 'ETag', '"2"']);
      res.end('whole');
    };
    const { status, headers, text } = await answerTo(ask({ 'x-long': 'b'.repeat(10_000) }));
    expect([status, text]).toEqual([200, 'whole']);
    expect(headers[headers.indexOf('x-long') + 1]).toHaveLength(50_000);
    expect(headers[headers.indexOf('etag') + 1]).toBe('"1", "2"');
    const tooLong = await answerTo(ask({ 'x-long': 'b'.repeat(70_000) }));
    expect(tooLong.status).toBe(431);
  });

  test('gets an error where an answer breaks off', async () => {
    the.stack.app.answer = (_req, res) => {
      res.writeHead(200);
      res.write('half', () => res.destroy());
    };
    const stream = ask();
    await answerTo(stream);
    expect(stream.rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR);
  });

  test('is cut off where a body stops coming', async () => {
    the.stack.app.answer = (req) => void req.resume();
    const silent = ask({ ':method': 'POST' });
    silent.write('x');
    await closed(silent);
    expect(silent.rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR);
  });

  test('is cut off where an answer is not taken, and others on the connection are not', async () => {
    the.stack.app.answer = (req, res) => {
      res.writeHead(200);
      res.end(Buffer.alloc(req.url === '/large' ? 1 << 20 : 1));
    };
    const on = session();
    const unread = ask({ ':path': '/large' }, on);
    unread.pause();
    const { detail } = await the.stack.nextLine((line) => typeof line['detail'] === 'string');
    expect(detail).toBe('the caller took nothing for 5 s, though there was something to take');
    expect((await answerTo(ask({}, on))).status).toBe(200);
    expect(unread.rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR);
  });

  test('has its answer, though the rest of its upload is not wanted', async () => {
    const stream = ask({ ':method': 'POST', cookie: '' });
    stream.write(Buffer.alloc(1 << 20));
    const { status, text } = await answerTo(stream);
    expect([status, JSON.parse(text)]).toMatchObject([401, { error: 'not_signed_in' }]);
  });
});

describe('the same port', () => {
  test('speaks HTTP/1.1, and WebSockets over it', async () => {
    const answer = await sendRaw(
      the.stack.ports.proxy,
      `GET / HTTP/1.1\nHost: ${host()}\nCookie: ${cookie}\nConnection: close\n\n`,
    );
    expect(answer.status).toBe(200);
    const socket = new WebSocket(`ws://127.0.0.1:${the.stack.ports.proxy}/`, {
      headers: { host: host(), cookie },
    });
    await once(socket, 'open');
    socket.send('hello');
    const [message] = (await once(socket, 'message')) as [Buffer];
    expect(message.toString()).toBe('hello');
    socket.terminate();
  });

  test('tells a load balancer that it is well, in either protocol and by gRPC', async () => {
    const none = { cookie: '', ':authority': '10.0.0.1' };
    expect((await answerTo(ask({ ':path': '/ping', ...none }))).status).toBe(200);
    const health = ask({
      ':path': '/AWS.ALB/healthcheck',
      ':method': 'POST',
      'content-type': 'application/grpc',
      te: 'trailers',
      ...none,
    });
    health.end(Buffer.alloc(5));
    const { status, headers } = await answerTo(health);
    expect(status).toBe(200);
    expect(headers[headers.indexOf('grpc-status') + 1]).toBe('12');
  });
});

test('a stop lets streams finish, and tells who is connected to go', async () => {
  const asked = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  the.stack.app.answer = (_req, res) => {
    asked.resolve();
    void goOn.promise.then(() => res.end('whole'));
  };
  const on = session();
  const stream = ask({}, on);
  const goodbye = once(on, 'goaway');
  const answer = answerTo(stream);
  await asked.promise;
  const stopped = the.stack.proxy.stop();
  await goodbye;
  goOn.resolve();
  expect((await answer).text).toBe('whole');
  await Promise.all([stopped, on.closed || once(on, 'close')]);
});
