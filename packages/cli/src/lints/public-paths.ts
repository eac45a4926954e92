import { findingOf } from '../finding.ts';
import type { Finding } from '../finding.ts';
import { quotedId } from './lint.ts';
import type { LintSubject } from './lint.ts';
import { lints } from './table.ts';

/** Where applications keep what is not for everybody. */
const adminPaths = [
  '/admin',
  '/admin/users',
  '/api/admin',
  '/api/v1/admin',
  '/internal',
  '/internal/api',
  '/actuator/env',
  '/debug/pprof/',
  '/manage',
  '/management',
  '/console',
  '/server-status',
  '/wp-admin/',
  '/.env',
  '/.git/config',
];

/** Nothing else than `^` and `\A` keeps a pattern at the beginning; RE2 may have flags in front. */
const anchored = /^(?:\(\?[a-zA-Z]+\))?(?:\(\?:|\()*(?:\^|\\A)/;
const mostShown = 3;

/** Public patterns that open more than they seem to. */
export function lintPublicPaths({ file, source, table }: LintSubject): Finding[] {
  return table.routes.flatMap((route) =>
    route.publicPaths.flatMap((pattern) => {
      const place = { file, ...source.placeOf(route, 'skip_auth_regex', pattern.source) };
      const shown = JSON.stringify(pattern.source);
      const findings: Finding[] = [];
      if (!isAnchored(pattern.source)) {
        const message = `${shown} of ${quotedId(route)} matches anywhere in a path, also in /admin/…: begin it with ^`;
        findings.push(findingOf(lints.publicUnanchored, place, message));
      }
      const opened = adminPaths.filter((path) => pattern.matches(path));
      if (opened.length > 0) {
        const some = opened.slice(0, mostShown).join(', ') + (opened.length > mostShown ? ', …' : '');
        const message = `${shown} opens ${some} of ${quotedId(route)} to people who are not signed in: name the public paths`;
        findings.push(findingOf(lints.publicAdmin, place, message));
      }
      return findings;
    }),
  );
}

/** Whether every way to match begins at the beginning. An alternative at the top, `^/a|/b`, has its own beginning. */
export function isAnchored(source: string): boolean {
  return topAlternatives(source).every((alternative) => anchored.test(alternative));
}

function topAlternatives(source: string): string[] {
  const alternatives = [''];
  let depth = 0;
  for (const [token] of source.matchAll(/\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\w+:\]|[^\]])*\]|[\s\S]/g)) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (token === '|' && depth === 0) alternatives.push('');
    else alternatives.push((alternatives.pop() ?? '') + token);
  }
  return alternatives;
}
