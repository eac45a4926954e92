import { networkText } from '@latchkey/networks';
import type { RouteTable } from '../types.ts';
import type { Change } from './change.ts';
import { readersText } from './readers.ts';

/**
 * What changes in networks that are in both. One that came or went shows in the rules that name it. A rule may let in what
 * comes from a network, or refuse it, so that a smaller one may be for somebody's good as well.
 */
export function compareNetworks(before: RouteTable, after: RouteTable): Change[] {
  const old = new Map(before.root.networks.map(({ name, ranges }) => [name, ranges.map(networkText)]));
  return after.root.networks.flatMap(({ name, ranges }): Change[] => {
    const was = old.get(name);
    if (was === undefined) return [];
    const now = ranges.map(networkText);
    const added = now.filter((range) => !was.includes(range));
    const removed = was.filter((range) => !now.includes(range));
    const texts = [
      ...(added.length === 0 ? [] : [`now also ${added.join(', ')}`]),
      ...(removed.length === 0 ? [] : [`no longer ${removed.join(', ')}`]),
    ];
    if (texts.length === 0) return [];
    const readers = readersText(({ networks }) => networks.includes(name), after);
    const text = `${texts.join('; ')}; ${readers ?? 'no rule names it'}`;
    return [{ kind: 'other', host: `networks.${name}`, text, widens: readers !== undefined }];
  });
}
