import { loadUpstreams } from '@latchkey/upstreams';
import type { RouteTable } from '@latchkey/upstreams';
import { noDefaultRules } from '@latchkey/testing';
import { median } from './report.ts';

function fileOf(routes: number): string {
  const services = Array.from({ length: routes }, (_, at) =>
    [
      `- service: app${at}`,
      '  default:',
      `    from: app${at}.corp.example.com`,
      `    to: app${at}.internal:8080`,
      '    options:',
      `      allowed_groups: [team-${at % 200}@example.com]`,
      `      skip_auth_regex: ['^/public${at % 20}/']`,
    ].join('\n'),
  );
  return services.join('\n');
}

function load(routes: number): { table: RouteTable; ms: number } {
  const text = fileOf(routes);
  const started = cpuMs();
  const { table } = loadUpstreams({
    file: 'bench.yml',
    text,
    cluster: '',
    scheme: 'https',
    defaults: noDefaultRules,
    templateVariables: {},
  });
  const ms = cpuMs() - started;
  if (table === undefined) throw new Error('the file of the bench does not load');
  return { table, ms };
}

function nanosecondsToFind(table: RouteTable): number {
  const rounds = 200_000;
  const hosts = table.routes.map(({ from }) => from);
  const started = cpuMs();
  for (let at = 0; at < rounds; at++) table.match(hosts[(at * 7919) % hosts.length] ?? '', undefined);
  return ((cpuMs() - started) / rounds) * 1e6;
}

// By the processor, which other programs on the machine do not change.
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** What large upstream files cost. */
export type RouteCost = {
  /** to load 5 000 routes */
  readonly loadMs: number;
  /** to find a route among 50 and among 5 000 */
  readonly findNs: readonly [few: number, many: number];
};

/** How long a large upstream file takes to load, and a route to be found in it. */
export function measureRoutes(): RouteCost {
  const loads = Array.from({ length: 5 }, () => load(5_000));
  const few = load(50).table;
  const many = loads[0]?.table ?? few;
  const rounds = Array.from({ length: 7 }, () => [nanosecondsToFind(few), nanosecondsToFind(many)] as const);
  return {
    loadMs: median(loads.map(({ ms }) => ms)),
    findNs: [median(rounds.map(([ns]) => ns)), median(rounds.map(([, ns]) => ns))],
  };
}

/** Whether that is as it should be: loaded within a second, and found without a search. */
export function isCheap({ loadMs, findNs: [few, many] }: RouteCost): boolean {
  // Five times: a table that is larger than the processor's caches is slower by itself; a search would be a hundred times.
  return loadMs < 1_000 && many < few * 5 + 500;
}

/** For people. */
export function routesText({ loadMs, findNs: [few, many] }: RouteCost): string {
  return (
    `5000 routes load in ${loadMs.toFixed(0)} ms (median of 5)\n` +
    `a route is found in ${few.toFixed(0)} ns among 50 and in ${many.toFixed(0)} ns among 5000\n`
  );
}
