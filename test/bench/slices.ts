/** The order of one round: each comes first once, so that none always follows the same one or the start. */
function rotated<T>(items: readonly T[], round: number): T[] {
  const by = items.length === 0 ? 0 : round % items.length;
  return [...items.slice(by), ...items.slice(0, by)];
}

/**
 * Measures everything in short slices, one after the other, round by round: what else happens on the machine meets all
 * alike.
 *
 * @returns what each gave, round by round
 */
export async function interleave<T, Result>(
  items: readonly T[],
  rounds: number,
  measure: (item: T) => Promise<Result>,
): Promise<Map<T, Result[]>> {
  const results = new Map<T, Result[]>(items.map((item) => [item, []]));
  for (let round = 0; round < rounds; round++) {
    for (const item of rotated(items, round)) results.get(item)?.push(await measure(item));
  }
  return results;
}
