import { HttpError } from '@latchkey/http';

/** Somebody who can be asked in which groups a person is. */
export type Directory = {
  /**
   * In which of the groups the person is.
   *
   * @param email verified
   * @param groups by their addresses; each comes back as it was spelled
   * @param needed so many of them, from the first on, are waited for. The rest is asked for behind them, for next time
   */
  memberOf(email: string, groups: readonly string[], needed: number): Promise<Memberships>;
};

/** What is known about a person and some groups. */
export type Memberships = {
  readonly memberOf: readonly string[];
  /** of these nothing is known as yet */
  readonly unknown: readonly string[];
  /** how long ago that was known, in milliseconds; what counts for its interval is left out */
  readonly ageMs: number;
  /** why one of those that were needed is among them */
  readonly trouble?: HttpError;
};

/** The groups of a person that an answer tells of. `withheld`: the directory will not say, to us. */
export type DirectoryAnswer = readonly string[] | 'withheld';

/**
 * Asks a directory about a person, and whether they are in one group or in which ones.
 *
 * @throws HttpError `provider_unavailable` when there is no usable answer now
 */
export type AskGroups = (group: string, person: string) => Promise<DirectoryAnswer>;

/** Nobody could say. The caller should keep what was true before, and come back after a while. */
export function unavailable(detail: string, cause?: unknown): HttpError {
  const headers = { 'Retry-After': '10' };
  return new HttpError('provider_unavailable', { detail: `the directory: ${detail}`, headers, cause });
}
