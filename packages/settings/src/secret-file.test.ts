import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readSecretFile, readSmallFile } from './secret-file.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-settings-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function read(content: string | Uint8Array) {
  const path = join(folder, 'secret');
  writeFileSync(path, content);
  return readSecretFile(path, readSmallFile);
}

describe('a secret on the disk', () => {
  test('is read', () => {
    expect(read('s3cret é\n')).toEqual({ secret: 's3cret é' });
  });

  test('may be just as large as the bound', () => {
    expect(read('x'.repeat(64 * 1024))).toEqual({ secret: 'x'.repeat(64 * 1024) });
  });

  test.each([
    ['is larger than 64 KiB', 'x'.repeat(64 * 1024 + 1)],
    ['is empty', ''],
    ['is empty', '\n'],
    ['is not UTF-8 text', Uint8Array.of(0xff, 0xfe)],
  ])('is refused where it %s', (problem, content) => {
    expect(read(content)).toEqual({ problem });
  });

  test('is refused where a directory stands in its place', () => {
    expect(readSecretFile(folder, readSmallFile)).toEqual({ problem: 'is a directory' });
  });

  test('is refused where it has no end', () => {
    expect(readSecretFile('/dev/zero', readSmallFile)).toEqual({ problem: 'is larger than 64 KiB' });
  });

  test.each([
    ['ENOENT', 'does not exist'],
    ['EACCES', 'may not be read by this user'],
    ['EIO', 'cannot be read (EIO)'],
  ])('is refused after the error %s', (code, problem) => {
    const readFile = (): string => {
      throw Object.assign(new Error('the disk says no'), { code });
    };
    expect(readSecretFile('/s', readFile)).toEqual({ problem });
  });

  test('has the same bound where another reads it', () => {
    expect(readSecretFile('/s', () => 'é'.repeat(40_000))).toEqual({ problem: 'is larger than 64 KiB' });
  });
});
