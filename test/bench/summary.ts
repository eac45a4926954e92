/** What came of asking. */
export type Load = {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

/** What a load generator prints as its last line. */
export type Summary = Readonly<
  Record<'requests' | 'seconds' | 'p50Ms' | 'p99Ms' | 'refused' | 'broken', number>
>;

/**
 * Sums up answers that have come.
 *
 * @param tookMs how long each took
 * @param seconds how long all of them took
 */
export function loadOf(tookMs: readonly number[], seconds: number): Load {
  const sorted = tookMs.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? NaN;
  return { requests: tookMs.length, seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

/**
 * Reads the last line that a load generator has printed.
 *
 * @throws Error where a request failed: an error is answered sooner than what was asked for
 */
export function readLoad(printed: string): Load {
  const { refused, broken, ...load } = JSON.parse(printed.trimEnd().split('\n').at(-1) ?? '') as Summary;
  if (load.requests === 0) throw new Error('nothing was answered');
  if (refused + broken > 0) {
    throw new Error(`of ${load.requests} requests ${refused} were refused and ${broken} broke off`);
  }
  return load;
}
