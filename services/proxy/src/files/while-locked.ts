import { rm, stat, writeFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from './error-code.ts';

const patienceMs = 2_000;
const betweenMs = 20;
// What it is held for takes milliseconds: a process that has held it for so long has ended.
const leftBehindMs = 60_000;

/**
 * Does something while no other process does the same: `PATH.lock` is a file that only one of them can make.
 *
 * @throws what `act` and `node:fs` throw; with the code `EEXIST` where another process holds it for too long
 */
export async function whileLocked<T>(path: string, act: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  await take(lock, performance.now() + patienceMs);
  try {
    return await act();
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock: string, until: number): Promise<void> {
  try {
    await writeFile(lock, '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const isHeld = errorCode(error) === 'EEXIST';
    if (!isHeld || performance.now() > until) throw error;
    const { mtimeMs = Date.now() } = (await stat(lock).catch(() => undefined)) ?? {};
    if (Date.now() - mtimeMs > leftBehindMs) await rm(lock, { force: true });
    await pause(betweenMs);
    await take(lock, until);
  }
}
