import type { Checked, CheckedChain, ChainFault } from '@latchkey/contract';
import { printable } from '../output/terminal.ts';

/** What came of checking audit lines, in words. */
export function renderChecked({ chains, unreadable }: Checked): string {
  if (chains.length === 0 && unreadable.length === 0) return 'There is no audit line in it.\n';
  const blocks = chains
    .toSorted((one, other) => (one.from < other.from ? -1 : Number(one.from > other.from)))
    .map((chain) => [headOf(chain), ...chain.faults.map(lineOf)].join('\n'));
  return `${[...blocks, ...unreadable.map(lineOf)].join('\n')}\n`;
}

function headOf({ service, instance, lines, from, to, isStopped, lost, faults }: CheckedChain): string {
  const state = faults.length > 0 ? 'NOT WHOLE' : 'whole';
  const end = isStopped
    ? 'stopped'
    : 'ends without a stop: it still runs, was killed, or its last lines are missing';
  const loss = lost === 0 ? '' : `; the service says that it lost ${lost}`;
  return printable(`${service} ${instance}: ${state}, ${lines} lines, ${from} to ${to}; ${end}${loss}`);
}

function lineOf({ place, text }: ChainFault): string {
  return printable(`  ${place.file}:${place.line}: ${text}`);
}
