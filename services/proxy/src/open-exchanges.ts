import type { Logger } from 'pino';
import type { AskAuth } from './ask-auth.ts';
import type { EndedSessions } from './authn/ended-sessions.ts';
import { followRevocations } from './authn/follow-revocations.ts';
import { sessionOf } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { createOngoing } from './ongoing.ts';
import type { Ongoing } from './ongoing.ts';
import { createTunnels } from './transport/websocket/tunnels.ts';
import type { Tunnels } from './transport/websocket/tunnels.ts';
import type { LiveTable } from './upstream-file/live-table.ts';

/** What goes on after it was let in, and ends when it would be refused. */
export type OpenExchanges = {
  readonly ongoing: Ongoing;
  readonly tunnels: Tunnels;
  /** whether auth has said since a moment, by `elapsed`, that the session of a request has ended */
  readonly hasEndedSince: (exchange: Exchange, moment: number) => boolean;
  readonly close: () => void;
};

/**
 * Keeps open answers and WebSockets, and decides about them again: by the clock, when the routes change, and at once when
 * auth says that a session has ended.
 */
export function createOpenExchanges({
  askAuth,
  table,
  ended,
  everyMs,
  elapsed,
  log,
}: {
  askAuth: AskAuth;
  table: LiveTable;
  ended: EndedSessions;
  everyMs: number;
  /** milliseconds that never jump */
  elapsed: () => number;
  log: Logger;
}): OpenExchanges {
  const ongoing = createOngoing({ everyMs, elapsed });
  const tunnels = createTunnels(ongoing);
  table.onReplace(() => void tunnels.recheck());
  function hasEndedSince(exchange: Exchange, moment: number): boolean {
    const known = sessionOf(exchange);
    return known !== undefined && ended.since(known.session, moment);
  }
  const revocations = followRevocations({
    askAuth,
    hear(ends) {
      const heardAt = elapsed();
      for (const one of ends) ended.add(one);
      if (ends.length > 0) void ongoing.recheck((exchange) => hasEndedSince(exchange, heardAt));
    },
    log,
  });
  return {
    ongoing,
    tunnels,
    hasEndedSince,
    close() {
      revocations.close();
      ongoing.close();
    },
  };
}
