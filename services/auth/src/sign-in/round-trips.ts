import { createHash } from 'node:crypto';

/** Returns of one browser to one address within a window. Times are milliseconds since the epoch. */
export type TripCount = {
  readonly to: string;
  readonly count: number;
  readonly first: number;
  readonly last: number;
};

const windowMs = 60_000;
const keptTrips = 5;
const tooMany = 3;

/**
 * Counts one more return to an address.
 *
 * @param target where the browser is about to be sent
 * @param began when this round trip began. One that began before the last return is another tab with the same
 *   address, not a browser that came straight back, and does not count.
 * @returns whether it has come back too often, and what to remember
 */
export function countReturn(
  trips: readonly TripCount[],
  target: string,
  { began, now }: { began: number; now: number },
): { readonly isLoop: boolean; readonly trips: readonly TripCount[] } {
  const to = createHash('sha256').update(target).digest('base64url').slice(0, 16);
  const recent = trips.filter(({ first }) => now - first < windowMs);
  const others = recent.filter((trip) => trip.to !== to);
  const known = recent.find((trip) => trip.to === to) ?? { to, count: 0, first: now, last: 0 };
  const count = began < known.last ? known.count : known.count + 1;
  // Once stopped, the counting starts anew: the person may try again.
  if (count >= tooMany) return { isLoop: true, trips: others };
  return { isLoop: false, trips: [...others, { ...known, count, last: now }].slice(-keptTrips) };
}

/** Writes trips into the value of a cookie. */
export function writeTrips(trips: readonly TripCount[]): string {
  const rows = trips.map(({ to, count, first, last }) => [to, count, first, last]);
  return Buffer.from(JSON.stringify(rows)).toString('base64url');
}

/** Reads trips from the value of a cookie; nothing readable is no trips. */
export function readTrips(value: string | undefined): TripCount[] {
  if (value === undefined || value.length > 1024) return [];
  try {
    const rows: unknown = JSON.parse(Buffer.from(value, 'base64url').toString('utf8'));
    return Array.isArray(rows) ? rows.slice(0, keptTrips).flatMap(readTrip) : [];
  } catch {
    return [];
  }
}

function readTrip(row: unknown): TripCount[] {
  if (!Array.isArray(row)) return [];
  const [to, count, first, last]: unknown[] = row;
  if (typeof to !== 'string' || typeof count !== 'number') return [];
  if (typeof first !== 'number' || typeof last !== 'number') return [];
  return [{ to, count, first, last }];
}
