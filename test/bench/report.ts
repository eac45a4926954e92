import type { Load } from './summary.ts';

/** One slice of one server. */
export type Slice = Load & {
  /** the processor time that all its processes took */
  readonly cpuUs: number;
};

/** What the slices of one server come to, beside those of the one that it is measured by. */
export type Row = {
  readonly server: string;
  readonly body: string;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuUs: number;
  readonly peakMiB: number;
  /** medians of the ratios of each round */
  readonly ratios: { readonly perSecond: number; readonly p99Ms: number; readonly cpuUs: number };
};

/** The middle of some numbers; of an even count the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const half = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(half)] ?? NaN) + (sorted[Math.ceil(half)] ?? NaN)) / 2;
}

const perSecond = ({ requests, seconds }: Slice) => requests / seconds;
const p50Ms = (slice: Slice) => slice.p50Ms;
const p99Ms = (slice: Slice) => slice.p99Ms;
const cpuUs = (slice: Slice) => slice.cpuUs / slice.requests;

/** Sums the rounds of one server up. A ratio is taken within a round: from one to the next the machine changes. */
export function rowOf(
  name: Pick<Row, 'server' | 'body' | 'peakMiB'>,
  slices: readonly Slice[],
  measuredBy: readonly Slice[],
): Row {
  const middle = (of: (slice: Slice) => number) => median(slices.map(of));
  const ratio = (of: (slice: Slice) => number) => medianRatio(slices.map(of), measuredBy.map(of));
  return {
    ...name,
    perSecond: middle(perSecond),
    p50Ms: middle(p50Ms),
    p99Ms: middle(p99Ms),
    cpuUs: middle(cpuUs),
    ratios: { perSecond: ratio(perSecond), p99Ms: ratio(p99Ms), cpuUs: ratio(cpuUs) },
  };
}

/** The median of what each value is to the one at the same place. */
export function medianRatio(values: readonly number[], to: readonly number[]): number {
  return median(values.map((value, round) => value / (to[round] ?? NaN)));
}

const columns: readonly (readonly [head: string, cell: (row: Row) => string])[] = [
  ['server', ({ server }) => server],
  ['body', ({ body }) => body],
  ['x first', ({ ratios }) => ratios.perSecond.toFixed(2)],
  ['per s', (row) => row.perSecond.toFixed(0)],
  ['p50 ms', (row) => row.p50Ms.toFixed(1)],
  ['p99 ms', (row) => row.p99Ms.toFixed(1)],
  ['p99 x first', ({ ratios }) => ratios.p99Ms.toFixed(2)],
  ['CPU us', (row) => row.cpuUs.toFixed(0)],
  ['CPU x first', ({ ratios }) => ratios.cpuUs.toFixed(2)],
  ['peak MiB', ({ peakMiB }) => peakMiB.toFixed(0)],
];

const isText = (column: number) => column < 2;

/** A table in Markdown, which people can read as it is. */
export function table(rows: readonly Row[]): string {
  const cells = [columns.map(([head]) => head), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  const widths = columns.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const padded = (line: readonly string[]) =>
    line.map((cell, column) =>
      isText(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
  const rule = widths.map((width, column) =>
    isText(column) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  const [head = [], ...body] = cells.map(padded);
  return [head, rule, ...body].map((line) => `| ${line.join(' | ')} |\n`).join('');
}
