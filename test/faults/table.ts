import type { Row } from './trial.ts';

const titles = ['fault', 'requests', 'failures', 'sign-ins', 'again', 'slowest', 'recovered'];

/** The rows as a table of text. */
export function table(rows: readonly Row[]): string {
  const lines = [titles, ...rows.map(cells)];
  const widths = titles.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  const written = lines.map((line) =>
    line
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${written.join('\n')}\n`;
}

function cells(row: Row): string[] {
  return [
    row.fault,
    String(row.requests),
    listed(row.failures),
    listed(row.signIns),
    row.again === 0 ? '-' : String(row.again),
    seconds(row.slowestMs),
    seconds(row.recoveredMs),
  ];
}

function listed(counts: Readonly<Record<string, number>>): string {
  const all = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  return all.length === 0 ? '-' : all.join(', ');
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
