import type { Socket } from 'node:net';

/**
 * Ends a connection whose visitor leaves before their handshake is answered. Nobody reads it until then, so that nobody
 * would notice, and what was taken for them would stay taken.
 *
 * @returns stops looking: from here on somebody else reads
 */
export function endWhenLeft(socket: Socket): () => void {
  const end = () => void socket.destroy();
  if (socket.readableEnded) end();
  socket.once('end', end);
  // Takes nothing, and makes the socket look for more; what comes stays for the tunnel.
  socket.read(0);
  return () => void socket.off('end', end);
}
