/** Who is in a group, by their addresses in lower case, and how many calls it takes to hear that. */
export type Roster = { readonly people: ReadonlySet<string>; readonly pages: number };

/** Why there is no roster of a group. */
export type NoRoster = 'absent' | 'everybody' | 'refused' | 'too_large';

/** What came of reading a roster. `too_many`: it would be one more than we read. */
export type RosterOutcome = NoRoster | 'failed' | 'read' | 'too_many';
