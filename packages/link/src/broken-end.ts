import type { Http2Stream } from 'node:http2';
import type { Readable } from 'node:stream';

// What a stream calls with each piece that has come, and with nothing at the end.
const received = 'push';

/**
 * Has a stream of HTTP/2 fail where it is cut off. Node lets it end like a complete one, whether the other side has reset it or the
 * connection below was closed: what is joined to it would take half of an answer for all of it. A true end comes before the stream
 * is closed.
 */
export function failWhenCut<S extends Http2Stream>(stream: S): S {
  const push: Readable['push'] = stream[received].bind(stream);
  let hasEnded = false;
  stream[received] = (chunk, encoding) => {
    if (chunk !== null) return push(chunk, encoding);
    hasEnded ||= !stream.closed && !stream.destroyed;
    if (hasEnded) return push(null);
    // Node is about to look at the session of the stream, which goes with it.
    process.nextTick(() => stream.destroy(Object.assign(new Error('cut off'), { code: 'ECONNRESET' })));
    return false;
  };
  return stream;
}

/**
 * Resets a stream: the connection that it stands for broke (RFC 9113, section 8.5). To close it with a code would end it first, in
 * a frame of its own.
 */
export function resetStream(stream: Http2Stream): void {
  stream.destroy(new Error('the connection behind it broke'));
}
