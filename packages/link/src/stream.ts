import type { Duplex } from 'node:stream';
import { createWebSocketStream } from 'ws';
import type { WebSocket } from 'ws';

/**
 * A WebSocket as a stream of bytes: it is read no faster than what comes out is taken, and writing waits for the network.
 * It closes where it fails. It emits no error: one without a listener would end the process.
 *
 * It ends with the WebSocket, in both directions: left to itself it would wait for its last bytes to go out, which they never do
 * where the network broke. Meanwhile HTTP/2 would write to what it has ended, and that ends the process, too.
 */
export function streamOf(socket: WebSocket): Duplex {
  const stream = createWebSocketStream(socket);
  function end(): void {
    stream.destroy();
  }
  stream.on('error', end);
  socket.once('close', end);
  return stream;
}
