import { expect, jest, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { valuesOf } from '../fixtures/recorder.ts';
import { cookieHeader, signIn } from '../fixtures/sign-in.ts';
import { ask, askFirst, open } from './ask.ts';
import { caller } from './front.ts';
import type { InFront } from './front.ts';

const upload = Buffer.alloc(20 * 1024 * 1024, 'a page of it ');

/**
 * What holds behind every server in front.
 *
 * @param goesOnUnasked whether it tells callers who ask first (`Expect: 100-continue`) to go on by itself
 * @param passesHints whether it passes interim answers on
 */
export function holdsBehind(the: InFront, { goesOnUnasked = false, passesHints = true } = {}): void {
  // Megabytes through three processes, on a machine that may have other work.
  jest.setTimeout(30_000);
  const cookieOf = async (email?: string) => cookieHeader(await the.signedIn(email), the.stack.url('hello'));

  test('a person signs in, comes back to the whole address, and is known at the next host', async () => {
    const browser = the.browser();
    const url = the.stack.url('hello', '/d/1?x=%2F&y=1');
    const visit = await signIn(browser, url, 'engineer@example.com');
    expect([visit.status, visit.url]).toEqual([200, url]);
    expect((await browser.visit(the.stack.url('wiki'))).hops).toHaveLength(1);
  });

  test('an address of eight thousand characters comes back after the sign-in', async () => {
    const url = the.stack.url('hello', `/d?${'filter=open&'.repeat(670)}`);
    const visit = await signIn(the.browser(), url, 'engineer@example.com');
    expect([visit.status, visit.url === url]).toEqual([200, true]);
  });

  test('the application receives who asks, from where, at which host and port, whatever the caller claims', async () => {
    const cookie = await cookieOf();
    const claims = {
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'http',
      'x-forwarded-user': 'evil',
      'x-request-id': 'of-the-caller',
    };
    await ask(the, { headers: { cookie, ...claims } });
    const [entry = { rawHeaders: [] }] = the.stack.app.received;
    const received = (name: string) => valuesOf(entry, name);
    expect(received('X-Forwarded-User')).toEqual(['engineer']);
    expect(received('X-Forwarded-For')).toEqual([`${caller.localAddress}, 127.0.0.1`]);
    expect(received('X-Forwarded-Proto')).toEqual(['https']);
    expect(received('X-Forwarded-Host')).toEqual([`hello.latchkey.localhost:${the.port}`]);
    expect(received('X-Forwarded-Port')).toEqual([String(the.port)]);
    expect(received('X-Request-Id')).not.toContain('of-the-caller');
    expect(received('Cookie')).toEqual([]);
  });

  test('an address arrives byte for byte', async () => {
    const cookie = await cookieOf();
    const targets = ['/a%2Fb//c;v=1/%C3%A9?q=%2F&r=a+b', `/long?${'a'.repeat(14_000)}`];
    for (const target of targets) await ask(the, { target, headers: { cookie } });
    expect(the.stack.app.received.map((entry) => entry.target)).toEqual(targets);
  });

  test('over HTTP/2 it is the same host', async () => {
    const session = connectHttp2(`https://127.0.0.1:${the.port}`, { ...caller });
    const stream = session.request({
      ':authority': `hello.latchkey.localhost:${the.port}`,
      ':path': '/h2',
      cookie: await cookieOf(),
    });
    const received = JSON.parse(await text(stream)) as { rawHeaders: string[] };
    session.destroy();
    expect(valuesOf(received, 'X-Forwarded-Host')).toEqual([`hello.latchkey.localhost:${the.port}`]);
  });

  test('a person who lacks the group gets a page that says so, and is sent nowhere', async () => {
    const browser = await the.signedIn();
    const visit = await browser.visit(the.stack.url('vault'));
    expect([visit.status, visit.hops.length]).toEqual([403, 1]);
    expect(visit.body).toContain('security@example.com');
  });

  test('a program without a session gets JSON that says so', async () => {
    const { status, headers, body } = await ask(the, { headers: { accept: 'application/json' } });
    expect([status, headers['www-authenticate']]).toEqual([401, 'Cookie realm="Latchkey"']);
    expect(JSON.parse(body)).toMatchObject({ error: 'not_signed_in' });
  });

  test('a WebSocket echoes; from a page of another origin it is refused', async () => {
    const cookie = await cookieOf();
    const host = `hello.latchkey.localhost:${the.port}`;
    const dial = (origin: string) =>
      new WebSocket(`wss://127.0.0.1:${the.port}/live`, { ...caller, headers: { host, origin, cookie } });

    const socket = dial(`https://${host}`);
    await once(socket, 'open');
    socket.send('hello');
    const [message] = (await once(socket, 'message')) as [Buffer];
    expect(message.toString()).toBe('hello');
    socket.close();
    await once(socket, 'close');

    const [error] = (await once(dial('https://evil.example'), 'error')) as [Error];
    expect(error.message).toContain('403');
  });

  test('a task that is down costs nobody anything', async () => {
    for (let times = 0; times < 8; times++) expect((await ask(the)).status).toBe(401);
  });

  test('an upload of 20 MB arrives whole, by length and in chunks', async () => {
    const cookie = await cookieOf();
    const sum = createHash('sha256').update(upload).digest('hex');
    the.stack.app.answer = (req, res) => {
      const hash = createHash('sha256');
      req.on('data', (chunk: Buffer) => hash.update(chunk)).on('end', () => res.end(hash.digest('hex')));
    };
    for (const framing of [
      { 'content-length': String(upload.length) },
      { 'transfer-encoding': 'chunked' },
    ] as const) {
      const answer = await ask(the, { method: 'PUT', headers: { cookie, ...framing }, body: upload });
      expect([answer.status, answer.body]).toEqual([200, sum]);
    }
  });

  test('an upload that is refused at once hears why', async () => {
    const { status, body } = await ask(the, { method: 'PUT', body: upload });
    expect([status, JSON.parse(body)]).toMatchObject([401, { error: 'not_signed_in' }]);
  });

  test('a stranger who asks before sending is sent away; a person who may send gets 100, and all of it arrives', async () => {
    the.stack.app.answer = (req, res) => {
      let size = 0;
      req.on('data', (chunk: Buffer) => (size += chunk.length)).on('end', () => res.end(`${size} bytes`));
    };
    const stranger = await askFirst(the, {}, upload);
    expect(stranger).toMatchObject({ status: 401, wentOn: goesOnUnasked });
    const known = await askFirst(the, { cookie: await cookieOf() }, upload);
    expect(known).toEqual({ status: 200, wentOn: true, body: `${upload.length} bytes` });
  });

  test('an event stream comes piece by piece', async () => {
    const cookie = await cookieOf();
    the.stack.app.answer = (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
    };
    const answer = await open(the, { target: '/events', headers: { cookie } });
    expect(String(await once(answer, 'data'))).toBe('data: 1\n\n');
    answer.destroy();
  });

  test('an answer with a large head passes', async () => {
    const cookie = await cookieOf();
    the.stack.app.answer = (_req, res) => {
      res.writeHead(200, { 'x-large': 'a'.repeat(12_000), 'x-larger': 'b'.repeat(3_000) }).end('whole');
    };
    const { status, body } = await ask(the, { headers: { cookie } });
    expect([status, body]).toEqual([200, 'whole']);
  });

  test(`hints before the answer ${passesHints ? 'arrive' : 'do not hurt it'}`, async () => {
    const cookie = await cookieOf();
    the.stack.app.answer = (_req, res) => {
      res.writeEarlyHints({ link: '</a.css>; rel=preload' });
      res.writeHead(200, { 'x-sum': '1' }).end('whole');
    };
    const { status, headers, body, interim } = await ask(the, { headers: { cookie } });
    expect([status, headers['x-sum'], body]).toEqual([200, '1', 'whole']);
    expect(interim).toEqual(passesHints ? [103] : []);
  });

  test('a health check asks nothing of anybody', async () => {
    expect((await ask(the, { target: '/ping' })).status).toBe(200);
  });
}
