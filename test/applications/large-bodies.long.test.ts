// Somebody uploads and downloads what is larger than the memory of the task. It passes through, and does not stay.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { startProxyBeside } from '../fixtures/proxy-beside.ts';
import type { ProxyBeside } from '../fixtures/proxy-beside.ts';
import { Browser } from '@latchkey/testing/browser';
import { cookieHeader, signIn } from '../fixtures/sign-in.ts';
import { startApp } from './application.ts';
import type { Application } from './application.ts';

// `npm run soak:bodies` for 1 GiB.
const mebibytes = Number(process.env['LATCHKEY_BODY_MIB'] ?? 256);
const mostGrowthMiB = 32;
const piece = Buffer.alloc(64 * 1024, 'x');

function* body(mib: number) {
  for (let at = 0; at < mib * 16; at++) yield piece;
}

let application: Application;
let the: ProxyBeside;
let cookie: string;
beforeAll(async () => {
  application = await startApp((req, res) => {
    if (req.method === 'GET')
      return void pipeline(Readable.from(body(Number(req.url?.slice(1)))), res).catch(() => undefined);
    let size = 0;
    req.on('data', (chunk: Buffer) => (size += chunk.length));
    return void req.once('end', () => res.end(String(size)));
  });
  the = await startProxyBeside(`
- service: app
  default: { from: app.latchkey.localhost, to: 'http://127.0.0.1:${application.port}', options: { allowed_email_domains: [example.com] } }
`);
  const browser = new Browser();
  await signIn(browser, the.url('app', '/0'), 'engineer@example.com');
  cookie = await cookieHeader(browser, the.url('app'));
  await browser.close();
});
afterAll(async () => {
  await the.stop();
  await application.stop();
});

async function send(
  method: string,
  mib: number,
  headers: Record<string, string> = {},
): Promise<{ status: number | undefined; size: number; text: string }> {
  const options = { host: '127.0.0.1', port: the.port, path: `/${mib}`, method, agent: false as const };
  const req = request({ ...options, headers: { host: new URL(the.url('app')).host, cookie, ...headers } });
  const answered = once(req, 'response');
  req.on('error', () => undefined);
  if (method === 'GET') req.end();
  else pipeline(Readable.from(body(mib)), req).catch(() => undefined);
  const [answer] = (await answered) as [IncomingMessage];
  let [size, text] = [0, ''];
  await pipeline(
    answer,
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        size += chunk.length;
        if (size < 100) text += chunk.toString();
        done();
      },
    }),
  );
  return { status: answer.statusCode, size, text };
}

async function growthDuring(work: () => Promise<unknown>): Promise<number> {
  const before = the.residentMiB();
  let most = before;
  const looking = setInterval(() => (most = Math.max(most, the.residentMiB())), 50);
  await work();
  clearInterval(looking);
  return most - before;
}

test(
  'what is large needs no more memory than what is less so, up and down',
  async () => {
    const upload = { 'content-length': String(mebibytes * 1024 * 1024) };
    // The young generation reaches its size with what comes first, in steps, and on a busy machine in small ones.
    for (let round = 0; round < 6; round++) {
      await send('PUT', 64);
      await send('GET', 64);
    }
    const up = await growthDuring(async () => {
      expect(await send('PUT', mebibytes, upload)).toMatchObject({
        status: 200,
        text: upload['content-length'],
      });
    });
    const down = await growthDuring(async () => {
      expect(await send('GET', mebibytes)).toMatchObject({ status: 200, size: mebibytes * 1024 * 1024 });
    });
    expect(up).toBeLessThanOrEqual(mostGrowthMiB);
    expect(down).toBeLessThanOrEqual(mostGrowthMiB);
  },
  120_000 * Math.ceil(mebibytes / 256),
);

test('an upload of who is not signed in is not taken', async () => {
  expect(await send('PUT', 1, { cookie: 'none=1' })).toMatchObject({ status: 401 });
});
