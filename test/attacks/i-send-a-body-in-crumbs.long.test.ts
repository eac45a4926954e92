// A signed request is held in memory until it is whole. Anyone who sends it byte by byte, never ends it, or sends many at
// once, would make the process hold gigabytes for megabytes on the wire, until it dies.
import { afterEach, beforeAll, afterAll, expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { startLoneProxy } from '../fixtures/lone-proxy.ts';
import type { LoneProxy } from '../fixtures/lone-proxy.ts';

const app = createServer((req, res) => {
  void text(req).then((body) => res.end(`${body.length} bytes`));
});
const most = 64 * 1024;
const mebi = 1024 * 1024;
let proxy: LoneProxy;
const opened: Socket[] = [];

beforeAll(async () => {
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  proxy = await startLoneProxy({
    upstreamPort: (app.address() as AddressInfo).port,
    env: { SSO_CONFIG_OPEN_SIGNING_KEY: 'sha256:a secret of the application', SERVER_TIMEOUT_READ: '2s' },
  });
  await send('Content-Length: 2', ['hi']);
});
afterEach(() => {
  for (const socket of opened.splice(0)) socket.destroy();
});
afterAll(async () => {
  await proxy.stop();
  app.closeAllConnections();
  app.close();
});

/** Kilobytes that the process has or, since it was last forgotten, has had at most. */
function kilobytes(of: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${proxy.process.pid}/status`, 'utf8');
  return Number(new RegExp(`^${of}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
}

async function growthDuring(attack: () => Promise<unknown>): Promise<number> {
  writeFileSync(`/proc/${proxy.process.pid}/clear_refs`, '5');
  const before = kilobytes('VmRSS');
  await attack();
  return kilobytes('VmHWM') - before;
}

/** The answer to a body that is sent in such pieces, as fast as they are taken. */
async function send(framing: string, pieces: Iterable<string | Buffer>): Promise<string> {
  const socket = connect(proxy.port, '127.0.0.1');
  opened.push(socket);
  socket.on('error', () => undefined);
  const answer = new Promise<string>((resolve) => {
    let all = '';
    socket.on('data', (bytes: Buffer) => {
      all += bytes.toString('latin1');
      if (/ bytes$|request_id/.test(all)) resolve(all);
    });
    socket.once('close', () => resolve('closed'));
  });
  socket.write(`POST /x HTTP/1.1\r\nHost: open.latchkey.localhost\r\n${framing}\r\n\r\n`);
  for (const piece of pieces) {
    if (socket.destroyed) break;
    if (!socket.write(piece))
      await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve));
  }
  return answer;
}

const sendSmall = () => send('Content-Length: 100000', [Buffer.alloc(100_000)]);

const chunked = 'Transfer-Encoding: chunked';
const crumbs = Buffer.from('1\r\nx\r\n'.repeat(10_000));
const times = (count: number, piece: Buffer) => Array.from({ length: count }, () => piece);

test('a body that drips is refused as too slow, however regular the drops', async () => {
  const socket = connect(proxy.port, '127.0.0.1');
  opened.push(socket);
  socket.on('error', () => undefined);
  socket.write(`POST /x HTTP/1.1\r\nHost: open.latchkey.localhost\r\n${chunked}\r\n\r\n`);
  const drip = setInterval(() => socket.write('1\r\nx\r\n'), 100);
  const answer = await text(socket);
  clearInterval(drip);
  expect(answer).toMatch(/^HTTP\/1\.1 408 [^]*Connection: close[^]*body_too_slow/i);
});

test('a body of crumbs takes no more memory than one of large pieces, and is refused', async () => {
  let answer = '';
  const growth = await growthDuring(async () => {
    answer = await send(chunked, times(40, crumbs));
  });
  expect(answer).toMatch(/^HTTP\/1\.1 413 [^]*body_too_large/);
  expect(growth).toBeLessThan(most);
});

test.each([[[16]], [[8, 4, 4]]])('large bodies that are whole pass: %j MiB at once', async (sizes) => {
  let answers: string[] = [];
  const growth = await growthDuring(async () => {
    answers = await Promise.all(
      sizes.map((size) => send(`Content-Length: ${size * mebi}`, times(size, Buffer.alloc(mebi)))),
    );
  });
  expect(answers).toEqual(sizes.map((size) => expect.stringMatching(`\\n${size * mebi} bytes$`)));
  expect(growth).toBeLessThan(most);
});

test('many bodies that do not end share a budget, and small ones still pass', async () => {
  const answers: Promise<string>[] = [];
  const growth = await growthDuring(async () => {
    for (let sent = 0; sent < 40; sent++) {
      answers.push(send(`Content-Length: ${16 * mebi}`, times(4, Buffer.alloc(mebi))));
    }
    await expect(Promise.race(answers)).resolves.toMatch(
      /^HTTP\/1\.1 503 [^]*Retry-After: 10[^]*bodies_too_many/,
    );
    // Until the large ones have grown, they take the room of small ones, too.
    let answer = await sendSmall();
    while (answer.includes('bodies_too_many')) answer = await sendSmall();
    expect(answer).toMatch(/100000 bytes$/);
  });
  expect(growth).toBeLessThan(most);
});
