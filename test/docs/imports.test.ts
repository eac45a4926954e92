import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import { allImports, circleIn, importsIn, isForTests, leavesPackage } from './imports.ts';

const imports = allImports(join(import.meta.dirname, '../..'));

test('nothing reaches into a package from outside: others are imported by name, and give what they export', () => {
  expect(imports.length).toBeGreaterThan(1_000);
  expect(imports.filter(leavesPackage)).toEqual([]);
});

test('nothing reaches back: no file leads to itself by what it imports', () => {
  expect(circleIn(imports)).toBeUndefined();
  const circle = circleIn([
    { file: 'a/x.ts', from: './y.ts' },
    { file: 'a/y.ts', from: './b/z.ts' },
    { file: 'a/b/z.ts', from: '../x.ts' },
  ]);
  expect(circle).toEqual(['a/x.ts', 'a/y.ts', 'a/b/z.ts', 'a/x.ts']);
});

test('what helps tests is imported by tests alone', () => {
  const helped = imports.filter(({ from }) => /^@latchkey\/testing(?:\/|$)/.test(from));
  expect(helped.length).toBeGreaterThan(50);
  expect(helped.filter(({ file }) => !isForTests(file))).toEqual([]);
});

test.each([
  ['services/auth/src/a.ts', '../../proxy/src/b.ts', true],
  ['services/auth/src/a/b.ts', '../../../../packages/http/src/c.ts', true],
  ['packages/cli/src/a.test.ts', '../../settings/src/index.ts', true],
  ['test/field/a.test.ts', '../../deploy/demo/ports.ts', true],
  ['test/field/a.test.ts', '../../package.json', true],
  ['test/field/a.test.ts', '../fixtures/stack.ts', false],
  ['services/auth/src/a/b.test.ts', '../../test/rig.ts', false],
  ['services/auth/src/a.ts', '@latchkey/proxy', false],
])('from %s, %s is beyond the package: %s', (file, from, leaves) => {
  expect(leavesPackage({ file, from })).toBe(leaves);
});

test('an import is found however it is written', () => {
  const text = [
    `import type {\n  A,\n} from './a.ts';`,
    `export * from "./b.ts";`,
    `import './c.ts';`,
    `const d = await import('./d.ts');`,
    `const e: import('./e.ts').E = require('./f.ts');`,
  ].join('\n');
  const found = importsIn('test/x.ts', text).map(({ from }) => from);
  expect(found).toEqual(['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts', './f.ts']);
});
