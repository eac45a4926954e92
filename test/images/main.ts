// Builds the image as an operator would, runs it, and holds it against what a deployment of BuzzFeed SSO expects. One
// line for each check; the last one counts them. Needs root, Linux and the programs below, and is skipped without.
import { performance } from 'node:perf_hooks';
import { findProgram } from '@latchkey/testing/programs';
import { makeBases } from './bases.ts';
import type { Check } from './checks/check.ts';
import { command } from './checks/command.ts';
import { compose } from './checks/compose.ts';
import { configuration } from './checks/configuration.ts';
import { contents } from './checks/contents.ts';
import { figures } from './checks/figures.ts';
import { services } from './checks/services.ts';
import { supplyChain } from './checks/supply-chain.ts';
import { buildImage } from './image.ts';
import type { Image } from './image.ts';
import { openWorkshop } from './workshop.ts';
import type { Workshop } from './workshop.ts';

const programs = ['buildah', 'podman', 'runc', 'iptables', 'debootstrap'];
const checks = [
  ...configuration,
  ...contents,
  ...command,
  ...supplyChain,
  ...services,
  ...figures,
  ...compose,
];
// Long: what runs beside others gets what they leave of the processors.
const checkMs = 300_000;

const say = (line: string) => void process.stdout.write(`image: ${line}\n`);
const counts = { passed: 0, failed: 0, skipped: 0 };

const absent = (wanted: readonly string[]) => wanted.filter((name) => findProgram(name) === undefined);

function missing(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux can build it here';
  const missed = absent(programs);
  return missed.length === 0 ? undefined : `not installed: ${missed.join(', ')}`;
}

/** Tries one thing, and says how it went. Undefined where it failed. */
async function attempt<T>(
  name: string,
  act: () => Promise<T> | T,
  limitMs = checkMs,
): Promise<T | undefined> {
  const began = performance.now();
  const took = () => `${((performance.now() - began) / 1_000).toFixed(1)} s`;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`not done after ${took()}`)), limitMs);
  try {
    const result = await Promise.race([act(), late.promise]);
    counts.passed += 1;
    say(`ok      ${name} (${took()})${typeof result === 'string' ? `: ${result}` : ''}`);
    return result;
  } catch (error) {
    counts.failed += 1;
    say(`FAILED  ${name} (${took()})`);
    process.stdout.write(`${String(error instanceof Error ? error.stack : error).replace(/^/gm, '    ')}\n`);
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

async function tryOut(check: Check, image: Image): Promise<void> {
  const missed = absent(check.needs ?? []);
  if (missed.length === 0) return void (await attempt(check.name, () => check.run(image), check.limitMs));
  counts.skipped += 1;
  say(`skipped ${check.name}, not installed: ${missed.join(', ')}`);
}

async function build(workshop: Workshop): Promise<Image> {
  await makeBases(workshop);
  return buildImage(workshop);
}

async function checkAll(workshop: Workshop): Promise<void> {
  const image = await attempt(
    'builds from a checkout in which other things lie about',
    () => build(workshop),
    15 * 60_000,
  );
  if (image === undefined) {
    counts.skipped += checks.length;
    return;
  }
  for (const check of checks) await tryOut(check, image);
}

const why = missing();
if (why === undefined) {
  const workshop = await openWorkshop();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void workshop.close().finally(() => process.exit(1)));
  }
  try {
    await checkAll(workshop);
  } finally {
    await workshop.close();
  }
} else {
  counts.skipped = checks.length + 1;
  say(`skipped, ${why}`);
}
say(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed === 0 ? 0 : 1);
