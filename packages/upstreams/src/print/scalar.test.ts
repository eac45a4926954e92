import { expect, test } from '@jest/globals';
import { noDefaultRules } from '@latchkey/testing';
import { routeOf } from '../../test-support/load.ts';
import { flowList, flowMapping, scalarText } from './scalar.ts';

test.each([
  ['wiki.example.com', 'wiki.example.com'],
  ['http://wiki.internal:8080/a', 'http://wiki.internal:8080/a'],
  ['ann@example.com', 'ann@example.com'],
  ['', "''"],
  ['no', "'no'"],
  ['null', "'null'"],
  ['12:30', "'12:30'"],
  ["it's", "'it''s'"],
  ['^/a b$', "'^/a b$'"],
  ['two\nlines', String.raw`"two\nlines"`],
  ['{{name}}', String.raw`"\x7B\x7Bname}}"`],
])('%j is written %s', (text, written) => {
  expect(scalarText(text)).toBe(written);
});

test.each([
  '',
  ' ',
  ' a ',
  '~',
  'null',
  'No',
  '0x1F',
  '1e3',
  '2024-01-01',
  "it's",
  '\\d"\'',
  '<<',
  'a:',
  '--- a',
  'a: b',
  'a #b',
  '[a, b]',
  '{a}',
  '{{a}}',
  '{{{a}}}',
  '*a',
  '&a',
  '!a',
  '- a',
  '? a',
  '%a',
  '@a',
  '`a',
  '|',
  'two\nlines',
  'a\r\nb',
  '\t',
  '\0',
  '\x85\x9F',
  '\u2028',
  '\uFEFF',
  '\uD800',
  '\u00A0',
  'é 👩‍🚒',
  '\uFFFE',
])('%j is read as it was, alone, in a list and in a mapping', (text) => {
  const file = `- service: a
  title: ${scalarText(text)}
  default:
    from: a.example.com
    to: a
    options:
      allowed_groups: ${flowList(['first', `x${text}x`, 'last'])}
      inject_request_headers: ${flowMapping([['X-First', text.replaceAll(/[^ -~]/g, '')]])}
`;
  const route = routeOf(file, { defaults: noDefaultRules });
  expect(route.launcher?.title).toBe(text);
  expect(route.rules.groups).toEqual(['first', `x${text}x`, 'last']);
  expect(route.injectRequestHeaders).toEqual([['X-First', text.replaceAll(/[^ -~]/g, '').trim()]]);
});
