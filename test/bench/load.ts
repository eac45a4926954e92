import { join } from 'node:path';
import { runLoad } from './processes.ts';

/** What is asked, again and again. */
export type Target = {
  readonly port: number;
  readonly path: string;
  /** `Name: value`, sent with each request */
  readonly headers: readonly string[];
  /** a file of `Cookie` values, one a line, of which each request sends the next; absent: none */
  readonly cookieFile?: string;
};

/** What came of asking. */
export type Load = {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

const script = join(import.meta.dirname, 'wrk.lua');

/** Asks over so many connections for so many seconds. */
export async function load(
  { port, path, headers, cookieFile }: Target,
  { seconds, connections }: { seconds: number; connections: number },
): Promise<Load> {
  const command = ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '-s', script];
  for (const header of headers) command.push('-H', header);
  command.push(`http://127.0.0.1:${port}${path}`);
  return readLoad(await runLoad(command, cookieFile === undefined ? {} : { BENCH_COOKIES: cookieFile }));
}

/** As `wrk.lua` writes it. */
type Summary = Readonly<Record<'requests' | 'durationUs' | 'p50Us' | 'p99Us' | 'refused' | 'broken', number>>;

/**
 * Reads the last line that the load generator prints.
 *
 * @throws Error where a request failed: an error is answered sooner than what was asked for
 */
export function readLoad(printed: string): Load {
  const { requests, durationUs, p50Us, p99Us, refused, broken } = JSON.parse(
    printed.trimEnd().split('\n').at(-1) ?? '',
  ) as Summary;
  if (refused + broken > 0)
    throw new Error(`of ${requests} requests ${refused} were refused, ${broken} broke off`);
  return { requests, seconds: durationUs / 1e6, p50Ms: p50Us / 1e3, p99Ms: p99Us / 1e3 };
}
