/** What a roster says of what is remembered of a person and a group. Times are milliseconds of one clock. */
export type Verdict =
  /** it holds, and is known since then */
  | { readonly verdict: 'stands'; readonly knownAt: number }
  /** it has to be asked for anew, later than that */
  | { readonly verdict: 'doubtful'; readonly since: number }
  /** there is none, or it is of no help: it goes by its interval */
  | { readonly verdict: 'open' };

// Google's lists and its answers about one person need not change at the same moment, so one roster is not enough to tell that
// somebody is in a group without being named.
const doubtsEnough = 2;

/**
 * Weighs what was answered about a person and a group against a roster of the group. A roster only makes us ask: it never lets
 * anybody in or keeps them out by itself, for it may not know a person by the address that we know.
 *
 * @param answer.doubts how many rosters in a row have said otherwise, and were wrong
 */
export function weighed(
  answer: { readonly isIn: boolean; readonly saidAt: number; readonly doubts: number },
  roster: { readonly isNamed: boolean; readonly readAt: number },
): Verdict {
  const { isIn, saidAt, doubts } = answer;
  if (isIn === roster.isNamed) return { verdict: 'stands', knownAt: Math.max(saidAt, roster.readAt) };
  if (doubts >= doubtsEnough) return { verdict: 'open' };
  // What was said after the roster is newer than it.
  return saidAt >= roster.readAt
    ? { verdict: 'stands', knownAt: saidAt }
    : { verdict: 'doubtful', since: roster.readAt };
}
