import { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';

/** The largest message that either side takes, bytes. Neither sends more than a connection was read at once, 64 KiB. */
export const largestMessage = 256 * 1024;

/** What says that nothing more comes this way. A WebSocket has one end for both ways, and TCP has two. */
const endOfWay = 'end';

/**
 * A WebSocket as a stream of bytes whose two ways end by themselves: a binary message is bytes, the text message `end` is the
 * end of one way, and no other is known. What is not taken here is not read there.
 *
 * It ends with an error where the WebSocket closes before both ways have ended.
 */
export function overWebSocket(ws: WebSocket): Duplex {
  let hasEnded = false;
  const stream = new Duplex({
    allowHalfOpen: true,
    read: () => ws.resume(),
    write: (chunk: Buffer, _encoding, done) => ws.send(chunk, { binary: true }, done),
    final: (done) => ws.send(endOfWay, done),
  });
  ws.pause();
  ws.on('message', function received(data: RawData, isBinary: boolean) {
    // What still comes is of no use, and behind it the other side says goodbye.
    if (stream.destroyed) return;
    if (hasEnded || (!isBinary && !isEnd(data))) {
      stream.destroy(new Error('a message that does not belong into a tunnel'));
      return;
    }
    hasEnded = !isBinary;
    const isWanted = stream.push(isBinary ? data : null);
    // Behind the end only closing comes, and that is to be heard.
    if (!isWanted && isBinary) ws.pause();
  });
  ws.once('close', function closed(code: number) {
    // What has come and was not taken yet is still there to be taken.
    if (!hasEnded || !stream.writableFinished) stream.destroy(new Error(`the tunnel was closed (${code})`));
  });
  ws.on('error', (error) => stream.destroy(error));
  return stream;
}

// A text comes in one piece, unless `ws` is asked for its fragments.
function isEnd(data: RawData): boolean {
  return Buffer.isBuffer(data) && data.toString() === endOfWay;
}
