import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from './error-code.ts';

const betweenMs = 20;
// Longer than what is done under a lock can last. A process that has held it for so long has ended.
const abandonedAfterMs = 60_000;

/** Another process holds a lock for longer than this one waits. */
export class LockHeld extends Error {
  override readonly name = 'LockHeld';
  /** The path of the lock file. */
  readonly lock: string;
  constructor(lock: string) {
    super(`another process holds ${lock}`);
    this.lock = lock;
  }
}

/**
 * Does something while no other process does the same: `PATH.lock` is a file that only one of them can make. One that its owner
 * left behind is taken away after a minute.
 *
 * @param waitMs how long to wait for others
 * @throws LockHeld
 * @throws what `act` and `node:fs` throw
 */
export async function whileLocked<Done>(
  path: string,
  waitMs: number,
  act: () => Promise<Done>,
): Promise<Done> {
  const lock = `${path}.lock`;
  const owner = randomUUID();
  await take(lock, owner, performance.now() + waitMs);
  try {
    return await act();
  } finally {
    await release(lock, owner);
  }
}

async function take(lock: string, owner: string, until: number): Promise<void> {
  while (!(await make(lock, owner))) {
    if (performance.now() > until) throw new LockHeld(lock);
    await dropAbandoned(lock);
    await pause(betweenMs);
  }
}

async function make(lock: string, owner: string): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(lock, 'wx', 0o600);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    await file.writeFile(owner);
    return true;
  } catch (error) {
    // On a full disk it would be a lock of nobody.
    await rm(lock, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

// After a laptop slept it may be somebody else's by now.
async function release(lock: string, owner: string): Promise<void> {
  const holder = await readFile(lock, 'utf8').catch(() => undefined);
  if (holder === owner) await rm(lock, { force: true });
}

// Two may find it abandoned, and the slower one must not take away the lock that the quicker one has just made: who moves a
// living one aside puts it back.
async function dropAbandoned(lock: string): Promise<void> {
  if (!(await isAbandoned(lock))) return;
  const aside = `${lock}.${randomUUID()}`;
  try {
    await rename(lock, aside);
    if (!(await isAbandoned(aside))) await link(aside, lock);
  } catch {
    // Another one was quicker.
  } finally {
    await rm(aside, { force: true });
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  const stats = await stat(file).catch(() => undefined);
  return stats !== undefined && Date.now() - stats.mtimeMs > abandonedAfterMs;
}
