import { findingOf } from '../finding.ts';
import type { Finding } from '../finding.ts';
import type { LintSubject } from './lint.ts';
import { lints } from './table.ts';

/** A file that a running proxy refuses whatever the routes are that it has. */
export function lintNoRoute({ file, table, allowLoss }: LintSubject): Finding[] {
  if (allowLoss || table.routes.length > 0) return [];
  const message = 'No route is left, so a running proxy refuses to read this file again: write a service';
  return [findingOf(lints.noRoute, { file, line: 1, column: 1 }, message)];
}
