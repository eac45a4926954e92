import type { Socket } from 'node:net';

// RFC 9113, section 3.4: what a connection of HTTP/2 begins with. No method of HTTP/1.1 is called PRI.
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/**
 * Gives a connection to whom it is for by its first bytes, which are there to be read again.
 *
 * @param withinMs they have to come
 */
export function byFirstBytes(
  socket: Socket,
  withinMs: number,
  take: { readonly http1: (socket: Socket) => void; readonly http2: (socket: Socket) => void },
): void {
  let seen = Buffer.alloc(0);
  const end = () => void socket.destroy();
  const timer = setTimeout(end, withinMs);

  function done(): void {
    clearTimeout(timer);
    socket.off('data', look);
    socket.off('error', end);
    socket.off('end', end);
    socket.off('close', done);
  }
  function look(chunk: Buffer): void {
    seen = Buffer.concat([seen, chunk]);
    const compared = Math.min(seen.length, preface.length);
    const isHttp2 = preface.compare(seen, 0, compared, 0, compared) === 0;
    if (isHttp2 && compared < preface.length) return;
    done();
    socket.pause();
    socket.unshift(seen);
    if (isHttp2) return take.http2(socket);
    take.http1(socket);
    socket.resume();
    return undefined;
  }
  socket.on('data', look);
  socket.once('error', end);
  socket.once('end', end);
  socket.once('close', done);
}
