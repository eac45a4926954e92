// Two hundred TCP connections that stay open, and two hundred requests a second beside them.
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Browser } from '@latchkey/testing/browser';
import { Agent, request } from 'undici';
import { WebSocket } from 'ws';
import { startProxyBeside } from '../fixtures/proxy-beside.ts';
import type { ProxyBeside } from '../fixtures/proxy-beside.ts';
import { cookieHeader, signIn } from '../fixtures/sign-in.ts';
import { startSoakApp, upstreamsFor } from './app.ts';
import { verdictOf } from './verdict.ts';

const people = 10;
const each = 20;
const perSecond = 200;
const everyMs = 5_000;
const { minutes } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } }).values;
const forMs = Number(minutes) * 60_000;
if (!(forMs > 0 && forMs <= 24 * 60 * 60_000))
  throw new Error(`--minutes ${minutes} is no number of minutes`);

const bytes = Buffer.alloc(8 * 1024, 7);
const counts = { tunnels: 0, echoes: 0, requests: 0, late: 0 };
const failure = Promise.withResolvers<never>();

const database = createServer((socket) => void socket.on('error', () => undefined).pipe(socket));
await once(database.listen(0, '127.0.0.1'), 'listening');
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
const { port } = database.address() as AddressInfo;
const app = await startSoakApp();
const the = await startProxyBeside(`${upstreamsFor(app.port)}
- service: db
  default:
    from: db.latchkey.localhost
    to: tcp://127.0.0.1:${port}
    options: { allowed_groups: [engineering@example.com] }
`);

async function cookieOf(at: ProxyBeside): Promise<string> {
  const browser = new Browser();
  await signIn(browser, at.url('app', '/page'), 'engineer@example.com');
  const cookie = await cookieHeader(browser, at.url('app'));
  await browser.close();
  return cookie;
}

/** One connection: it says something once a second, and hears all of it back. */
async function keepOpen(cookie: string, over: AbortSignal): Promise<void> {
  const { host, origin } = new URL(the.url('db'));
  const ws = new WebSocket(`ws://127.0.0.1:${the.port}/oauth2/tcp`, {
    headers: { host, cookie, origin },
    perMessageDeflate: false,
  });
  await once(ws, 'open');
  counts.tunnels += 1;
  ws.once('close', (code) => over.aborted || failure.reject(new Error(`a tunnel was closed (${code})`)));
  let heard = 0;
  ws.on('message', (data: Buffer) => (heard += data.length));
  for (let sent = 0; !over.aborted;) {
    ws.send(bytes);
    sent += bytes.length;
    await wait(1_000);
    if (heard < sent) counts.late += 1;
    counts.echoes += 1;
  }
  ws.terminate();
}

async function keepAsking(cookie: string, over: AbortSignal): Promise<void> {
  const dispatcher = new Agent({ connections: 64 });
  const headers = { host: new URL(the.url('app')).host, cookie };
  async function ask(): Promise<void> {
    const { statusCode, body } = await request(`http://127.0.0.1:${the.port}/page`, { headers, dispatcher });
    await body.dump();
    if (statusCode !== 200) throw new Error(`/page is answered with ${statusCode}`);
    counts.requests += 1;
  }
  const startedAt = performance.now();
  for (let asked = 0; !over.aborted; await wait(50)) {
    const due = ((performance.now() - startedAt) / 1000) * perSecond;
    for (; asked < due; asked += 1) ask().catch(failure.reject);
  }
  await dispatcher.close();
}

const over = new AbortController();
const resident: number[] = [];
try {
  const cookies = await Promise.all(Array.from({ length: people }, () => cookieOf(the)));
  for (const cookie of cookies) {
    for (let at = 0; at < each; at += 1) keepOpen(cookie, over.signal).catch(failure.reject);
  }
  keepAsking(cookies[0] ?? '', over.signal).catch(failure.reject);
  for (const until = Date.now() + forMs; Date.now() < until;) {
    await Promise.race([wait(Math.min(everyMs, until - Date.now())), failure.promise]);
    resident.push(the.residentMiB());
    const of = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
    process.stdout.write(`${resident.at(-1)?.toFixed(0)} MiB after ${of.join(', ')}\n`);
  }
} finally {
  over.abort();
  await the.stop();
  await app.stop();
  database.close();
}

const { second, last, isFlat } = verdictOf(resident);
process.stdout.write(`${second.toFixed(0)} MiB in the second third, ${last.toFixed(0)} MiB in the last\n`);
process.exit(isFlat ? 0 : 1);
