import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createLiveCopy } from './live-copy.ts';

let folder = '';
let file = '';
let copied = '';
let lines: string[] = [];
const log = pino({ base: null, timestamp: false }, { write: (text) => void lines.push(text) });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
  file = join(folder, 'upstreams.yml');
  copied = join(folder, 'live.yml');
  writeFileSync(file, 'the file');
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

async function keep(text: string): Promise<void> {
  await createLiveCopy({ liveCopy: copied, configFile: file }, log)?.(Buffer.from(text));
}

test('without a path there is none', () => {
  expect(createLiveCopy({ configFile: file }, log)).toBeUndefined();
});

test('a copy replaces the one before, for the eyes of the proxy alone, and leaves nothing beside it', async () => {
  writeFileSync(copied, 'of old', { mode: 0o644 });
  await keep('new');
  expect(readFileSync(copied, 'utf8')).toBe('new');
  expect(statSync(copied).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder).toSorted()).toEqual(['live.yml', 'upstreams.yml']);
});

test('of several at once the last is kept, and those between need not be written', async () => {
  const copy = createLiveCopy({ liveCopy: copied, configFile: file }, log);
  await Promise.all(['one', 'two', 'three'].map(async (text) => copy?.(Buffer.from(text))));
  expect(readFileSync(copied, 'utf8')).toBe('three');
  expect(lines).toHaveLength(2);
});

test.each([
  ['in a folder that is not there', () => (copied = join(folder, 'nowhere', 'live.yml')), 'ENOENT'],
  ['in the place of a folder', () => mkdirSync(copied), 'no file'],
  ['in the place of a link', () => symlinkSync(file, copied), 'no file'],
  ['in the place of the file itself', () => (copied = join(folder, '.', 'upstreams.yml')), 'itself'],
  ['in the place of the file by another name', () => linkSync(file, copied), 'itself'],
])('what cannot be written %s is a line in the log, and changes nothing', async (_, spoil, reason) => {
  spoil();
  const before = readdirSync(folder);
  await keep('new');
  expect(lines.join('')).toContain(reason);
  expect(readFileSync(file, 'utf8')).toBe('the file');
  expect(readdirSync(folder)).toEqual(before);
});
