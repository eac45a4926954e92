import type { LiveTable } from './live-table.ts';

/**
 * The groups that routes name: the same list for as long as it holds the same groups, since another one makes auth be asked
 * about every session again.
 */
export function groupsInForce(table: LiveTable): () => readonly string[] {
  let { groups } = table.current();
  table.onReplace((next) => {
    if (JSON.stringify(next.groups) !== JSON.stringify(groups)) ({ groups } = next);
  });
  return () => groups;
}
