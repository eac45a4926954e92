import type { Emit } from '@latchkey/telemetry';
import { setTimeout as pause } from 'node:timers/promises';
import type { ProxyEvent } from '../telemetry/events.ts';
import type { Compare } from './ask.ts';
import type { Mismatch } from './compare.ts';

/** What is known of how proxy and auth go together. */
export type Handshake = {
  /** why nobody should be sent here as yet, in words for an operator; none where people may be */
  readonly whyNotReady: () => readonly string[];
  /** Compares once. */
  check(): Promise<void>;
  /** Compares from now on; resolves with the first answer, or when a start waits for it no longer. */
  begin(): Promise<void>;
  end(): void;
};

// A start takes less than a second, whether auth answers or not.
const firstAnswerMs = 300;
// Who starts both at once may start them in any order.
const startMs = 60_000;
const soonMs = 1_000;
const laterMs = 60_000;

/**
 * A proxy that starts with settings by which nobody could sign in, or the shared cookie would be none, is not ready: the
 * deployment stops, and those before it go on.
 * Auth that is away is no such reason, since sessions go on by their grace period; and a proxy that has been ready stays so,
 * because to take all of them out of the load balancer at once helps nobody.
 *
 * @param options.elapsed milliseconds that never jump
 */
export function createHandshake(options: {
  compare: Compare;
  emit: Emit<ProxyEvent>;
  elapsed: () => number;
}): Handshake {
  const { compare, emit, elapsed } = options;
  const startedAt = elapsed();
  let standing: readonly Mismatch[] = [];
  let isSettled = false;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;

  async function check(): Promise<void> {
    const found = await compare();
    if (found !== undefined) {
      for (const one of without(found, standing)) {
        emit({ kind: 'mismatch_began', mismatch: one, isReady: isSettled || !one.stops });
      }
      for (const { what } of without(standing, found)) emit({ kind: 'mismatch_over', what });
      standing = found;
    }
    const isKnown = found !== undefined || elapsed() - startedAt >= startMs;
    isSettled ||= isKnown && !standing.some(({ stops }) => stops);
  }

  async function goOn(): Promise<void> {
    await check();
    if (!isOver) timer = setTimeout(() => void goOn(), isSettled ? laterMs : soonMs).unref();
  }

  return {
    check,
    whyNotReady() {
      const reasons = isSettled ? [] : standing.filter(({ stops }) => stops);
      return reasons.map(({ sentence }) => sentence);
    },
    begin: () => Promise.race([goOn(), pause(firstAnswerMs, undefined, { ref: false })]),
    end() {
      isOver = true;
      clearTimeout(timer);
    },
  };
}

/** Those of some mismatches that others are not about: numbers in a sentence change from one minute to the next. */
function without(some: readonly Mismatch[], others: readonly Mismatch[]): Mismatch[] {
  return some.filter(({ what }) => others.every((other) => other.what !== what));
}
