import { rawValues } from '@latchkey/http';
import type { Exchange } from '../../exchange.ts';

/** The event streams that pages keep open. */
export type EventStreams = {
  /** One has begun. */
  begin(exchange: Exchange): void;
  /** Ends all of them as if the application had, and whatever begins from now on. */
  close(): void;
};

/**
 * Ends event streams when the proxy stops: they would hold that up for as long as it waits, and break off then. The page opens
 * its stream again by itself, and gets it from another task (HTML, section 9.2.3, "reestablish the connection").
 */
export function createEventStreams(): EventStreams {
  const open = new Set<Exchange>();
  let isClosed = false;

  return {
    begin(exchange) {
      if (isClosed) return end(exchange);
      open.add(exchange);
      return void exchange.res.once('close', () => open.delete(exchange));
    },
    close() {
      isClosed = true;
      open.forEach(end);
    },
  };
}

function end(exchange: Exchange): void {
  exchange.detail = 'ended: the proxy stops';
  exchange.res.end();
}

/**
 * Tells whether an answer is a stream that a page opens again when it ends. One to a form or a question of a script is not: it
 * has an end of its own, and would be taken for whole.
 *
 * @param method of the request: what opens streams again by itself can only send GET
 */
export function isEventStream(method: string, rawHeaders: readonly string[]): boolean {
  if (method !== 'GET') return false;
  return rawValues(rawHeaders, 'content-type').some((type) => /^text\/event-stream\s*(;|$)/i.test(type));
}
