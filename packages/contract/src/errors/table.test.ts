import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { renderErrorReference } from './reference.ts';
import { errors } from './table.ts';
import type { ErrorCode } from './table.ts';

const isCode = (name: string): name is ErrorCode => name in errors;
const codes = Object.keys(errors).filter(isCode);

describe('the error table', () => {
  test.each(codes)('%s is an error status with a text that says what to do', (code) => {
    const { status, title, sentence, description } = errors[code];

    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(title).not.toMatch(/\.$/);
    for (const text of [sentence, description]) expect(text).toMatch(/^[A-Z].*\.$/);
  });

  test('what is broken on our side is logged as an error, and nothing else is', () => {
    for (const code of codes) {
      expect([code, errors[code].level === 'error']).toEqual([code, errors[code].status >= 500]);
    }
  });

  test('docs/errors.md says what the table says (otherwise: npx --yes pnpm@12.21.0 run docs)', () => {
    const written = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');

    expect(written).toBe(renderErrorReference());
  });

  test('every code has a heading of its own in the reference', () => {
    const headings = renderErrorReference().match(/^### .+$/gm);

    expect(headings).toEqual(codes.map((code) => `### ${code}`));
  });
});
