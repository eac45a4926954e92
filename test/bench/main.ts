// What the gate costs, beside a bare relay and in one run. `npm run bench -- [--quick] [--json]`
import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '../fixtures/ports.ts';
import { hosts, newSecrets, signedIn, startLatchkey } from './latchkey.ts';
import { load } from './load.ts';
import { cpuUsOf, peakMiBOf } from './measure.ts';
import { bodies, startOrigin } from './origin.ts';
import { pinning, startServer, stopAll } from './processes.ts';
import { row, table } from './report.ts';
import type { Slice } from './report.ts';
import { isCheap, measureRoutes, routesText } from './routes.ts';
import { interleave } from './slices.ts';

type Contestant = { name: string; port: number; pids: number[]; headers: string[]; output: string };

const { values: asked } = parseArgs({
  options: { quick: { type: 'boolean' }, json: { type: 'boolean' }, rounds: { type: 'string' } },
});
const rounds = Number(asked.rounds ?? (asked.quick === true ? 5 : 9));
const run = { seconds: 1, connections: 64 };

const dir = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
if (pinning() === undefined) process.stderr.write('no taskset or one processor: nothing is pinned\n');

const node = (name: string) => [process.execPath, join(import.meta.dirname, 'servers', `${name}.ts`)];
const origin = await startOrigin(dir);
const authPort = await freePort();
await startServer('load', [...node('auth'), `${authPort}`], { port: authPort, output: join(dir, 'auth') });
const relayPort = await freePort();
const relay = await startServer(
  'server',
  [...node('relay'), `${relayPort}`, `http://127.0.0.1:${origin.port}`],
  {
    port: relayPort,
    output: join(dir, 'relay'),
  },
);
const installation = { dir, originPort: origin.port, authPort, secrets: newSecrets() };
const open = await startLatchkey('open', installation);
const app = await startLatchkey('app', installation);
const [cookie] = await signedIn(1, installation, app.port);
const contestants: Contestant[] = [
  {
    name: 'undici relay',
    port: relay.port,
    pids: [relay.pid],
    headers: ['Host: relay'],
    output: join(dir, 'relay'),
  },
  {
    name: 'latchkey, public',
    port: open.port,
    pids: [open.pid],
    headers: [`Host: ${hosts.open}`],
    output: join(dir, 'open'),
  },
  {
    name: 'latchkey, session',
    port: app.port,
    pids: [app.pid],
    headers: [`Host: ${hosts.app}`, `Cookie: ${cookie}`],
    output: join(dir, 'app'),
  },
];
const cases = Object.keys(bodies).flatMap((body) => contestants.map((contestant) => ({ contestant, body })));

const results = await interleave(cases, rounds, async function slice({ contestant, body }): Promise<Slice> {
  const before = cpuUsOf(contestant.pids);
  const came = await load({ ...contestant, path: `/${body}` }, run);
  const cpuUs = cpuUsOf(contestant.pids) - before;
  truncateSync(contestant.output);
  return { ...came, cpuUs };
});
const rows = cases.map((one) => {
  const beside = cases.find(({ contestant, body }) => contestant === contestants[0] && body === one.body);
  const name = { server: one.contestant.name, body: one.body, peakMiB: peakMiBOf(one.contestant.pids) };
  return row(name, results.get(one) ?? [], results.get(beside ?? one) ?? []);
});
await stopAll();
const routes = measureRoutes();
if (!isCheap(routes)) process.exitCode = 1;
process.stdout.write(
  asked.json === true
    ? `${JSON.stringify({ rounds, rows, routes }, undefined, 2)}\n`
    : `${table(rows)}\n${routesText(routes)}`,
);
