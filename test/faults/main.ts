// Everything goes wrong in turn, under people who are at work. `npm run faults -- [--json] [--only WORDS]`
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { faults } from './faults.ts';
import { startLoad } from './load.ts';
import { startNewcomer } from './newcomer.ts';
import { table } from './table.ts';
import { tryOut } from './trial.ts';
import type { Row } from './trial.ts';
import { missing, startWorld } from './world.ts';

// Until each task knows everybody.
const warmUpMs = 3_000;
const longestMs = 10 * 60_000;

const { values: asked } = parseArgs({
  options: { json: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});
const chosen = faults.filter(({ name }) => name.includes(asked.only));
const say = (line: string) => void (asked.json ? process.stderr : process.stdout).write(`faults: ${line}\n`);

const rows: Row[] = [];
const absent = missing();
if (absent.length > 0) say(`skipped, not installed: ${absent.join(', ')}`);
else await tryAll();
report();

async function tryAll(): Promise<void> {
  const over = performance.now() + longestMs;
  const world = await startWorld();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void world.close().finally(() => process.exit(1)));
  try {
    const load = await startLoad(world);
    const newcomer = startNewcomer(world);
    try {
      await pause(warmUpMs);
      for (const fault of chosen) {
        if (performance.now() > over) break;
        const row = await tryOut(fault, { world, load, newcomer });
        rows.push(row);
        say(`${row.wrong.length === 0 ? 'ok     ' : 'FAILED '} ${fault.name}`);
        for (const line of row.wrong) say(`          ${line}`);
      }
    } finally {
      await Promise.all([load.stop(), newcomer.stop()]);
    }
  } finally {
    await world.close();
  }
}

function report(): void {
  if (asked.json) process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`);
  else process.stdout.write(`\n${table(rows)}\n`);
  const passed = rows.filter(({ wrong }) => wrong.length === 0).length;
  const skipped = absent.length > 0 ? chosen.length : 0;
  const failed = chosen.length - passed - skipped;
  say(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exit(failed === 0 ? 0 : 1);
}
