import { isReason, isTransient } from '@latchkey/access';
import type { Exchange } from '../../exchange.ts';
import type { GoesOn, Ongoing, WhyNot } from '../../ongoing.ts';
import type { CloseCode, Tunnel } from './tunnel.ts';

/** An open WebSocket and the request that it began with. */
export type Watched = {
  readonly exchange: Exchange;
  readonly tunnel: Tunnel;
  readonly whyNot: GoesOn['whyNot'];
  /** what became of it is to be said now: it is about to be ended */
  readonly cut: (why: WhyNot) => void;
};

/** The open WebSockets. */
export type Tunnels = {
  /**
   * Opens one.
   *
   * @param isOvertaken what its handshake was decided by is not in force any more, so it is decided about again first
   */
  add(watched: Watched, isOvertaken: boolean): Promise<void>;
  /** Decides about all of them now: they may go on for days, and what is in force has changed. */
  recheck(): Promise<void>;
  /** Ends all of them, and whatever is added from now on. */
  close(): void;
};

/** @param ongoing decides about them again while they are open */
export function createTunnels(ongoing: Pick<Ongoing, 'begin' | 'end' | 'decideAbout' | 'recheck'>): Tunnels {
  const open = new Map<Exchange, Tunnel>();
  let closed = false;

  return {
    async add({ exchange, tunnel, whyNot, cut }, isOvertaken) {
      if (closed) return tunnel.close(1001);
      open.set(exchange, tunnel);
      ongoing.begin(exchange, {
        whyNot,
        end(_, why) {
          open.delete(exchange);
          cut(why);
          tunnel.close(codeFor(why));
        },
      });
      tunnel.onClose(function forget() {
        open.delete(exchange);
        ongoing.end(exchange);
      });
      if (isOvertaken) await ongoing.decideAbout(exchange);
      if (open.has(exchange)) tunnel.open();
    },
    recheck: () => ongoing.recheck((exchange) => open.has(exchange)),
    close() {
      closed = true;
      for (const tunnel of open.values()) tunnel.close(1001);
      open.clear();
    },
  };
}

// A refusal that is about us and not about the person may be over in a moment.
function codeFor(why: WhyNot): CloseCode {
  return why === 'internal_error' || (isReason(why) && isTransient(why)) ? 1013 : 1008;
}
