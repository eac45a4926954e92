import { expect, test } from '@jest/globals';
import { closest } from './closest.ts';

const known = ['from', 'to', 'type', 'options', 'skip_auth_regex', 'skip_auth_preflight'];

test.each([
  ['form', 'from'],
  ['tpye', 'type'],
  ['Options', 'options'],
  ['option', 'options'],
  ['skip-auth-regex', 'skip_auth_regex'],
  ['skip_auth_regexp', 'skip_auth_regex'],
  ['skip_auth_preflght', 'skip_auth_preflight'],
  ['x', undefined],
  ['colour', undefined],
  ['options'.repeat(100), undefined],
])('%s was meant to be %s', (written, meant) => {
  expect(closest(written, known)).toBe(meant);
});

test('where less may be wrong, less is taken for it', () => {
  expect(closest('skip_auth_regexps', known, 1 / 6)).toBe('skip_auth_regex');
  expect(closest('skip_all_regexps', known, 1 / 6)).toBe(undefined);
});
