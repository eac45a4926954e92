import type { Route, RouteTable } from '@latchkey/upstreams';
import { findingOf } from '../finding.ts';
import type { Finding } from '../finding.ts';
import { quotedId } from './lint.ts';
import type { LintSubject } from './lint.ts';
import { lints } from './table.ts';

/** A pattern that is a wildcard and then a fixed ending: `^(.*)\.example\.com$`. `rest` is the ending as written. */
type WildcardPattern = { readonly wildcard: string; readonly ending: string };

const anything: ReadonlySet<string> = new Set(['.*', '.+']);
const wildcardPattern =
  /^\^?\(?(?:\?P?<\w+>|\?:)?(\.[*+]|\\w\+|\[\^\.\]\+|\[[\w-]+\]\+)\)?((?:\\[.-]|[A-Za-z0-9_-])*)\$?$/;
const literalPattern = /^\^?((?:\\[.-]|[A-Za-z0-9_-])+)\$?$/;

/**
 * Patterns that no host reaches. What can be said of every host for certain: a pattern for one host only, and one that ends
 * like another before it that takes any beginning.
 */
export function lintNeverMatches({ file, source, table }: LintSubject): Finding[] {
  const patterns = table.routes.filter((route) => route.kind === 'rewrite');
  return patterns.flatMap((route, at) => {
    const winner = winnerOf(route, patterns.slice(0, at), table);
    if (winner === undefined) return [];
    const message = `${quotedId(route)} is never reached: ${quotedId(winner)} (line ${winner.position.line}) already matches all its hosts. Move it up, or remove it`;
    return [findingOf(lints.neverMatches, { file, ...source.placeOf(route, 'from', route.from) }, message)];
  });
}

function winnerOf(route: Route, earlier: readonly Route[], table: RouteTable): Route | undefined {
  const [, literal] = literalPattern.exec(route.from) ?? [];
  if (literal !== undefined) {
    const found = table.match(literal.replaceAll('\\', '').toLowerCase(), undefined)?.route;
    return found === route ? undefined : found;
  }
  const own = wildcardOf(route.from);
  return own && earlier.find((other) => covers(wildcardOf(other.from), own));
}

function covers(wider: WildcardPattern | undefined, { wildcard, ending }: WildcardPattern): boolean {
  if (wider === undefined) return false;
  if (wider.wildcard === wildcard && wider.ending === ending) return true;
  return anything.has(wider.wildcard) && ending.endsWith(wider.ending);
}

function wildcardOf(pattern: string): WildcardPattern | undefined {
  const [, wildcard, ending] = wildcardPattern.exec(pattern) ?? [];
  if (wildcard === undefined || ending === undefined) return undefined;
  return { wildcard, ending: ending.toLowerCase() };
}

/** A class of characters may well exclude `/`: `[^/]+`. */
const characterClass = /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]])*\]/g;

/** Patterns that ask for a `/`, which no host has. */
export function lintPathsInPatterns({ file, source, table }: LintSubject): Finding[] {
  return table.routes
    .filter(({ kind, from }) => kind === 'rewrite' && asksForSlash(from))
    .map((route) => {
      const message = `A host has no "/", so the part with "/" in \`from\` of ${quotedId(route)} never matches: write only the host, without scheme and path`;
      const place = source.placeOf(route, 'from', route.from);
      return findingOf(lints.pathInPattern, { file, ...place }, message);
    });
}

function asksForSlash(pattern: string): boolean {
  return pattern.replace(characterClass, (found) => (found === '\\/' ? '/' : '')).includes('/');
}
