import type { IncomingMessage, ServerResponse } from 'node:http';

/** What is still taken of an upload whose answer is out. */
export type LingerBounds = { readonly bytes: number; readonly ms: number };

// A client that sends more than this has not come to read the answer, and will not.
const defaults: LingerBounds = { bytes: 64 * 1024 * 1024, ms: 30_000 };

/**
 * Takes what is still on its way of an upload that is answered, and throws it away. RFC 9112, section 9.6: closed with
 * something unread, a connection is reset, and the caller's system may throw the answer away before it is read. So a
 * connection that ends with its answer is first closed for writing only.
 */
export function linger(req: IncomingMessage, res: ServerResponse, bounds: LingerBounds = defaults): void {
  const { socket } = req;
  const close = socket.destroySoon.bind(socket);
  let isLast = false;
  // What Node calls behind the last answer on a connection, just before it says that the answer is finished.
  socket.destroySoon = function closeForWriting() {
    isLast = true;
    if (req.complete) close();
    else socket.end();
  };

  res.once('finish', function takeTheRest() {
    Reflect.deleteProperty(socket, 'destroySoon');
    if (req.complete) return;
    const most = socket.bytesRead + bounds.bytes;
    const cut = setTimeout(() => socket.destroy(), bounds.ms);
    const spare = () => clearTimeout(cut);
    socket.once('close', spare);
    req.on('data', function discard() {
      if (socket.bytesRead > most) socket.destroy();
    });
    req.once('end', function allTaken() {
      spare();
      socket.off('close', spare);
      if (isLast) socket.destroySoon();
    });
  });
}
