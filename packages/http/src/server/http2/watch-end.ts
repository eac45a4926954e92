import type { Http2Stream } from 'node:http2';

/**
 * Tells whether what a stream brings has come whole. A stream that is reset ends, too, and with NO_ERROR (as Node resets one that
 * is destroyed) it looks like one that is complete.
 */
export function watchEnd(stream: Http2Stream): () => boolean {
  const push = stream.push.bind(stream);
  // Node says of a stream on a later tick, and by then a body that came in the same read is over.
  let isEnded = stream.state.remoteClose === 1 && !stream.closed;
  stream.push = function hear(chunk: unknown, encoding) {
    // RFC 9113, section 5.1: the last frame comes while the stream is open; what is reset is closed first.
    if (chunk === null && !stream.closed) isEnded = true;
    return push(chunk, encoding);
  };
  return () => isEnded;
}
