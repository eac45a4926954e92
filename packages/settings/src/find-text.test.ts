import { describe, expect, test } from '@jest/globals';
import { createEnvironment } from './environment.ts';
import { findText } from './find-text.ts';
import { noFindings } from './findings.ts';
import { sentenceOf } from './problem.ts';
import { text } from './value-types.ts';
import type { Variable } from './variable.ts';
import { filesOf } from '@latchkey/testing/environments';

const plain: Variable = { type: text, meaning: 'A variable.', aliases: ['OLD', 'OLDER'] };
const secret: Variable = { ...plain, secret: true };

function find(env: Record<string, string | undefined>, row = plain, files: Record<string, string> = {}) {
  const findings = noFindings();
  const found = findText(createEnvironment(env, filesOf(files)), 'NEW', row, findings);
  return { found, errors: findings.errors.map(sentenceOf), warnings: findings.warnings.map(sentenceOf) };
}

const nothingToSay = { errors: [], warnings: [] };

describe('a variable is found', () => {
  test('under its name in any letter case', () => {
    expect(find({ nEw: 'x' }).found?.text).toBe('x');
  });

  test('under an older name, which is deprecated', () => {
    expect(find({ OLDER: 'x' })).toEqual({
      found: { name: 'OLDER', text: 'x' },
      errors: [],
      warnings: ['OLDER: deprecated, write NEW'],
    });
  });

  test('under its own name where an older one is set, too', () => {
    expect(find({ OLD: 'old', NEW: 'new' })).toMatchObject({
      found: { name: 'NEW', text: 'new' },
      warnings: [],
    });
  });

  test.each([
    ['nothing is set', { OTHER: 'x', NEW: undefined }],
    ['it is set to nothing, and an older name does not fill the gap', { OLD: 'old', NEW: '' }],
    ['an older name is set to nothing', { OLD: '' }],
    ['a file is named and it is no secret', { NEW_FILE: '/x' }],
  ])('not at all where %s', (_when, env) => {
    expect(find(env)).toEqual({ found: undefined, ...nothingToSay });
  });
});

describe('a reference in a value', () => {
  test('is replaced, in any letter case and more than once', () => {
    expect(find({ NEW: '${host}:${PORT}/${host}', HOST: 'a', PORT: '1' }).found?.text).toBe('a:1/a');
  });

  test('is not looked into again', () => {
    expect(find({ NEW: '${A}', A: '${B}', B: 'x' }).found?.text).toBe('${B}');
  });

  test('to nothing becomes empty, with a warning that names it', () => {
    const { found, warnings } = find({ NEW: 'a${MISSING}b' });
    expect(found?.text).toBe('ab');
    expect(warnings).toEqual(['NEW: names ${MISSING}, which is not set and became empty']);
  });

  test('in a secret is not shown', () => {
    expect(find({ NEW: 'pa${ss}word' }, secret).warnings).toEqual([
      'NEW: names ${…}, which is not set and became empty',
    ]);
  });

  test('that is none stays as it is', () => {
    expect(find({ NEW: '$A ${} ${a-b} {{x}}' }).found?.text).toBe('$A ${} ${a-b} {{x}}');
  });

  test('stays where the value is taken as it stands', () => {
    const { found, warnings } = find({ NEW: '${A}', A: 'x' }, { ...plain, verbatim: true });
    expect(found?.text).toBe('${A}');
    expect(warnings).toEqual([]);
  });
});

describe('a secret in a file', () => {
  test.each([
    ['as it is', 's3cret', 's3cret'],
    ['without the line break at its end', 's3cret\n', 's3cret'],
    ['without the line break of Windows', 's3cret\r\n', 's3cret'],
    ['with every other blank', ' s3cret \n\n', ' s3cret \n'],
    ['with its references', '${HOME}', '${HOME}'],
    ['of several lines', '-----BEGIN-----\nabc\n-----END-----\n', '-----BEGIN-----\nabc\n-----END-----'],
  ])('is read %s', (_how, content, expected) => {
    expect(find({ NEW_FILE: '/s', HOME: 'x' }, secret, { '/s': content })).toEqual({
      found: { name: 'NEW_FILE', text: expected },
      ...nothingToSay,
    });
  });

  test('may be named with a reference', () => {
    const env = { NEW_FILE: '${DIR}/s', DIR: '/run' };
    expect(find(env, secret, { '/run/s': 'x' }).found?.text).toBe('x');
  });

  test('may be named under an older name', () => {
    expect(find({ OLD_FILE: '/s' }, secret, { '/s': 'x' })).toMatchObject({
      found: { name: 'OLD_FILE', text: 'x' },
      warnings: ['OLD_FILE: deprecated, write NEW_FILE'],
    });
  });

  test('counts where the variable itself is set to nothing', () => {
    expect(find({ NEW: '', NEW_FILE: '/s' }, secret, { '/s': 'x' }).found?.text).toBe('x');
  });

  test('is an error beside the secret itself', () => {
    expect(find({ NEW: 'x', NEW_FILE: '/s' }, secret, { '/s': 'x' })).toEqual({
      found: { name: 'NEW_FILE' },
      ...nothingToSay,
      errors: ['NEW_FILE: set together with NEW, write only one of the two'],
    });
  });

  test('that cannot be read is an error, which does not repeat what was taken for a path', () => {
    expect(find({ NEW_FILE: 'hunter2' }, secret)).toEqual({
      found: { name: 'NEW_FILE' },
      ...nothingToSay,
      errors: [
        'NEW_FILE: the file it names does not exist, write the path of a file that holds the secret alone',
      ],
    });
  });
});
