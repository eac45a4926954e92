import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { errors } from 'undici';
import type { Destination } from '../dial/destination.ts';
import { createDialer } from '../dial/dialer.ts';
import type { Dialer } from '../dial/dialer.ts';
import type { Failure } from '../failure.ts';
import { createForwardWebSocket } from './forward.ts';

const servers: Server[] = [];
const failures: Failure[] = [];
let gate: Server;

beforeEach(async () => {
  gate = await listening(createServer());
});

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  failures.length = 0;
});

async function listening(server: Server): Promise<Server> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

// An application that says its name, and leaves.
async function startApp(name: string): Promise<Destination> {
  const app = createServer().on('upgrade', (_, socket) => socket.end(switching + name));
  return { kind: 'tcp', host: '127.0.0.1', port: portOf(await listening(app)), madeByHost: false };
}

// Handshakes for `/0` go to the first destination, those for `/1` to the second.
function forwardTo(dialer: Dialer, destinations: readonly Destination[]): void {
  const forward = createForwardWebSocket(dialer);
  gate.on('upgrade', function upgrade(req, socket, head) {
    const destination = destinations[Number(req.url?.slice(1))];
    if (destination === undefined || !(socket instanceof Socket)) throw new Error('no such destination');
    const { rawHeaders: headers } = req;
    const answer = {
      head: (raw: readonly string[]) => [...raw],
      interim: (raw: readonly string[]) => [...raw],
      trailers: (raw: readonly string[]) => [...raw],
    };
    forward(
      req,
      socket,
      head,
      { destination, target: '/', headers, timeoutMs: 1_000, answer },
      {
        accepted: (tunnel) => tunnel.open(),
        answered: () => undefined,
        failed(failure) {
          failures.push(failure);
          socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
        },
      },
    );
  });
}

function open(path: string) {
  const headers = { Connection: 'Upgrade', Upgrade: 'websocket' };
  return request({ port: portOf(gate), path, headers }).end();
}

async function saidAt(path: string): Promise<string> {
  const [, socket, head] = (await once(open(path), 'upgrade')) as [IncomingMessage, Socket, Buffer];
  socket.unshift(head);
  return text(socket);
}

test('handshakes that are under way at one time each reach their own application', async () => {
  forwardTo(
    createDialer({ allowLocalTargets: true, proxyFor: () => undefined, dialThrough: () => undefined }),
    [await startApp('zero'), await startApp('one')],
  );
  expect(await Promise.all(['/0', '/1', '/0', '/1'].map(saidAt))).toEqual(['zero', 'one', 'zero', 'one']);
});

test('an application that is not reached in time is slow, as for any request', async () => {
  const late = new errors.ConnectTimeoutError('Connect Timeout Error');
  forwardTo({ dial: (_, dialed) => dialed(late, null) }, [await startApp('zero')]);
  const [answer] = (await once(open('/0'), 'response')) as [IncomingMessage];
  expect(answer.statusCode).toBe(502);
  expect(failures).toEqual([{ code: 'upstream_timeout', detail: 'Connect Timeout Error' }]);
});
