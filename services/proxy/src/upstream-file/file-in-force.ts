import type { Component } from '@latchkey/admin';
import type { UpstreamState } from './status.ts';

/** Which version of the upstream file is in force, as operators read it. */
export type FileInForce = {
  /** where it is from */
  readonly source: string;
  readonly sha256: string;
  /** what its source calls it */
  readonly version?: string;
  /** when it was last written to, where that is known */
  readonly written?: Date;
  /** since when it is in force here */
  readonly since: Date;
  readonly age_seconds: number;
  /** whether a later version was refused or could not be read */
  readonly later_refused: boolean;
  /** and why */
  readonly later_refused_why?: string;
  /** this task began with the last good version, and has had no other since */
  readonly is_last_good?: true;
};

/** Puts it together. */
export function fileInForce({ source, inForce, since, trouble, isLastGood }: UpstreamState): FileInForce {
  const { sha256, version, written } = inForce;
  return {
    source,
    sha256,
    ...(version !== undefined && { version }),
    ...(written && { written }),
    since,
    age_seconds: Math.round((Date.now() - since.getTime()) / 1000),
    later_refused: trouble !== undefined,
    ...(trouble && { later_refused_why: trouble.why }),
    ...(isLastGood && { is_last_good: true }),
  };
}

/** A file that is not the newest keeps nobody away: the routes are those from before. But an operator should see it. */
export function upstreamComponent({ trouble, isLastGood }: UpstreamState): Component {
  const what = isLastGood ? 'the last good version is in force' : 'the version before is in force';
  const why = trouble === undefined ? [] : [what];
  // A mistake in the file names hosts, groups and people.
  return { name: 'upstream_file', isReady: true, why, details: trouble && [trouble.why] };
}
