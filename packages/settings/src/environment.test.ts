import { describe, expect, test } from '@jest/globals';
import { createEnvironment, findText } from './environment.ts';
import { text } from './value-types.ts';
import type { Variable } from './variable.ts';

const variable: Variable = { type: text, meaning: 'A variable.', aliases: ['OLD', 'OLDER'] };

function find(env: Record<string, string | undefined>, row = variable) {
  return findText(createEnvironment(env), 'NEW', row);
}

describe('a variable is found', () => {
  test('under its name in any letter case', () => {
    expect(find({ nEw: 'x' })?.text).toBe('x');
  });

  test.each([
    ['first', { NEW: 'upper', new: 'lower' }],
    ['last', { new: 'lower', NEW: 'upper' }],
  ])('in upper case where two spellings are set, the upper one %s', (_order, env) => {
    expect(find(env)?.text).toBe('upper');
  });

  test('under an older name, with a warning', () => {
    expect(find({ OLDER: 'x' })).toEqual({
      name: 'OLDER',
      text: 'x',
      warnings: ['OLDER: an older name, write NEW'],
    });
  });

  test('under its own name where an older one is set, too', () => {
    expect(find({ OLD: 'old', NEW: 'new' })).toEqual({ name: 'NEW', text: 'new', warnings: [] });
  });

  test('empty, and an older name does not fill the gap', () => {
    expect(find({ OLD: 'old', NEW: '' })?.text).toBe('');
  });

  test('not at all where nothing is set', () => {
    expect(find({ OTHER: 'x', NEW: undefined })).toBeUndefined();
  });
});

describe('a reference in a value', () => {
  test('is replaced, in any letter case and more than once', () => {
    expect(find({ NEW: '${host}:${PORT}/${host}', HOST: 'a', PORT: '1' })?.text).toBe('a:1/a');
  });

  test('is not looked into again', () => {
    expect(find({ NEW: '${A}', A: '${B}', B: 'x' })?.text).toBe('${B}');
  });

  test('to nothing becomes empty, with a warning that names it', () => {
    expect(find({ NEW: 'a${MISSING}b' })).toEqual({
      name: 'NEW',
      text: 'ab',
      warnings: ['NEW: names ${MISSING}, which is not set and became empty'],
    });
  });

  test('in a secret is not shown', () => {
    const found = find({ NEW: 'pa${ss}word' }, { ...variable, secret: true });
    expect(found?.warnings).toEqual(['NEW: names ${…}, which is not set and became empty']);
  });

  test('that is none stays as it is', () => {
    expect(find({ NEW: '$A ${} ${a-b} {{x}}' })?.text).toBe('$A ${} ${a-b} {{x}}');
  });
});
