import { clockSkewMs } from '@latchkey/session';

/** The groups of a person as their provider named them, and when (milliseconds since the epoch). */
export type DatedGroups = { readonly names: readonly string[]; readonly at: number };

/**
 * How much longer than its interval an answer about groups counts, where no newer one can be had; the same for claims and
 * for a directory. As long as the proxy's default for SESSION_TTL_GRACEPERIOD.
 */
export const groupsGraceMs = 3 * 3_600_000;

/**
 * Those that still count.
 *
 * @param options.groupsMs the interval of the provider
 * @returns undefined where none were named, or so long ago that they may be others by now
 */
export function countedGroups(
  dated: DatedGroups | undefined,
  { groupsMs, now }: { groupsMs: number; now: number },
): readonly string[] | undefined {
  if (dated === undefined) return undefined;
  const age = now - dated.at;
  // From the future: our clock was set back, and nobody knows how old they are.
  return age >= -clockSkewMs && age < groupsMs + groupsGraceMs ? dated.names : undefined;
}
