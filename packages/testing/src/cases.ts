/**
 * How many cases a property is tried with: as many as are enough for every day, and a hundred thousand where everything is
 * run (`LATCHKEY_TESTS=all`).
 */
export function cases(everyDay: number): number {
  return process.env['LATCHKEY_TESTS'] === 'all' ? 100_000 : everyDay;
}

/** How long a test with that many cases may take. */
export const casesMs = 600_000;
