import type { Route } from '../types.ts';

/** What changes for one host or pattern, or by one entry of the root of the file. */
export type Change = {
  readonly kind: 'gain' | 'loss' | 'new' | 'removed' | 'other';
  /** The host or the pattern as the file has it, or what of the root it is: `networks.office`. */
  readonly host: string;
  /** In words: who gains or loses, or what is different. */
  readonly text: string;
  /** Whether somebody may get in who could not before, where there was something already. */
  readonly widens: boolean;
  /** Where to look: in the new file, or for what is removed in the old one. Absent for the root. */
  readonly route?: Route;
};

const mostNamed = 5;

/** Some of many names, for a sentence. */
export function some(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return names.slice(0, mostNamed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
