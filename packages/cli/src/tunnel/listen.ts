import { errorCode } from '@latchkey/files';
import { carry } from '@latchkey/tcp-tunnel';
import type { WebSocket } from 'ws';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { Failure } from '../exit.ts';

/** Where programs of this machine connect to. */
export type Here = { readonly host: string; readonly port: number };

/**
 * Listens on this machine, and carries each connection that comes.
 *
 * @param options.open opens a way for one; what it throws ends that connection alone
 * @param options.say what becomes of them, for the person at the keyboard
 * @throws Failure
 */
export async function listen(
  { host, port }: Here,
  { open, say }: { open: () => Promise<WebSocket>; say: (line: string) => void },
): Promise<Server> {
  // RFC 9293, section 3.6: who has nothing more to say may go on hearing.
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    void take(socket);
  });
  async function take(socket: Socket): Promise<void> {
    socket.on('error', () => undefined);
    try {
      const ws = await open();
      const carried = carry(socket, ws);
      carried.onClose((ending) => ending === 'torn' && say('a connection was cut'));
      carried.open();
    } catch (error) {
      socket.resetAndDestroy();
      say(error instanceof Error ? error.message : String(error));
    }
  }
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Failure(`cannot listen on ${host}:${port} (${errorCode(error)}): name another with --listen`, {
      cause: error,
    });
  }
  return server;
}

/** Where a server listens, as somebody writes it. */
export function placeOf(server: Server): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
  const { address, port, family } = server.address() as AddressInfo;
  return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
}
