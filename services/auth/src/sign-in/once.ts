import { upTo } from '@latchkey/http';
import { attemptLifeMs } from '@latchkey/session';
import { LRUCache } from 'lru-cache';

/** Finishes the sign-in of a state once; whoever comes at the same time or soon after gets the same outcome. */
export type Once<Outcome> = (
  state: string,
  finish: () => Promise<Outcome>,
) => Promise<Outcome | 'used already'>;

// As long as it takes to click a second time, and as many.
const keptOutcomeMs = 10_000;
const keptOutcomes = 1_000;
// Strangers begin sign-ins, so these are not among the one-time values of the store, which refuses what it has no room for.
// Of a state that was pushed out the provider sees the code again, and refuses it.
const keptStates = 100_000;

/**
 * A provider takes the second use of a code for theft, and takes back what it gave for the first (RFC 6749, section 4.1.2): it
 * is shown one once.
 *
 * @param elapsed milliseconds, never set back
 */
export function createOnce<Outcome>(elapsed: () => number): Once<Outcome> {
  const clock = { perf: { now: elapsed }, ttlResolution: 0 };
  const outcomes = new LRUCache<string, Promise<Outcome>>({
    max: keptOutcomes,
    ttl: keptOutcomeMs,
    ...clock,
  });
  const states = new LRUCache<string, true>({ ...upTo(keptStates), ttl: attemptLifeMs, ...clock });

  return async function once(state, finish) {
    const known = outcomes.get(state);
    if (known !== undefined) return known;
    if (states.has(state)) return 'used already';
    states.set(state, true);
    const outcome = finish();
    outcomes.set(state, outcome);
    return outcome;
  };
}
