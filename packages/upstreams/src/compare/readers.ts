import type { WrittenRule } from '@latchkey/access';
import type { RouteTable } from '../types.ts';
import { some } from './change.ts';
import { rulesOf } from './rules.ts';

/** The rules that name something of the root, each with the routes for which it holds, in words; undefined where there are none. */
export function readersText(
  reads: (rule: WrittenRule) => boolean,
  { root, routes }: RouteTable,
): string | undefined {
  const guards = root.guardrail.filter(reads);
  const ofRoutes = routes.flatMap((route) => {
    const { gates, waysIn } = rulesOf(route);
    const own = [...gates, ...waysIn].filter((rule) => !root.guardrail.includes(rule));
    return own.filter(reads).map(({ name }) => ({ name, id: route.id }));
  });
  const byName = Map.groupBy(ofRoutes, ({ name }) => name);
  const readers = [
    ...guards.map(({ name }) => `${name} (every route)`),
    ...[...byName].map(([name, places]) => `${name} (${some(places.map(({ id }) => id))})`),
  ];
  return readers.length === 0 ? undefined : `named by ${some(readers)}`;
}
