import { foldName } from '@latchkey/identity';

/**
 * Tells whether a folded name is one of these, of which one that ends in `*` stands for all names that begin so. Folded, so that
 * every spelling that an application takes for the name is that name (CVE-2025-64484).
 */
export function nameMatcher(patterns: readonly string[]): (folded: string) => boolean {
  const names = new Set(patterns.filter((pattern) => !pattern.endsWith('*')).map(foldName));
  const beginnings = patterns
    .filter((pattern) => pattern.endsWith('*'))
    .map((pattern) => foldName(pattern.slice(0, -1)));
  return (folded) => names.has(folded) || beginnings.some((beginning) => folded.startsWith(beginning));
}
