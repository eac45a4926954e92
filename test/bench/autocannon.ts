// Asks with autocannon, where there is no wrk: takes target and pressure as JSON, prints what `wrk.lua` prints.
import autocannon from 'autocannon';
import { readFileSync } from 'node:fs';
import type { Pressure, Target } from './load.ts';
import type { Summary } from './summary.ts';

const asked = JSON.parse(process.argv[2] ?? '') as Target & Pressure;
const { port, path, headers, cookieFile, seconds, connections } = asked;
const cookies = cookieFile === undefined ? [] : readFileSync(cookieFile, 'utf8').trimEnd().split('\n');

const result = await autocannon({
  url: `http://127.0.0.1:${port}${path}`,
  connections,
  duration: seconds,
  headers,
  ...(cookies.length > 0 && {
    requests: shuffled(cookies).map((cookie) => ({ headers: { ...headers, cookie } })),
  }),
});
const summary: Summary = {
  requests: result.requests.total,
  seconds: result.duration,
  p50Ms: result.latency.p50,
  p99Ms: result.latency.p99,
  refused: result.non2xx,
  broken: result.errors,
};
process.stdout.write(`${JSON.stringify(summary)}\n`);

function shuffled<T>(items: readonly T[]): T[] {
  const keyed = items.map((item) => [Math.random(), item] as const);
  return keyed.toSorted(([one], [other]) => one - other).map(([, item]) => item);
}
