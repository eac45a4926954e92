import type { Load } from './load.ts';

/** One slice of one server. */
export type Slice = Load & { readonly cpuUs: number };

/** What the slices of one server come to, beside those of the relay. */
export type Row = {
  readonly server: string;
  readonly body: string;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuUsPerRequest: number;
  /** medians of the ratios of each round */
  readonly ratio: { readonly perSecond: number; readonly p99: number; readonly cpu: number };
  readonly peakMiB: number;
};

/** The middle of some numbers; of an even count the upper of the two in the middle. */
export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}

/** Sums the rounds of one server up. A ratio is taken within a round: from one round to the next the machine changes. */
export function row(
  name: Pick<Row, 'server' | 'body' | 'peakMiB'>,
  slices: readonly Slice[],
  relay: readonly Slice[],
): Row {
  const middle = (of: (slice: Slice) => number) => median(slices.map(of));
  const ratio = (of: (slice: Slice) => number) =>
    median(
      slices.flatMap((slice, round) => {
        const beside = relay[round];
        return beside === undefined ? [] : [of(slice) / of(beside)];
      }),
    );
  return {
    ...name,
    perSecond: middle(perSecond),
    p50Ms: middle((slice) => slice.p50Ms),
    p99Ms: middle((slice) => slice.p99Ms),
    cpuUsPerRequest: middle(cpuUsPerRequest),
    ratio: { perSecond: ratio(perSecond), p99: ratio((slice) => slice.p99Ms), cpu: ratio(cpuUsPerRequest) },
  };
}

function perSecond({ requests, seconds }: Slice): number {
  return requests / seconds;
}

function cpuUsPerRequest({ cpuUs, requests }: Slice): number {
  return cpuUs / requests;
}

const head = [
  'server',
  'body',
  'x relay',
  'req/s',
  'p50 ms',
  'p99 ms',
  'p99 x relay',
  'CPU us/req',
  'CPU x relay',
  'peak MiB',
];

/** A table for people, in Markdown. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ server, body, perSecond, p50Ms, p99Ms, cpuUsPerRequest, ratio, peakMiB }) => [
    server,
    body,
    ratio.perSecond.toFixed(2),
    perSecond.toFixed(0),
    p50Ms.toFixed(1),
    p99Ms.toFixed(1),
    ratio.p99.toFixed(2),
    cpuUsPerRequest.toFixed(0),
    ratio.cpu.toFixed(2),
    peakMiB.toFixed(0),
  ]);
  const all = [head, ...cells];
  const widths = head.map((_, column) => Math.max(...all.map((line) => (line[column] ?? '').length)));
  const line = (of: readonly string[]) =>
    `| ${of.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, column) => (column < 2 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return `${[line(head), line(rule), ...cells.map(line)].join('\n')}\n`;
}
