import { expect, test } from '@jest/globals';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagesInUse } from './packages.ts';

const root = join(import.meta.dirname, '../..');
const docs = join(root, 'docs');
const services = new Set(['auth', 'proxy', 'connector']);
const pages = ['architecture.md', 'life-of-a-sign-in.md'];

test.each(pages)('every file and folder that docs/%s names by its whole path is there', (page) => {
  const named = [...read(page).matchAll(/`((?:services|packages|test|deploy)\/[^`\s]*)`/g)].map(
    ([, path = '']) => path,
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((path) => !isThere(path))).toEqual([]);
});

test.each(pages)('every page that docs/%s leads to is there', (page) => {
  const targets = [...read(page).matchAll(/\]\(([^)#]+)/g)].map(([, target = '']) => target);
  expect(targets.length).toBeGreaterThan(5);
  expect(targets.filter((target) => !existsSync(join(docs, target)))).toEqual([]);
});

test('docs/architecture.md says of every package what it is', () => {
  const cells = [...read('architecture.md').matchAll(/^\| (`.*?) \|/gm)].map(([, cell]) => cell).join();
  const packages = [...packagesInUse(root).keys()].filter((name) => !services.has(name));
  expect(packages.filter((name) => !cells.includes(`\`${name}\``))).toEqual([]);
});

function read(page: string): string {
  return readFileSync(join(docs, page), 'utf8');
}

/** A test may be named without its ending. */
function isThere(path: string): boolean {
  return globSync(`${path}{,.test.ts,.long.test.ts,.heavy.test.ts}`, { cwd: root }).length > 0;
}
