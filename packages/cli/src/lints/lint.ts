import type { AuthKnowledge, ProxyKnowledge } from '@latchkey/explain';
import type { Route, RouteTable } from '@latchkey/upstreams';
import type { Finding } from '../finding.ts';
import type { Source } from '../source/source.ts';

/** A file without errors, and what it became in one environment. */
export type LintSubject = {
  readonly file: string;
  readonly text: string;
  readonly source: Source;
  readonly table: RouteTable;
  readonly auth: AuthKnowledge | undefined;
  readonly proxy: ProxyKnowledge | undefined;
  readonly keyFilesElsewhere: readonly string[];
  /** Whether the environment lets a reload take most routes away. */
  readonly allowLoss: boolean;
};

/** Looks for one kind of trouble. */
export type Lint = (subject: LintSubject) => Finding[];

/** A route as a message calls it. */
export function quotedId(route: Route): string {
  return JSON.stringify(route.id);
}
