import type { Io } from '../io.ts';
import type { Format } from '../output/findings.ts';
import { renderGithubCommand } from '../output/findings.ts';
import { paintFor, printable } from '../output/terminal.ts';
import type { Change } from '@latchkey/upstreams';

const wordOf = { gain: 'gains', loss: 'loses', new: 'new', removed: 'removed', other: 'changed' } as const;

/** What there is to tell about two files. */
export type Diff = {
  readonly changes: readonly Change[];
  /** What would be removed, in words, where that is so much that a running proxy refuses the file. */
  readonly refused: string | undefined;
};

const refusedTitle = 'A running proxy refuses this file';
const remedy = 'A restart puts it in force, or UPSTREAM_RELOAD_ALLOW_LOSS=true';

/** A diff in the form that was asked for. `files` are the names to point at. */
export function renderDiff(
  { changes, refused }: Diff,
  files: { before: string; after: string },
  format: Format,
  io: Pick<Io, 'isTerminal' | 'env'>,
): string {
  if (format === 'json') {
    return `${JSON.stringify({ changes: changes.map(jsonOf), refused: refused ?? null }, null, 2)}\n`;
  }
  const refusal = refused === undefined ? undefined : `${refusedTitle}: ${refused}. ${remedy}.`;
  if (format === 'github') {
    const lines = changes.map((change) => renderGithub(change, files));
    return [...lines, ...(refusal === undefined ? [] : [renderRefusal(refusal, files.after)])].join('');
  }
  const paint = paintFor(io);
  return renderText(changes, io) + (refusal === undefined ? '' : `${paint.red(printable(refusal))}\n`);
}

function renderRefusal(message: string, file: string): string {
  return renderGithubCommand({ code: refusedTitle, severity: 'error', message, file, line: 1, column: 1 });
}

function renderText(changes: readonly Change[], io: Pick<Io, 'isTerminal' | 'env'>): string {
  const paint = paintFor(io);
  if (changes.length === 0)
    return 'No change: nobody gains or loses access, and every host leads to the same application.\n';
  const colours = {
    gain: paint.red,
    loss: paint.yellow,
    new: paint.green,
    removed: paint.yellow,
    other: paint.bold,
  };
  const hosts = [...new Set(changes.map(({ host }) => host))];
  const blocks = hosts.map((host) => {
    const lines = changes
      .filter((change) => change.host === host)
      .map(({ kind, text }) => `  ${colours[kind](wordOf[kind].padEnd(7))}  ${printable(text)}\n`);
    return `${paint.bold(printable(host))}\n${lines.join('')}`;
  });
  const widening = changes.filter(({ widens }) => widens).length;
  const summary =
    widening === 0 ? 'Nobody gains access to existing applications.' : `Access widens in ${widening} ways.`;
  return `${blocks.join('\n')}\n${widening === 1 ? 'Access widens in one way.' : summary}\n`;
}

function renderGithub(
  { kind, host, text, widens, route }: Change,
  files: { before: string; after: string },
): string {
  return renderGithubCommand({
    code: `${host}: ${wordOf[kind]}`,
    severity: widens ? 'warning' : 'notice',
    message: `${host} ${wordOf[kind]}: ${text}`,
    file: kind === 'removed' ? files.before : files.after,
    ...(route?.position ?? { line: 1, column: 1 }),
  });
}

function jsonOf({ kind, host, text, widens, route }: Change): object {
  return { kind, host, text, widens, ...(route && { route: route.id, line: route.position.line }) };
}
