import { unavailable } from './directory.ts';

/** Keeps us from asking whom it does no good to ask. */
export type Pause = {
  /** @throws HttpError `provider_unavailable` during a pause */
  check(): void;
  /** An answer came, whatever it says. */
  answered(): void;
  /**
   * None came.
   *
   * @param begin a pause at once, and not only when this happens again and again
   * @param askedForMs how long the other side wants to be left alone, where it says so
   */
  failed(options: { detail: string; begin: boolean; askedForMs?: number | undefined }): void;
};

const usualMs = 10_000;
// The other side may ask for more than we can believe, or for next to nothing.
const shortestMs = 1_000;
const longestMs = 5 * 60_000;
const toleratedFailures = 3;

/**
 * Makes a pause. While somebody is away, every question would wait for the time limit; one who is overloaded is only kept
 * from recovering. A few failures among answers begin none: they may be about one group.
 *
 * @param onBegin hears of each pause
 */
export function createPause(
  now: () => number,
  onBegin: (pause: { detail: string; seconds: number }) => void,
): Pause {
  let until = 0;
  let failures = 0;

  return {
    check() {
      if (now() < until) throw unavailable('it is left alone for a moment');
    },
    answered() {
      failures = 0;
    },
    failed({ detail, begin, askedForMs }) {
      failures += 1;
      if (!begin && failures < toleratedFailures) return;
      const forMs = Math.min(Math.max(askedForMs ?? usualMs, shortestMs), longestMs);
      if (now() + forMs <= until) return;
      if (now() >= until) onBegin({ detail, seconds: Math.round(forMs / 1000) });
      until = now() + forMs;
    },
  };
}

/** Reads `Retry-After` (RFC 9110, section 10.2.3), in milliseconds from now; undefined for whatever is none. */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = value.endsWith(' GMT') ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
