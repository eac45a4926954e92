import type { Socket } from 'node:net';

const goodbyeMs = 5_000;

/** Ends a connection whose handshake became no tunnel, after what was written to it. */
export function endConnection(socket: Socket): void {
  takeLeave(socket);
  socket.end();
}

/**
 * What the caller of a connection that is ending sends still is read and thrown away: left unread, it would hold the
 * connection open, or reset it before what was written has arrived. Who goes on sending is cut off after a while.
 */
export function takeLeave(socket: Socket): void {
  const cut = setTimeout(() => socket.destroy(), goodbyeMs);
  socket.once('close', () => clearTimeout(cut));
  socket.resume();
}
