import type { Person } from '@latchkey/access';
import type { IntrospectionResponse } from '@latchkey/contract';
import type { Asked } from './introspect.ts';

/** What auth said about a person and a group, and when, by the clock that never jumps. */
export type ToldGroup = { readonly isMember: boolean; readonly at: number };

/**
 * What auth has told by now. Where it could not say of a group this time, what it told before counts on: an answer about
 * the others must not take it away.
 */
export function toldSince(
  before: ReadonlyMap<string, ToldGroup>,
  asked: Pick<Asked, 'groups'>,
  answer: IntrospectionResponse & { active: true },
  now: number,
): ReadonlyMap<string, ToldGroup> {
  const memberOf = new Set(answer.groups);
  const unknown = new Set(answer.unknown_groups);
  return new Map(
    [...new Set([...asked.groups, ...answer.groups])].flatMap((group): [string, ToldGroup][] => {
      const told = unknown.has(group) ? before.get(group) : { isMember: memberOf.has(group), at: now };
      return told === undefined ? [] : [[group, told]];
    }),
  );
}

/** The groups of a person, going by what was told after `since`. */
export function groupsTold(
  told: ReadonlyMap<string, ToldGroup>,
  since: number,
): Required<Pick<Person, 'groups' | 'askedGroups'>> {
  const counting = [...told].filter(([, { at }]) => at > since);
  return {
    groups: counting.filter(([, { isMember }]) => isMember).map(([group]) => group),
    askedGroups: counting.map(([group]) => group),
  };
}
