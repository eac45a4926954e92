import type { Io } from '../io.ts';
import type { Format } from '../output/findings.ts';
import { renderGithubCommand } from '../output/github.ts';
import { paintFor } from '../output/paint.ts';
import { printable } from '../output/printable.ts';
import type { Change } from './compare.ts';

const WORDS = { gain: 'gains', loss: 'loses', new: 'new', gone: 'gone', other: 'changed' } as const;

/** Changes in the form that was asked for. `files` are the names to point at. */
export function renderChanges(
  changes: readonly Change[],
  files: { before: string; after: string },
  format: Format,
  io: Pick<Io, 'isTerminal' | 'env'>,
): string {
  if (format === 'json') return `${JSON.stringify({ changes: changes.map(jsonOf) }, null, 2)}\n`;
  if (format === 'github') return changes.map((change) => renderGithub(change, files)).join('');
  return renderText(changes, io);
}

function renderText(changes: readonly Change[], io: Pick<Io, 'isTerminal' | 'env'>): string {
  const paint = paintFor(io);
  if (changes.length === 0) return 'Nobody gains and nobody loses; every host leads where it did.\n';
  const colours = {
    gain: paint.red,
    loss: paint.yellow,
    new: paint.green,
    gone: paint.yellow,
    other: paint.bold,
  };
  const hosts = [...new Set(changes.map(({ host }) => host))];
  const blocks = hosts.map((host) => {
    const lines = changes
      .filter((change) => change.host === host)
      .map(({ kind, text }) => `  ${colours[kind](WORDS[kind].padEnd(7))}  ${printable(text)}\n`);
    return `${paint.bold(printable(host))}\n${lines.join('')}`;
  });
  const widening = changes.filter(({ widens }) => widens).length;
  const summary =
    widening === 0 ? 'Nobody gains access to what was there.' : `Access widens in ${widening} ways.`;
  return `${blocks.join('\n')}\n${widening === 1 ? 'Access widens in one way.' : summary}\n`;
}

function renderGithub(
  { kind, host, text, widens, route }: Change,
  files: { before: string; after: string },
): string {
  return renderGithubCommand({
    code: `${host}: ${WORDS[kind]}`,
    severity: widens ? 'warning' : 'notice',
    message: `${host} ${WORDS[kind]}: ${text}`,
    file: kind === 'gone' ? files.before : files.after,
    ...route.position,
  });
}

function jsonOf({ kind, host, text, widens, route }: Change): object {
  return { kind, host, text, widens, route: route.id, line: route.position.line };
}
