type Parts = { readonly [name: string]: (shifted: Date) => number };

/** What a clock and a calendar show at a moment, as CEL names it. */
export const clockParts: Parts = {
  getHours: (at) => at.getUTCHours(),
  getMinutes: (at) => at.getUTCMinutes(),
  getDayOfWeek: (at) => at.getUTCDay(),
  getDate: (at) => at.getUTCDate(),
  getMonth: (at) => at.getUTCMonth(),
  getFullYear: (at) => at.getUTCFullYear(),
};

// No zone changes its offset within one.
const quarterMs = 15 * 60_000;

/**
 * Makes the question how far the clocks of a time zone are ahead of UTC at a moment, in milliseconds.
 *
 * @param zone a name such as `Europe/Berlin`, or an offset such as `+02:00`
 * @returns undefined where there is no such zone
 */
export function offsetIn(zone: string): ((at: number) => number) | undefined {
  const format = formatOf(zone);
  if (format === undefined) return undefined;
  let known = { quarter: NaN, offset: 0 };
  return function offsetAt(at) {
    const quarter = Math.floor(at / quarterMs);
    if (quarter !== known.quarter)
      known = { quarter, offset: wallClock(format, quarter * quarterMs) - quarter * quarterMs };
    return known.offset;
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    const digits = 'numeric';
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: digits,
      month: digits,
      day: digits,
      hour: digits,
      minute: digits,
      second: digits,
    });
  } catch {
    return undefined;
  }
}

function wallClock(format: Intl.DateTimeFormat, at: number): number {
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const [year = 0, month = 1, ...rest] = (['year', 'month', 'day', 'hour', 'minute', 'second'] as const).map(
    (type) => parts.get(type),
  );
  const [day, hour, minute, second] = rest;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
