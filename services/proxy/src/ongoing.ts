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

type Entry = { readonly what: GoesOn; decidedAt: number };

// So many questions to auth at a time.
const atOnce = 20;
// What ends is not to go on for longer than this beyond the time that an answer of auth counts for.
const lookEveryMs = 500;

/**
 * @param options.everyMs how often all are decided about again; and each as soon as auth is to be asked about its session again
 * @param options.elapsed milliseconds that never jump
 */
export function createOngoing({ everyMs, elapsed }: { everyMs: number; elapsed: () => number }): Ongoing {
  const ongoing = new Map<Exchange, Entry>();
  let look: Promise<void> | undefined;

  async function decideAbout(exchange: Exchange): Promise<void> {
    const entry = ongoing.get(exchange);
    if (entry === undefined) return;
    entry.decidedAt = elapsed();
    const why = await entry.what.whyNot(exchange).catch(() => 'internal_error' as const);
    if (why !== undefined && ongoing.delete(exchange)) entry.what.end(exchange, why);
  }

  async function decideAboutAll(waiting: Exchange[]): Promise<void> {
    const workers = Array.from({ length: Math.min(atOnce, waiting.length) }, async function work() {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await decideAbout(next);
    });
    await Promise.all(workers);
  }

  function isDue([exchange, { decidedAt }]: [Exchange, Entry]): boolean {
    const askAgainAt = sessionOf(exchange)?.state.askAgainAt ?? Infinity;
    return elapsed() >= Math.min(decidedAt + everyMs, askAgainAt);
  }

  // One look that takes longer than the interval is not joined by another.
  const timer = setInterval(
    function lookAgain() {
      look ??= decideAboutAll([...ongoing].filter(isDue).map(([exchange]) => exchange)).finally(
        () => (look = undefined),
      );
    },
    Math.min(everyMs, lookEveryMs),
  );
  timer.unref();

  return {
    begin: (exchange, what) => void ongoing.set(exchange, { what, decidedAt: elapsed() }),
    end: (exchange) => void ongoing.delete(exchange),
    decideAbout,
    recheck: (which) => decideAboutAll([...ongoing.keys()].filter(which)),
    close: () => clearInterval(timer),
  };
}

/** Why a request would not be let in. Where it would lead by now does not matter: what goes on stays with its application. */
export function whyNot({ decision }: Outcome<KnownSession>): WhyNot | undefined {
  if (decision === undefined) return 'unknown_host';
  return decision.allow ? undefined : decision.reason;
}
