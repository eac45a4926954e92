import type { Person } from '@latchkey/access';
import type { IntrospectionResponse } from '@latchkey/contract';
import type { SessionQuestion } from './introspect.ts';

/** What auth said about a person and a group, and when, by the clock that never jumps. */
export type ReportedGroup = { readonly isMember: boolean; readonly at: number };

/**
 * What auth has reported by now. Where it could not report on a group this time, its former report stays: an answer about the
 * others must not take that away.
 */
export function mergeReported(
  before: ReadonlyMap<string, ReportedGroup>,
  asked: Pick<SessionQuestion, 'groups'>,
  answer: IntrospectionResponse & { active: true },
  now: number,
): ReadonlyMap<string, ReportedGroup> {
  const memberOf = new Set(answer.groups);
  const unknown = new Set(answer.unknown_groups);
  return new Map(
    [...new Set([...asked.groups, ...answer.groups])].flatMap((group): [string, ReportedGroup][] => {
      const reported = unknown.has(group) ? before.get(group) : { isMember: memberOf.has(group), at: now };
      return reported === undefined ? [] : [[group, reported]];
    }),
  );
}

/** The groups of a person, by what was reported after `since`. */
export function groupsReportedSince(
  reported: ReadonlyMap<string, ReportedGroup>,
  since: number,
): Required<Pick<Person, 'groups' | 'askedGroups'>> {
  const counting = [...reported].filter(([, { at }]) => at > since);
  return {
    groups: counting.filter(([, { isMember }]) => isMember).map(([group]) => group),
    askedGroups: counting.map(([group]) => group),
  };
}
