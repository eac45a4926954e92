import { LRUCache } from 'lru-cache';
import type { Dispatcher } from 'undici';
import { notStarted } from '../ask-first.ts';
import type { DispatchedRequest } from '../ask-first.ts';
import type { Freshness } from '../pools.ts';
import type { Destination } from '../../dial/destination.ts';
import type { Dialer } from '../../dial/dialer.ts';
import { openLine } from './line.ts';
import type { Line } from './line.ts';

/** What a connection is looked for by. */
export type Http2Way = {
  /** the same for requests that may share a connection */
  readonly key: string;
  readonly destination: Destination;
  /** how long one is kept without a request on it */
  readonly idleMs: number;
  /** how long one takes new requests */
  readonly resetMs: number;
};

/** Connections to applications that speak HTTP/2. Many requests are under way on each. */
export type Http2Sessions = {
  dispatch(
    way: Http2Way,
    freshness: Freshness,
    outgoing: DispatchedRequest,
    handler: Dispatcher.DispatchHandler,
  ): void;
  close(): void;
};

// As many origins as have pools over HTTP/1.1, and as many certificates of people as there may be.
const keptOrigins = 7_000;

/**
 * @param options.recentMs within which nobody closes a connection that was used
 * @param options.elapsed milliseconds that never jump
 */
export function createHttp2Sessions(options: {
  dialer: Dialer;
  recentMs: number;
  elapsed: () => number;
}): Http2Sessions {
  const { dialer, recentMs, elapsed } = options;
  const origins = new LRUCache<string, Set<Line>>({ max: keptOrigins, dispose: retireAll });

  function linesTo(key: string): Set<Line> {
    const lines = origins.get(key) ?? new Set();
    origins.set(key, lines);
    return lines;
  }

  // A new one only where there is none with room.
  function find({ key, resetMs }: Http2Way, freshness: Freshness): Line | undefined {
    if (freshness === 'new') return undefined;
    for (const line of linesTo(key)) {
      if (elapsed() - line.openedAt >= resetMs) line.retire();
      else if (line.hasRoom() && (freshness === 'kept' || line.isUsedWithin(recentMs))) return line;
    }
    return undefined;
  }

  function open({ key, destination, idleMs }: Http2Way): Line {
    const lines = linesTo(key);
    const line = openLine({ dialer, destination, idleMs, elapsed, onRetire: () => lines.delete(line) });
    lines.add(line);
    return line;
  }

  return {
    dispatch(way, freshness, outgoing, handler) {
      // Nobody is asked first whether a body may come: what is sent ahead ends with the window of the stream.
      const wanted = outgoing.expectContinue === true ? 'recent' : freshness;
      const line = find(way, wanted) ?? open(way);
      line.send(outgoing, handler, (error) => handler.onResponseError?.(notStarted, error));
    },
    close: () => origins.clear(),
  };
}

function retireAll(lines: Set<Line>): void {
  for (const line of lines) line.retire();
}
