import type { Http2Stream } from 'node:http2';

/**
 * Whether nothing can be sent on a stream any more: Node throws then. It says of a stream on a later tick, and by then the other side
 * may have taken it back.
 */
export function isClosed({ closed, destroyed }: Http2Stream): boolean {
  return closed || destroyed;
}
