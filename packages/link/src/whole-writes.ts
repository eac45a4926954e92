import type { Writable } from 'node:stream';

// What a stream calls to write all pieces that wait.
const several = '_writev';

/**
 * Has a stream of HTTP/2 write in one piece what waits in several. Node says of a group of pieces that it is written as soon as it
 * comes to an empty last one, which HTTP/1.1 makes often, frees the memory of the texts in it, and sends that afterwards.
 */
export function writeWhole<S extends Writable>(stream: S): S {
  const write: unknown = Reflect.get(stream, '_write');
  if (typeof write !== 'function') throw new TypeError('a stream that cannot be written to');
  stream[several] = function writeAll(pieces, done) {
    // What Node calls the encoding of bytes is none that its types know.
    Reflect.apply(write, stream, [Buffer.concat(pieces.map(bytesOf)), 'buffer', done]);
  };
  return stream;
}

function bytesOf({ chunk, encoding }: { chunk: unknown; encoding: BufferEncoding }): Uint8Array {
  return chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk), encoding);
}
