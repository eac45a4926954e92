/**
 * How many cases a property is tried with: as many as are enough for every day, and a hundred thousand where what takes long
 * is run, too (`LATCHKEY_TESTS`).
 */
export function cases(everyDay: number): number {
  return (process.env['LATCHKEY_TESTS'] ?? '') === '' ? everyDay : 100_000;
}

/** How long a test with that many cases may take. */
export const casesMs = 600_000;
