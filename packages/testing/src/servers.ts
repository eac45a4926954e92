import { afterEach } from '@jest/globals';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { startServer } from '@latchkey/http';
import type { Handlers, RunningServer, ServerTimeouts } from '@latchkey/http';

/** Starts servers and opens connections for one test; both end with it. */
export function useServers() {
  const running: RunningServer[] = [];
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await Promise.all(running.splice(0).map((server) => server.stop()));
  });

  async function start(handlers: Handlers, timeouts: Partial<ServerTimeouts> = {}): Promise<RunningServer> {
    const server = await startServer(() => handlers, {
      port: 0,
      timeouts: { readMs: 10_000, writeMs: 10_000, requestMs: 0, shutdownMs: 100, ...timeouts },
    });
    running.push(server);
    return server;
  }

  /** Lets a connection that the test has opened itself end with the test. */
  const endAfterwards = (socket: Socket) => void sockets.push(socket);

  function open(server: RunningServer): Socket {
    const socket = connect(server.port, '127.0.0.1');
    endAfterwards(socket);
    return socket;
  }

  return { start, open, endAfterwards };
}

/** The head of a request with these lines. */
export const head = (...lines: string[]) => [...lines, 'Host: a', '', ''].join('\r\n');

export const hello: RequestListener = (_, res) => void res.end('hello');

/** Waits for the text to arrive, and gives everything that arrived up to then. */
export async function arrives(socket: Socket, wanted: string): Promise<string> {
  let seen = '';
  while (!seen.includes(wanted)) seen += String((await once(socket, 'data'))[0]);
  return seen;
}
