import type { Reason } from '@latchkey/access';
import type { Outcome } from '@latchkey/admission';
import type { ErrorCode } from '@latchkey/contract';
import type { KnownSession } from './authn/session-state.ts';
import { sessionOf } from './exchange.ts';
import type { Exchange } from './exchange.ts';

/** Why nobody would be let in where somebody has been: a decision, or an error of ours. */
export type WhyNot = Reason | Extract<ErrorCode, 'unknown_host' | 'internal_error'>;

/** What still goes on of a request that was let in. */
export type GoesOn = {
  /** decides again about the request; undefined where it would be let in */
  readonly whyNot: (exchange: Exchange) => Promise<WhyNot | undefined>;
  /** ends it */
  readonly end: (exchange: Exchange, why: WhyNot) => void;
};

/**
 * What goes on after it was let in: open WebSockets, answers that are still being sent. A session is looked at when a request
 * begins, so each is looked at again while it goes on.
 */
export type Ongoing = {
  begin(exchange: Exchange, what: GoesOn): void;
  end(exchange: Exchange): void;
  /** Decides about one now, and ends it where it would not be let in any more. */
  decideAbout(exchange: Exchange): Promise<void>;
  /** Decides about certain ones now. */
  recheck(which: (exchange: Exchange) => boolean): Promise<void>;
  close(): void;
};

type Entry = { readonly exchange: Exchange; readonly what: GoesOn; decidedAt: number };

// So many questions to auth at a time.
const atOnce = 20;
// What ends is not to go on for longer than this beyond the time that an answer of auth counts for.
const lookEveryMs = 500;

/**
 * Keeps them in a list, each request knowing its place. In a map each would be added and deleted: V8 then makes a new table every
 * few dozen, and the table before leads to it. Once one of them is old, all requests since are taken for living until the whole
 * memory is looked at.
 *
 * @param options.everyMs how often all are decided about again; and each as soon as auth is to be asked about its session again
 * @param options.elapsed milliseconds that never jump
 */
export function createOngoing({ everyMs, elapsed }: { everyMs: number; elapsed: () => number }): Ongoing {
  const ongoing: Entry[] = [];
  let look: Promise<void> | undefined;

  function begin(exchange: Exchange, what: GoesOn): void {
    exchange.ongoingAt = ongoing.push({ exchange, what, decidedAt: elapsed() }) - 1;
  }

  // The last one takes its place.
  function leave(exchange: Exchange): boolean {
    const at = exchange.ongoingAt;
    if (at === undefined) return false;
    exchange.ongoingAt = undefined;
    const last = ongoing.pop();
    if (last === undefined || last.exchange === exchange) return true;
    ongoing[at] = last;
    last.exchange.ongoingAt = at;
    return true;
  }

  async function decideAbout(exchange: Exchange): Promise<void> {
    const entry = exchange.ongoingAt === undefined ? undefined : ongoing[exchange.ongoingAt];
    if (entry === undefined) return;
    entry.decidedAt = elapsed();
    const why = await entry.what.whyNot(exchange).catch(() => 'internal_error' as const);
    if (why !== undefined && leave(exchange)) entry.what.end(exchange, why);
  }

  async function decideAboutAll(which: (entry: Entry) => boolean): Promise<void> {
    const waiting = ongoing.filter(which).map(({ exchange }) => exchange);
    const workers = Array.from({ length: Math.min(atOnce, waiting.length) }, async function work() {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await decideAbout(next);
    });
    await Promise.all(workers);
  }

  function isDue({ exchange, decidedAt }: Entry): boolean {
    const askAgainAt = sessionOf(exchange)?.state.askAgainAt ?? Infinity;
    return elapsed() >= Math.min(decidedAt + everyMs, askAgainAt);
  }

  // One look that takes longer than the interval is not joined by another.
  const timer = setInterval(
    function lookAgain() {
      look ??= decideAboutAll(isDue).finally(() => (look = undefined));
    },
    Math.min(everyMs, lookEveryMs),
  );
  timer.unref();

  return {
    begin,
    end: (exchange) => void leave(exchange),
    decideAbout,
    recheck: (which) => decideAboutAll(({ exchange }) => which(exchange)),
    close: () => clearInterval(timer),
  };
}

/** Why a request would not be let in. Where it would lead by now does not matter: what goes on stays with its application. */
export function whyNot({ decision }: Outcome<KnownSession>): WhyNot | undefined {
  if (decision === undefined) return 'unknown_host';
  return decision.allow ? undefined : decision.reason;
}
