const one = () => 1;

/**
 * Bounds a cache (`lru-cache`) by how many entries it has. Its own `max` takes the memory for all of them when the cache is made.
 */
export function upTo(entries: number): { maxSize: number; sizeCalculation: () => number } {
  return { maxSize: entries, sizeCalculation: one };
}
