import type { NobodyReason } from './reasons.ts';

/** A person whom auth vouches for. */
export type Person = {
  readonly kind: 'person';
  /** verified, lower-cased */
  readonly email: string;
  /** among the groups that routes name; undefined where they cannot be known now */
  readonly groups: readonly string[] | undefined;
  /** which groups were asked about; absent where all were, so that a group not in `groups` is one without this person */
  readonly askedGroups?: readonly string[];
};

/** Nobody: a request without a usable session, and why it is not usable. */
export type Nobody = {
  readonly kind: 'nobody';
  readonly why: NobodyReason;
  /** for the log: whose session it is that cannot be checked right now */
  readonly email?: string;
};

/** Who asks. */
export type Subject = Person | Nobody;
