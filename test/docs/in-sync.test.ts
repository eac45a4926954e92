import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedPages } from './pages.ts';

test.each(Object.entries(generatedPages()))(
  'docs/%s says what the code says (otherwise: npx --yes pnpm@12.21.0 run docs)',
  (name, text) => {
    expect(readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8')).toBe(text);
  },
);
