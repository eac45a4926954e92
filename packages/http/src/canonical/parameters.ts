/** How many pairs the query of a link to us may have: our own have a dozen, and a provider may add a few. */
export const mostQueryPairs = 64;

/**
 * Tells whether a query or a form has more than `most` pairs, empty ones counted. It is asked before anything is made of
 * them: a pair costs a stranger two bytes, and us half a microsecond.
 */
export function hasMorePairs(text: string, most: number): boolean {
  return text.split('&', most + 1).length > most;
}
