import type { Duplex } from 'node:stream';
import { createWebSocketStream } from 'ws';
import type { WebSocket } from 'ws';

/**
 * A WebSocket as a stream of bytes: it is read no faster than what comes out is taken, and writing waits for the network.
 * How it fails is told by its closing; an error that nobody hears would end the process.
 */
export function streamOf(socket: WebSocket): Duplex {
  const stream = createWebSocketStream(socket);
  stream.on('error', () => undefined);
  return stream;
}
