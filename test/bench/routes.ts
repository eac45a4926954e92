// How long a large upstream file takes to load, and a route to be found in it. Ends with 1 when the median of five loads
// of 5 000 routes is a second or more, or when finding one takes longer in a large table than in a small one.
import { loadUpstreams } from '@latchkey/upstreams';
import type { RouteTable } from '@latchkey/upstreams';
import { performance } from 'node:perf_hooks';

const defaults = {
  emailDomains: [],
  emailAddresses: [],
  groups: [],
  timeoutMs: 1,
  resetDeadlineMs: 1,
  provider: 'google',
};

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
  const started = performance.now();
  const { table } = loadUpstreams({
    file: 'bench.yml',
    text,
    cluster: '',
    scheme: 'https',
    defaults,
    templateVariables: {},
  });
  const ms = performance.now() - started;
  if (table === undefined) throw new Error('the file of the bench does not load');
  return { table, ms };
}

function nanosecondsToFind(table: RouteTable): number {
  const rounds = 200_000;
  const hosts = table.routes.map(({ from }) => from);
  const started = performance.now();
  for (let at = 0; at < rounds; at++) table.match(hosts[(at * 7919) % hosts.length] ?? '', undefined);
  return ((performance.now() - started) / rounds) * 1e6;
}

function median(values: number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}

const loads = Array.from({ length: 5 }, () => load(5_000));
const loadMs = median(loads.map(({ ms }) => ms));
const small = load(50).table;
const large = loads[0]?.table ?? small;
const rounds = Array.from({ length: 7 }, () => [nanosecondsToFind(small), nanosecondsToFind(large)] as const);
const [inSmall, inLarge] = [median(rounds.map(([ns]) => ns)), median(rounds.map(([, ns]) => ns))];

process.stdout.write(
  `5000 routes load in ${loadMs.toFixed(0)} ms (median of 5)\n` +
    `a route is found in ${inSmall.toFixed(0)} ns among 50 and in ${inLarge.toFixed(0)} ns among 5000\n`,
);
// Five times: a table that is larger than the processor's caches is slower by itself; a search would be a hundred times.
process.exitCode = loadMs < 1_000 && inLarge < inSmall * 5 + 500 ? 0 : 1;
