import { truncateSync } from 'node:fs';
import { bodies } from './bodies.ts';
import type { Contestant, Start } from './contestants.ts';
import type { Installation } from './installation.ts';
import { load, loadWebSockets } from './load.ts';
import type { Pressure } from './load.ts';
import { cpuUsOf, peakMiBOf } from './measure.ts';
import { rowOf } from './report.ts';
import type { Row, Slice } from './report.ts';
import { interleave } from './slices.ts';

/** What one row of the table is about: a server, and what is asked of it. */
export type Case = {
  readonly contestant: Contestant;
  readonly body: string;
  readonly measure: (pressure: Pressure) => Promise<Slice>;
};

/** Starts servers, without those that are not installed. */
export async function startAll(starts: readonly Start[], installation: Installation): Promise<Contestant[]> {
  const started: Contestant[] = [];
  for (const start of starts) {
    const contestant = await start(installation);
    if (contestant !== undefined) started.push(contestant);
  }
  return started;
}

/** Every server with every body. */
export function requestCases(contestants: readonly Contestant[]): Case[] {
  return Object.keys(bodies).flatMap((body) => contestants.map((one) => requestCase(one, body)));
}

/** A server with a body. */
export function requestCase(contestant: Contestant, body: string): Case {
  const pids = pidsOf(contestant);
  return {
    contestant,
    body,
    async measure(pressure) {
      const before = cpuUsOf(pids);
      const came = await load({ ...contestant, path: `/${body}` }, pressure);
      return { ...came, cpuUs: cpuUsOf(pids) - before };
    },
  };
}

/** Every server with messages over WebSockets. */
export function webSocketCases(contestants: readonly Contestant[]): Case[] {
  return contestants.map((contestant) => ({
    contestant,
    body: 'message',
    measure: (pressure) => loadWebSockets({ ...contestant, path: '/' }, pressure, pidsOf(contestant)),
  }));
}

// Until all is compiled that Node runs often, and in slices enough for a busy machine; then a little for each further body.
const warm = { requests: 30_000, slices: 8 };
const again = { requests: 2_000, slices: 1 };

/** Lets the servers compile what they run often, and fill their caches. */
export async function warmUp(cases: readonly Case[], pressure: Pressure): Promise<void> {
  const begun = new Set<Contestant>();
  for (const one of cases) {
    const until = begun.has(one.contestant) ? again : warm;
    begun.add(one.contestant);
    for (let [requests, slices] = [0, 0]; requests < until.requests && slices < until.slices; slices++) {
      requests += (await slice(one, pressure)).requests;
    }
  }
}

/** Measures all cases in turns; each is compared with the first server at the same. */
export async function compare(cases: readonly Case[], rounds: number, pressure: Pressure): Promise<Row[]> {
  const slices = await interleave(cases, rounds, (one) => slice(one, pressure));
  return cases.map(function row(one) {
    const measuredBy = cases.find(({ body }) => body === one.body) ?? one;
    const { contestant, body } = one;
    const name = { server: contestant.name, body, peakMiB: peakMiBOf(pidsOf(contestant)) };
    return rowOf(name, slices.get(one) ?? [], slices.get(measuredBy) ?? []);
  });
}

async function slice({ contestant, body, measure }: Case, pressure: Pressure): Promise<Slice> {
  try {
    return await measure(pressure);
  } catch (error) {
    throw new Error(`${contestant.name}, ${body}`, { cause: error });
  } finally {
    // An access log of a minute fills a disk that is kept in memory.
    for (const { output } of contestant.processes) truncateSync(output);
  }
}

function pidsOf({ processes }: Contestant): number[] {
  return processes.map(({ pid }) => pid);
}
