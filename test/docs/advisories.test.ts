import { expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { advisories } from './advisories.ts';

const root = join(import.meta.dirname, '../..');
const rows = Object.values(advisories).flat();
const named = rows.flatMap((row) => ('tests' in row ? row.tests : []));

test('each advisory is listed once, with a test or a reason', () => {
  const ids = rows.flatMap((row) => row.ids);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  expect(rows.filter((row) => ('tests' in row ? row.tests.length === 0 : row.reason === ''))).toEqual([]);
});

const isThere = (name: string) =>
  ['.test.ts', '.long.test.ts', '.heavy.test.ts'].some((end) => existsSync(join(root, `${name}${end}`)));

test('each test that is named is there', () => {
  expect(named.filter((name) => !isThere(name))).toEqual([]);
});

test('each file of test/advisories is named, and is about an advisory that names it', () => {
  const files = readdirSync(join(root, 'test/advisories')).map((file) =>
    file.replace(/(?:[.]long)?[.]test[.]ts$/, ''),
  );
  expect(files.filter((file) => !named.includes(`test/advisories/${file}`))).toEqual([]);
});

test('each advisory that a test speaks of is listed', () => {
  const known = new Set(rows.flatMap((row) => row.ids));
  const files = readdirSync(join(root, 'test/advisories')).filter((file) => file.endsWith('.ts'));
  const spokenOf = files.flatMap((file) => [
    ...readFileSync(join(root, 'test/advisories', file), 'utf8').matchAll(
      /CVE-\d{4}-\d{4,}|GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}/g,
    ),
  ]);
  expect(spokenOf.map(([id]) => id).filter((id) => !known.has(id))).toEqual([]);
});

test('each test that SECURITY.md names is there', () => {
  const text = readFileSync(join(root, 'SECURITY.md'), 'utf8');
  const inText = [...text.matchAll(/`(test\/[a-z]+\/[\w-]+)`/g)].map(([, name = '']) => name);
  expect(inText.length).toBeGreaterThan(20);
  expect(inText.filter((name) => !isThere(name))).toEqual([]);
});
