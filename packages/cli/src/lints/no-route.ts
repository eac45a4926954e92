import { findingOf } from '../finding.ts';
import type { Finding } from '../finding.ts';
import type { LintSubject } from './lint.ts';
import { lints } from './table.ts';

/** A file that a running proxy refuses whatever the routes are that it has. */
export function lintNoRoute({ file, table, allowLoss }: LintSubject): Finding[] {
  if (allowLoss || table.routes.length > 0) return [];
  const message = 'The file has no route, so a running proxy refuses to reload it: write a service';
  return [findingOf(lints.noRoute, { file, line: 1, column: 1 }, message)];
}
