import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from './failure.ts';

// Longer than what is done under it can last: two calls, each with its own end. Who holds it longer is dead.
const heldAtMostMs = 60_000;
const retryMs = 50;

/**
 * Does something while no other process does so under the same lock: a file that only one can make. One that its owner left
 * behind is taken away after a minute.
 *
 * @throws Failure
 */
export async function withLock<Done>(file: string, act: () => Promise<Done>): Promise<Done> {
  const mine = randomUUID();
  const until = performance.now() + 2 * heldAtMostMs;
  while (!take(file, mine)) {
    if (performance.now() > until) throw new Failure(`another latchkey is at work: remove ${file} if not`);
    dropAbandoned(file);
    await wait(retryMs);
  }
  try {
    return await act();
  } finally {
    release(file, mine);
  }
}

function take(file: string, mine: string): boolean {
  try {
    writeFileSync(file, mine, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

// After a laptop slept it may be somebody else's by now.
function release(file: string, mine: string): void {
  try {
    if (readFileSync(file, 'utf8') === mine) rmSync(file);
  } catch {
    // It is gone already.
  }
}

// Two may find it abandoned, and the slower one must not take away the lock that the quicker one has just made: who moves a
// living one aside puts it back.
function dropAbandoned(file: string): void {
  if (!isAbandoned(file)) return;
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
    if (!isAbandoned(aside)) linkSync(aside, file);
    rmSync(aside, { force: true });
  } catch {
    // Somebody else was quicker.
  }
}

function isAbandoned(file: string): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs > heldAtMostMs;
}
