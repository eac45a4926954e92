import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { compare, requestCase, warmUp } from './compare.ts';
import type { Case } from './compare.ts';
import { startInstallation } from './installation.ts';
import type { Installation } from './installation.ts';
import { domain, hosts, service, startLatchkey, theirGroup } from './latchkey.ts';
import type { Pressure } from './load.ts';
import { cookieFile, signedIn, visitAll } from './people.ts';
import type { Panel } from './plot.ts';
import { stopAll } from './processes.ts';
import type { Row } from './report.ts';

/** What there is more and more of, and the gates that are asked, one for each size. */
type Growth = {
  readonly of: string;
  readonly sizes: readonly number[];
  readonly start: (size: number, installation: Installation) => Promise<Case>;
};

const routes: Growth = {
  of: 'Routes',
  sizes: [1, 10, 100, 1_000, 10_000],
  start(size, installation) {
    const rule = `allowed_groups: [${theirGroup}]`;
    const services = Array.from({ length: size }, (_, at) =>
      service(`app${at}`, installation.originPort, rule),
    );
    const host = `app${Math.floor(size / 2)}.${domain}`;
    return onePerson(`${size} routes`, installation, host, services.join(''));
  },
};

const groups: Growth = {
  of: 'Groups of the route',
  sizes: [1, 10, 100, 1_000, 3_000],
  start(size, installation) {
    const others = Array.from({ length: size - 1 }, (_, at) => `team${at}@${domain}`);
    const rule = `allowed_groups: [${[...others, theirGroup].join(', ')}]`;
    return onePerson(
      `${size} groups`,
      installation,
      hosts.app,
      service('app', installation.originPort, rule),
    );
  },
};

const connections: Growth = {
  of: 'Connections',
  sizes: [1, 10, 100, 1_000],
  async start(size, installation) {
    const one = await onePerson(`${size} connections`, installation, hosts.app);
    // To open a thousand takes a while.
    const measure = ({ seconds }: Pressure) => one.measure({ seconds: 3 * seconds, connections: size });
    return { ...one, measure };
  },
};

// All gates of an installation take the same sessions; to seal so many takes most of a minute.
const sealed = new WeakMap<Installation, string[]>();
const mostSessions = 100_000;
// Not those that a gate has no room for: they are opened again and again in any case.
const mostVisits = 10_000;

const sessions: Growth = {
  of: 'Sessions',
  sizes: [1, 100, 10_000, mostSessions],
  async start(size, installation) {
    const name = `${size} sessions`;
    const gate = await startLatchkey(name, installation);
    const at = { gate, host: hosts.app };
    const all = sealed.get(installation) ?? (await signedIn(mostSessions, installation, at));
    sealed.set(installation, all);
    const cookies = all.slice(0, size);
    await visitAll(cookies.slice(0, mostVisits), at);
    const contestant = { name, port: gate.port, headers: { Host: hosts.app }, processes: [gate] };
    return requestCase({ ...contestant, cookieFile: cookieFile(cookies, `${gate.output}.cookies`) }, '1k');
  },
};

/**
 * Measures what a request costs as work grows, one thing at a time.
 *
 * @returns `panels` to draw: the processor time of a request, as a multiple of what it takes with the least
 */
export async function measureGrowth(
  dir: string,
  { rounds, pressure }: { rounds: number; pressure: Pressure },
): Promise<{ rows: Row[]; panels: Panel[] }> {
  const rows: Row[] = [];
  const panels: Panel[] = [];
  for (const { of, sizes, start } of [routes, sessions, groups, connections]) {
    const installation = await startInstallation(mkdtempSync(join(dir, 'growth-')));
    const cases: Case[] = [];
    for (const size of sizes) cases.push(await start(size, installation));
    await warmUp(cases, pressure);
    const measured = await compare(cases, rounds, pressure);
    await stopAll();
    rows.push(...measured);
    const points = measured.map(({ ratios }, at) => ({ size: sizes[at] ?? NaN, cost: ratios.cpuUs }));
    panels.push({ title: of, points });
  }
  return { rows, panels };
}

async function onePerson(
  name: string,
  installation: Installation,
  host: string,
  file?: string,
): Promise<Case> {
  const gate = await startLatchkey(name, installation, file);
  const [Cookie = ''] = await signedIn(1, installation, { gate, host });
  return requestCase({ name, port: gate.port, headers: { Host: host, Cookie }, processes: [gate] }, '1k');
}
