import { digest } from '@latchkey/contract';

/** What is kept, by kind. Each has its own room in the memory store, so that no kind pushes out another. */
export type Kind =
  /** the newest standing of a session, by `sid` */
  | 'grant'
  /** the `sid`s of an account, by provider and `sub` */
  | 'account'
  /** what there is to tell of a session, by `sid` */
  | 'session'
  /** the accounts of an e-mail address */
  | 'email'
  /** the accounts that have signed in last */
  | 'accounts'
  /** our `sid`s of a session at the provider, by provider and its own `sid` */
  | 'provider session'
  /** whose a session at the provider is, by the same */
  | 'provider session owner'
  /** that a session at the provider has ended, by the same */
  | 'provider end'
  /** which refresh token of a program is the next one, by what all of one approval have in common */
  | 'family'
  /** what there is to tell of a program that acts for a person, by the same */
  | 'program'
  /** those of an account, by provider and `sub` */
  | 'programs'
  /** what programs on other devices ask for, by the codes that people type */
  | 'device code'
  /** codes that were redeemed */
  | 'code'
  /** ids of tokens that were shown, for those that count once (`jti`) */
  | 'token'
  /** sign-ins that have come back from the provider */
  | 'attempt'
  /** what came of them, for a second click */
  | 'outcome'
  /** what a directory said of a person and a group */
  | 'membership'
  /** who is in a group, as a directory has listed it */
  | 'roster'
  /** what one address has asked for */
  | 'rate';

/** Where something is kept. */
export type Place = { readonly kind: Kind; readonly id: string };

/**
 * The place of something.
 *
 * @param names all that tells it from others of its kind. A store never sees them: they are people, groups and addresses,
 *   of any length, and of any character.
 */
export function placeOf(kind: Kind, ...names: readonly [string, ...string[]]): Place {
  return { kind, id: digest(names) };
}
