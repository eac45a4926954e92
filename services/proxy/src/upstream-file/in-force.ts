import type { RouteTable } from '@latchkey/upstreams';
import type { Version } from './read.ts';

/** What is said of the routes in force: how many, and from which text. */
export type InForce = Version & { readonly routes: number };

/** Puts it together for the log and for metrics. */
export function inForce({ table, version }: { table: RouteTable; version: Version }): InForce {
  return { routes: table.routes.length, ...version };
}
