import type { Io } from '../io.ts';
import { paintFor, printable } from '../output/terminal.ts';
import { unknowns } from './facts.ts';
import type { Unknown } from './facts.ts';
import type { Replayed } from './replay.ts';
import type { Difference } from './tally.ts';

// More than a person reads; `--format json` has all.
const mostPeople = 100;

/** A replay in words, those who ask most first. */
export function renderReplayed(replayed: Replayed, io: Pick<Io, 'isTerminal' | 'env'>): string {
  const { differences } = replayed;
  const people = Map.groupBy(differences, ({ who }) => who);
  const blocks = [...people].slice(0, mostPeople).map(([who, of]) => renderPerson(who, of, io));
  const more = people.size - blocks.length;
  return [
    `Compared ${count(replayed.compared)} of ${count(replayed.requests)} requests, ${spanOf(replayed.days)}.\n`,
    ...blocks,
    ...(more > 0 ? [`And ${count(more)} more: --format json has them all.\n`] : []),
    `${summaryOf(differences)}\n`,
    renderUnknown(replayed),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** The same for programs. */
export function replayedJson({ unknown, differences, ...replayed }: Replayed): object {
  const named = differences.map((difference) => ({ ...difference, who: difference.who ?? null }));
  return { ...replayed, differences: named, unknown: Object.fromEntries(unknown) };
}

function renderPerson(
  who: string | undefined,
  differences: readonly Difference[],
  io: Pick<Io, 'isTerminal' | 'env'>,
): string {
  const paint = paintFor(io);
  const lines = differences.map(({ kind, where, days, ofDays, requests, rule, was }) => {
    const word = kind === 'loses' ? paint.yellow('would have lost  ') : paint.red('would have gained');
    const often = `on ${days} of ${ofDays} ${ofDays === 1 ? 'day' : 'days'} (${count(requests)} ${requests === 1 ? 'request' : 'requests'})`;
    return `  ${word}  ${printable(where)}  ${often}, by ${printable(rule)}; then: ${was}\n`;
  });
  return `${paint.bold(printable(who ?? 'anybody without a session'))}\n${lines.join('')}`;
}

function summaryOf(differences: readonly Difference[]): string {
  if (differences.length === 0) return 'Nothing that could be compared would have been decided otherwise.';
  const [losing, gaining] = (['loses', 'gains'] as const).map(
    (kind) => new Set(differences.filter((one) => one.kind === kind).map(({ who }) => who ?? '')).size,
  );
  return `${count(losing ?? 0)} would have lost something, ${count(gaining ?? 0)} would have gained something.`;
}

function renderUnknown({ unknown }: Replayed): string {
  if (unknown.size === 0) return '';
  const lines = [...unknown]
    .toSorted(([, a], [, b]) => b - a)
    .map(([why, requests]: [Unknown, number]) => `  ${count(requests).padStart(9)}  ${unknowns[why]}\n`);
  return `Not compared:\n${lines.join('')}`;
}

function spanOf(days: readonly string[]): string {
  const [first] = days;
  if (first === undefined) return 'of no day';
  return days.length === 1 ? `of ${first}` : `of ${days.length} days from ${first} to ${days.at(-1)}`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}
