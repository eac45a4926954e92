// Applications that answer little by little, late, in pieces or with something behind the body, and that ask for a password of
// their own.
import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { ask, askAsStranger, open, startApp, useApplication } from './application.ts';

type Answer = (req: IncomingMessage, res: ServerResponse) => void;

// An event a second; `npm run soak:events` for ten minutes of them.
const events = Number(process.env['LATCHKEY_EVENTS'] ?? 20);
const lateMs = 15_000;
const answers: Record<string, Answer> = {
  // An event a second, as https://html.spec.whatwg.org/multipage/server-sent-events.html writes them.
  '/events'(req, res) {
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    let sent = Number(req.headers['last-event-id'] ?? 0);
    const timer = setInterval(function send() {
      sent += 1;
      res.write(`id: ${sent}\ndata: ${Date.now()}\n\n`);
      if (sent >= events) clearInterval(timer);
      if (sent >= events) res.end();
    }, 1000);
    res.once('close', () => clearInterval(timer));
  },
  '/late'(_req, res) {
    setTimeout(() => res.end('at last'), lateMs);
  },
  '/sum'(req, res) {
    const isChunked = req.headers['transfer-encoding'] === 'chunked';
    let sum = 0;
    req.on('data', (piece: Buffer) => (sum += piece.length));
    req.once('end', () => {
      res.writeHead(200, { trailer: 'X-Sum' });
      res.write(isChunked ? 'in chunks' : 'whole');
      res.addTrailers({ 'X-Sum': String(sum) });
      res.end();
    });
  },
  '/password'(req, res) {
    const isRight = req.headers.authorization === `Basic ${Buffer.from('ann:secret').toString('base64')}`;
    if (!isRight) res.writeHead(401, { 'www-authenticate': 'Basic realm="the application\'s own"' });
    res.end(isRight ? 'come in' : 'who are you?');
  },
};

const notFound: Answer = (_, res) => void res.writeHead(404).end();

async function* pieces() {
  for (let at = 0; at < 8; at++) {
    yield Buffer.alloc(100_000);
    await pause(10);
  }
}

describe('an application', () => {
  const the = useApplication(
    () => startApp((req, res) => (answers[req.url ?? ''] ?? notFound)(req, res)),
    // Above the longest that a question is held open; of itself it is 10 seconds.
    { route: 'timeout: 60s' },
  );

  test.each(Object.keys(answers))('is not asked about %s by who is not signed in', async (target) => {
    const headers = { authorization: `Basic ${Buffer.from('ann:secret').toString('base64')}` };
    expect(await askAsStranger(the, { target, headers })).toMatchObject({
      status: 401,
      headers: { 'content-type': 'application/json; charset=utf-8' },
    });
  });

  // Beside the other one that waits.
  test.concurrent(
    'sends events, each of which arrives when it is sent',
    async () => {
      const answer = await open(the, { target: '/events', headers: { accept: 'text/event-stream' } });
      expect(answer).toMatchObject({ statusCode: 200, headers: { 'content-type': 'text/event-stream' } });
      const delays: number[] = [];
      for await (const piece of answer) {
        const sentAt = /data: (\d+)/.exec((piece as Buffer).toString())?.[1];
        delays.push(Date.now() - Number(sentAt));
      }
      expect(delays).toHaveLength(events);
      expect(Math.max(...delays)).toBeLessThan(900);
    },
    60_000 + events * 1000,
  );

  test('goes on with its events where a browser was cut off, and notices when the browser has left', async () => {
    const answer = await open(the, {
      target: '/events',
      headers: { accept: 'text/event-stream', 'last-event-id': '7' },
    });
    const [piece] = (await once(answer, 'data')) as [Buffer];
    expect(piece.toString()).toContain('id: 8\n');
    answer.destroy();
    await the.stack.nextLine(({ service, path }) => service === 'proxy' && path === '/events');
  });

  test.concurrent('may answer late', async () => {
    const asked = Date.now();
    expect(await ask(the, { target: '/late' })).toMatchObject({ status: 200, body: 'at last' });
    expect(Date.now() - asked).toBeGreaterThanOrEqual(lateMs - 50);
  });

  test('gets an upload of unknown length piece by piece, and its trailers arrive', async () => {
    const headers = { te: 'trailers' };
    const answer = await ask(the, { method: 'POST', target: '/sum', headers, body: Readable.from(pieces()) });
    expect(answer).toMatchObject({ status: 200, body: 'in chunks', trailers: { 'x-sum': '800000' } });
  });

  test('asks for a password of its own, and gets it', async () => {
    const refused = await ask(the, { target: '/password' });
    expect(refused).toMatchObject({
      status: 401,
      body: 'who are you?',
      headers: { 'www-authenticate': 'Basic realm="the application\'s own"' },
    });
    const authorization = `Basic ${Buffer.from('ann:secret').toString('base64')}`;
    expect(await ask(the, { target: '/password', headers: { authorization } })).toMatchObject({
      status: 200,
      body: 'come in',
    });
  });
});
