import type { Remembered } from './rosters.ts';

/** What the directory said of one person. Times are milliseconds of a clock that never jumps. */
export type DatedAnswer = {
  /** that they are in, in lower case, of those that the answer is about */
  readonly groups: ReadonlySet<string>;
  /** when it was asked */
  readonly saidAt: number;
  /** from here on it is asked again, in the background */
  readonly renewAt: number;
  /** and from here on before they hear an answer */
  readonly dueAt: number;
};

/** Whether somebody is in a group, and since when that is known; undefined where an answer counts for its interval. */
export type Found = { readonly isIn: boolean; readonly knownAt: number | undefined };

/** Whether they are in the group. */
export function isIn(group: string, { groups }: DatedAnswer): boolean {
  return groups.has(group.toLowerCase());
}

/** What a roster is weighed against. */
export function remembered(group: string, answer: DatedAnswer): Remembered {
  return { isIn: isIn(group, answer), saidAt: answer.saidAt, dueAt: answer.dueAt };
}

/** The one that was said last. */
export function newer(one: DatedAnswer | undefined, other: DatedAnswer | undefined): DatedAnswer | undefined {
  return one !== undefined && other !== undefined && other.saidAt > one.saidAt ? other : (one ?? other);
}

const pieceLength = 300;

/** How much room it takes, in pieces of about 300 bytes. */
export function piecesOf({ groups }: DatedAnswer): number {
  const length = [...groups].reduce((sum, group) => sum + group.length, 0);
  return 1 + Math.floor(length / pieceLength);
}
