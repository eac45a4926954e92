import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startProxyBeside } from '../fixtures/proxy-beside.ts';
import { startSoakApp, upstreamsFor } from './app.ts';
import { load } from './load.ts';
import { verdictOf } from './verdict.ts';

const everyMs = 10_000;
const { minutes } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } }).values;
const forMs = Number(minutes) * 60_000;
if (!(forMs > 0 && forMs <= 24 * 60 * 60_000))
  throw new Error(`--minutes ${minutes} is no number of minutes`);

const app = await startSoakApp();
const the = await startProxyBeside(upstreamsFor(app.port));
const over = new AbortController();
const running = load(the, over.signal);
const resident: number[] = [];
try {
  for (const until = Date.now() + forMs; Date.now() < until;) {
    await Promise.race([wait(Math.min(everyMs, until - Date.now())), running.failed]);
    resident.push(the.residentMiB());
    process.stdout.write(`${resident.at(-1)?.toFixed(0)} MiB after ${running.counts()}\n`);
  }
  over.abort();
  await running.ended;
} finally {
  await the.stop();
  await app.stop();
}

const { second, last, isFlat } = verdictOf(resident);
process.stdout.write(`${second.toFixed(0)} MiB in the second third, ${last.toFixed(0)} MiB in the last\n`);
process.exit(isFlat ? 0 : 1);
