// What is not HTTP, through the gate: a TCP connection is carried over a WebSocket, decided about as any request, and ends with its session.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hashOfToken, makeServiceToken } from '@latchkey/access';
import { freePort } from '@latchkey/testing/ports';
import { latchkey } from '@latchkey/testing/latchkey';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { Duplex, PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { said, useTunnels } from '../fixtures/tunnel.ts';
import { useStack } from '../fixtures/use-stack.ts';

const port = await freePort();
const nobody = await freePort();
const token = makeServiceToken('backup');
const stranger = makeServiceToken('stranger');
const account = (name: string, shown: string) =>
  `{name: ${name}, secret_hashes: [{hash: '${hashOfToken(shown)}'}]}`;
const upstreams = `
service_accounts: [${account('backup', token)}, ${account('stranger', stranger)}]
services:
  - service: db
    default: {from: db.latchkey.localhost, to: tcp://127.0.0.1:${port}, options: {allowed_clients: [backup]}}
  - service: short
    default: {from: short.latchkey.localhost, to: tcp://127.0.0.1:${port}, options: {allowed_clients: [backup], tcp: {max_duration: 300ms}}}
  - service: quiet
    default: {from: quiet.latchkey.localhost, to: tcp://127.0.0.1:${port}, options: {allowed_clients: [backup], tcp: {idle_timeout: 200ms}}}
  - service: away
    default: {from: away.latchkey.localhost, to: tcp://127.0.0.1:${nobody}, options: {allowed_clients: [backup]}}
  - service: hello
    default: {from: hello.latchkey.localhost, to: {{app}}, options: {allowed_email_domains: [example.com]}}
`;
const the = useStack({ upstreams, proxyEnv: { SESSION_TTL_VALID: '1s', SERVER_TIMEOUT_WRITE: '1s' } });

let serve: (socket: Socket) => void;
const database: Server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => undefined);
  serve(socket);
});
beforeAll(async () => {
  database.listen(port, '127.0.0.1');
  await once(database, 'listening');
});
afterAll(() => void database.close());
const echo = (socket: Socket) => void socket.pipe(socket);

const tunnel = useTunnels();
const tunnelTo = (host: string, shown: string = token) => tunnel(the.stack.url(host), shown);

test('a program reaches it, byte for byte, and each way ends by itself', async () => {
  serve = (socket) => {
    void buffer(socket).then((all) => socket.end(`${all.length} bytes`));
  };
  const { socket } = await tunnelTo('db');
  const bytes = Buffer.alloc(3_000_000, 7);
  socket.end(bytes);
  expect(String(await buffer(socket))).toBe('3000000 bytes');
});

test('what speaks first is heard from its first byte on', async () => {
  serve = (socket) => void socket.end('SSH-2.0-server\r\n');
  for (let round = 0; round < 10; round += 1) {
    const { socket } = await tunnelTo('db');
    socket.end();
    expect(String(await buffer(socket))).toBe('SSH-2.0-server\r\n');
  }
});

test('a program that takes nothing for longer than a browser may is waited for', async () => {
  const size = 30_000_000;
  serve = (socket) => void socket.end(Buffer.alloc(size, 1));
  const { socket } = await tunnelTo('db');
  socket.pause();
  await wait(2_500);
  expect((await buffer(socket)).length).toBe(size);
});

test('what is sent slowly taken is not held in memory, and all of it arrives', async () => {
  let sent = 0;
  serve = (socket) => {
    const chunk = Buffer.alloc(65_536, 1);
    const fill = () => {
      while (sent < 200 * chunk.length && socket.write(chunk)) sent += chunk.length;
      sent += chunk.length;
      if (sent < 200 * chunk.length) socket.once('drain', fill);
      else socket.end();
    };
    fill();
  };
  const { socket } = await tunnelTo('db');
  socket.pause();
  await once(socket, 'readable');
  let received = 0;
  for await (const chunk of socket) received += Buffer.from(chunk).length;
  expect(received).toBeGreaterThanOrEqual(199 * 65_536);
});

test('what breaks on one side is reset on the other, so that nobody takes half for the whole', async () => {
  serve = (socket) => {
    socket.once('data', () => socket.resetAndDestroy());
  };
  const { socket } = await tunnelTo('db');
  socket.write('begin');
  const [error] = await once(socket, 'error');
  expect(error).toMatchObject({ code: 'ECONNRESET' });
});

test('who may not is refused with the words of any refusal, and nothing reaches it', async () => {
  let reached = 0;
  serve = () => void (reached += 1);
  const { socket, stop, done } = await tunnelTo('db', stranger);
  await once(socket, 'error');
  stop.abort();
  expect(await done).toMatchObject({ code: 0, stderr: expect.stringContaining('status 403') });
  expect(reached).toBe(0);
});

test('without a token that counts nobody is let in, and a browser learns what to do', async () => {
  serve = echo;
  const { socket, stop, done } = await tunnelTo('db', 'lk_backup_wrong');
  await once(socket, 'error');
  stop.abort();
  expect((await done).stderr).toContain('status 401');
  const answer = await the
    .browser()
    .fetch(the.stack.url('db'), { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(404);
  expect(JSON.parse(answer.body)).toMatchObject({ error: 'not_a_web_page' });
});

test('it ends within the time that an answer counts for once its account is removed', async () => {
  serve = echo;
  const { socket } = await tunnelTo('db');
  expect(await said(socket, 'select 1')).toBe('select 1');
  const cut = the.stack.nextLine(({ msg }) => msg === 'connection cut');
  const table = the.stack.table.current();
  the.stack.table.replace({ ...table, root: { ...table.root, serviceAccounts: new Map() } });
  const [error] = await once(socket, 'error');
  expect(error).toMatchObject({ code: 'ECONNRESET' });
  expect(await cut).toMatchObject({ route: 'db', user: 'backup', reason: 'token_invalid' });
  the.stack.table.replace(table);
});

test.each([
  ['short', 'too_long'],
  ['quiet', 'idle'],
])('it ends by the limits of its route (%s)', async (host, ending) => {
  serve = echo;
  const ended = the.stack.nextLine(({ msg }) => msg === 'connection ended');
  const { socket } = await tunnelTo(host);
  expect(await said(socket, 'x')).toBe('x');
  await once(socket, 'error');
  expect(await ended).toMatchObject({ route: host, ending, bytes_to: 1, bytes_from: 1 });
});

test('what is not there is 502, and says so', async () => {
  const { socket, stop, done } = await tunnelTo('away');
  await once(socket, 'error');
  stop.abort();
  expect((await done).stderr).toContain('status 502');
});

test('standard input and output carry one connection, as ssh wants it', async () => {
  serve = echo;
  const [input, output] = [new PassThrough(), new PassThrough()];
  const done = latchkey({}, ['tunnel', '--stdio', the.stack.url('db')], {
    env: { LATCHKEY_TOKEN: token },
    stdio: Duplex.from({ readable: input, writable: output }),
  });
  input.end('SSH-2.0-test\r\n');
  expect(String(await buffer(output))).toBe('SSH-2.0-test\r\n');
  expect(await done).toMatchObject({ code: 0, stdout: '' });
});
