import { HttpError } from '@latchkey/http';

/** Somebody who can be asked in which groups a person is. */
export type Directory = {
  /**
   * Those of the groups that the person is in.
   *
   * @param email verified
   * @param groups by their addresses; each comes back as it was spelled
   * @throws HttpError `provider_unavailable` when of one of them nothing is known and nothing can be learned now
   */
  memberOf(email: string, groups: readonly string[]): Promise<readonly string[]>;
};

/** What a directory says about a person and a group. `untold`: it will not say, about this group, to us. */
export type Membership = 'member' | 'not a member' | 'untold';

/**
 * Asks a directory about one person and one group.
 *
 * @throws HttpError `provider_unavailable` when there is no usable answer now
 */
export type AskMembership = (group: string, person: string) => Promise<Membership>;

/** Nobody could say. Whoever asked should keep what was true before, and come back after a while. */
export function unavailable(detail: string, cause?: unknown): HttpError {
  const headers = { 'Retry-After': '10' };
  return new HttpError('provider_unavailable', { detail: `the directory: ${detail}`, headers, cause });
}
