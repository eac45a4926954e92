/** Members by the address of their group: people, and other groups. */
export type Groups = ReadonlyMap<string, ReadonlySet<string>>;

/** Tells whether somebody is in a group, directly or through groups in it. Groups may contain each other. */
export function isInside(person: string, group: string, groups: Groups, seen = new Set<string>()): boolean {
  if (seen.has(group)) return false;
  seen.add(group);
  const members = groups.get(group) ?? new Set();
  return members.has(person) || [...members].some((member) => isInside(person, member, groups, seen));
}
