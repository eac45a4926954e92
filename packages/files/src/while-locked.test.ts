import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LockHeld, whileLocked } from './while-locked.ts';

const longMs = 20_000;

let folder = '';
let path = '';
let lock = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
  path = join(folder, 'good.yml');
  lock = `${path}.lock`;
});
afterEach(() => rmSync(folder, { recursive: true }));

function heldSince(secondsAgo: number): void {
  const then = new Date(Date.now() - secondsAgo * 1_000);
  writeFileSync(lock, 'another process');
  utimesSync(lock, then, then);
}

describe('a lock', () => {
  test('lets one in at a time, the others after it, and is no longer there afterwards', async () => {
    let inside = 0;
    const seen: number[] = [];
    const act = async () => {
      inside += 1;
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(inside);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 10 }, () => whileLocked(path, longMs, act)));
    expect(seen).toEqual(Array.from({ length: 10 }, () => 1));
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is given up by what fails, which says so itself', async () => {
    const full = whileLocked(path, longMs, () => Promise.reject(new Error('the disk is full')));
    await expect(full).rejects.toThrow('the disk is full');
    expect(existsSync(lock)).toBe(false);
  });

  test('that another process holds is waited for, so long and no longer', async () => {
    heldSince(59);
    const held = whileLocked(path, 0, () => Promise.resolve());
    await expect(held).rejects.toThrow(new LockHeld(lock));
    expect(readFileSync(lock, 'utf8')).toBe('another process');
  });

  test('that a process left behind counts for a minute', async () => {
    heldSince(61);
    expect(await whileLocked(path, longMs, () => Promise.resolve('done'))).toBe('done');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that has become the one of another process is left to it', async () => {
    await whileLocked(path, longMs, async () => heldSince(0));
    expect(readFileSync(lock, 'utf8')).toBe('another process');
  });

  test('where there is no folder is an error of the file system', async () => {
    const nowhere = whileLocked(join(folder, 'none', 'good.yml'), longMs, () => Promise.resolve());
    await expect(nowhere).rejects.toThrow('ENOENT');
  });
});
