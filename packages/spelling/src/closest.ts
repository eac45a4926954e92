/**
 * The candidate that `word` was most likely meant to be.
 * @param share how much of its letters may be wrong
 */
export function closest(word: string, candidates: readonly string[], share = 1 / 3): string | undefined {
  const written = normalise(word);
  if (written.length > 64) return undefined;
  const ranked = candidates
    // As many letters are wrong as one of the two is longer, at the least.
    .filter((candidate) => Math.abs(candidate.length - written.length) <= candidate.length * share)
    .map((candidate) => ({ candidate, distance: distance(written, normalise(candidate)) }))
    .filter(({ candidate, distance }) => distance <= candidate.length * share)
    .toSorted((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

function normalise(word: string): string {
  return word.toLowerCase().replaceAll('-', '_');
}

/** Letters that changed places are one mistake: `form` for `from`. */
function distance(from: string, to: string): number {
  return lettersOf(from) === lettersOf(to) ? Math.min(1, editDistance(from, to)) : editDistance(from, to);
}

function lettersOf(word: string): string {
  return word.split('').toSorted().join('');
}

/** Levenshtein's distance, row by row. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 0; i < from.length; i += 1) {
    let diagonal = i;
    const next = [i + 1];
    for (let j = 1; j <= to.length; j += 1) {
      const above = row[j] ?? 0;
      const replaced = diagonal + (from[i] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, above + 1, (next[j - 1] ?? 0) + 1));
      diagonal = above;
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
