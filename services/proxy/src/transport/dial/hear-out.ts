import type { Socket } from 'node:net';

// What a write says once the other side has closed.
const closedCodes: ReadonlySet<unknown> = new Set(['EPIPE', 'ECONNRESET']);

// What a stream calls to write one piece, or all that wait.
const one = '_write';
const several = '_writev';

type Done = (error?: Error | null) => void;

/**
 * Lets what has arrived on a connection be read although nothing can be written to it any more: an application may answer
 * before an upload ends, and close. Node would end the connection with the failed write, and what waits unread with it.
 * So a write fails only when all is read.
 */
export function hearOut(socket: Socket): Socket {
  const write = socket[one].bind(socket);
  const writeSeveral = socket[several]?.bind(socket);
  socket[one] = (chunk, encoding, done) => write(chunk, encoding, afterReading(socket, done));
  if (writeSeveral !== undefined) {
    socket[several] = (chunks, done) => writeSeveral(chunks, afterReading(socket, done));
  }
  return socket;
}

function afterReading(socket: Socket, done: Done): Done {
  return function written(error) {
    const isClosed = error && 'code' in error && closedCodes.has(error.code);
    if (isClosed && !socket.readableEnded) socket.once('end', () => done(error));
    else done(error);
  };
}
