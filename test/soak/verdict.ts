/** Whether memory has stopped growing: the last third of a run beside the second. */
export type Verdict = { readonly second: number; readonly last: number; readonly isFlat: boolean };

const mostRatio = 1.2;
const mostMiB = 16;

/**
 * Compares the means of the last two thirds of what was measured. In the first, memory grows to what the load needs.
 *
 * @param resident MiB, at equal distances
 */
export function verdictOf(resident: readonly number[]): Verdict {
  const third = Math.ceil(resident.length / 3);
  const second = mean(resident.slice(-2 * third, -third));
  const last = mean(resident.slice(-third));
  // Either alone may be chance. With nothing to compare, nothing is known.
  return { second, last, isFlat: last <= Math.max(second * mostRatio, second + mostMiB) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
