import { findingOf } from '../finding.ts';
import type { Finding } from '../finding.ts';
import { quotedId } from './lint.ts';
import type { LintSubject } from './lint.ts';
import { lints } from './table.ts';

/** A class of characters may well exclude `/`: `[^/]+`. */
const characterClass = /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]])*\]/g;

/** Patterns that ask for a `/`, which no host has. */
export function lintPathsInPatterns({ file, source, table }: LintSubject): Finding[] {
  return table.routes
    .filter(({ kind, from }) => kind === 'rewrite' && asksForSlash(from))
    .map((route) => {
      const message = `A host has no "/", so what asks for one in \`from\` of ${quotedId(route)} is never matched: write the host alone, without scheme and path`;
      const place = source.placeOf(route, 'from', route.from);
      return findingOf(lints.pathInPattern, { file, ...place }, message);
    });
}

function asksForSlash(pattern: string): boolean {
  return pattern.replace(characterClass, (found) => (found === '\\/' ? '/' : '')).includes('/');
}
