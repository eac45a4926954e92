/** Members by the address of their group: people, and other groups. */
export type Groups = ReadonlyMap<string, ReadonlySet<string>>;

/** Who is in a group, in it directly or, where that is wanted, through groups in it; these groups are members, too. */
export function membersOf(
  group: string,
  groups: Groups,
  nested: boolean,
  seen = new Set<string>(),
): string[] {
  if (seen.has(group)) return [];
  seen.add(group);
  const members = [...(groups.get(group) ?? [])];
  const inside = nested ? members.flatMap((member) => membersOf(member, groups, nested, seen)) : [];
  return [...new Set([...members, ...inside])];
}

/** Tells whether somebody is in a group, directly or through groups in it. Groups may contain each other. */
export function isInside(person: string, group: string, groups: Groups, seen = new Set<string>()): boolean {
  if (seen.has(group)) return false;
  seen.add(group);
  const members = groups.get(group) ?? new Set();
  return members.has(person) || [...members].some((member) => isInside(person, member, groups, seen));
}
