import { mostStreams } from '@latchkey/link';
import type { ClientHttp2Session } from 'node:http2';

/** A connection on which streams to applications are opened: of a connector, or of another task that has one. */
export type StreamLine = {
  readonly session: ClientHttp2Session;
  /** streams that are open */
  open: number;
};

type Stream = { once(event: 'close', then: () => void): unknown };

/** Where there are lines to a connector. */
export type StreamLines = {
  /** The one with the least to do that leads to a connector of this name, none of `others`. */
  least(name: string, others: ReadonlySet<StreamLine>): StreamLine | undefined;
  /** Counts a stream on one of them, until its end. */
  begin(line: StreamLine, stream: Stream): void;
};

/** The one with the least to do, none of `others`. One that is full is none: a stream more would wait there for another to end. */
export function leastOf<L extends StreamLine>(
  lines: Iterable<L>,
  others: ReadonlySet<StreamLine>,
): L | undefined {
  let best: L | undefined;
  for (const line of lines) {
    const { session, open } = line;
    const hasRoom = open < Math.min(mostStreams, session.remoteSettings?.maxConcurrentStreams ?? mostStreams);
    const isFree = hasRoom && !others.has(line) && !session.closed && !session.destroyed;
    if (isFree && (best === undefined || open < best.open)) best = line;
  }
  return best;
}
