import { describe, expect, test } from '@jest/globals';
import { decodeUpstreamFile } from '../index.ts';
import { withOptions } from '@latchkey/testing';
import { load, placesOf } from '../../test-support/load.ts';

const bomb = Array.from('abcdefghij', (name, level) => {
  const below = 'abcdefghij'[level - 1];
  return `${name}: &${name} [${Array.from({ length: 9 }, () => (below ? `*${below}` : 'x')).join(', ')}]`;
}).join('\n');

describe('text that cannot be used gives one clear error and no table', () => {
  test.each([
    ['a file of 10 MiB', 'a: 1\n'.repeat(2_100_000), 'LK101 1:1'],
    ['NUL', '- service: a\0\n', 'LK103 1:13'],
    ['a control character', '- service: "\u0007"\n', 'LK103 1:13'],
    ['half a surrogate pair', '- service: "\uD800"\n', 'LK103 1:13'],
    ['a tab before a key', '- service: a\n\tdefault: {}\n', 'LK104 2:2'],
    ['a tab within the indentation', '- service: a\n  default:\n  \tfrom: x\n', 'LK104 3:3'],
    ['a bracket that never closes', '- service: [a\n', 'LK105 2:1'],
    ['two values on one line', '- service: a: b\n', 'LK105 1:13'],
    ['nesting without end', '['.repeat(100_000), 'LK105 1:100'],
    ['aliases that expand without end', bomb, 'LK107 6:7'],
    ['a list that repeats one service', `- &s {service: a}\n${'- *s\n'.repeat(400_000)}`, 'LK107 1:1'],
    ['an alias without anchor', '- service: *nothing\n', 'LK108 1:13'],
    ['an unquoted wildcard', withOptions('allowed_groups: [*]'), 'LK105 6:25'],
    ['a value that contains itself', '- &a [*a]\n', 'LK108 1:8'],
    ['a mapping as a key', '- {a: b}: c\n', 'LK109 1:3'],
    ['a key that reaches for the prototype', '- service: a\n  __proto__: {}\n', 'LK109 2:3'],
    ['<< of a text', '- <<: text\n', 'LK110 1:7'],
    ['a tag', '- service: !secret a\n', 'LK111 1:20'],
  ])('%s', (_, text, place) => {
    const result = load(text);
    expect(placesOf(result)).toEqual([place]);
    expect(result.diagnostics[0]).toMatchObject({ severity: 'error', file: 'upstreams.yml' });
    expect(result.table).toBeUndefined();
  });

  test('a file cut off anywhere is either refused or complete up to there, and never throws', () => {
    const text = withOptions('allowed_groups: [a, "b"]', 'skip_auth_regex: ["^/x$"]', 'timeout: 5s');
    for (let end = 0; end <= text.length; end += 1) {
      const { table, diagnostics } = load(text.slice(0, end));
      expect(table === undefined).toBe(diagnostics.some((diagnostic) => diagnostic.severity === 'error'));
    }
  });

  test('a file with ever so many mistakes keeps a bounded number of them', () => {
    expect(load('- 1\n'.repeat(50_000)).diagnostics).toHaveLength(10_000);
  });
});

/** Texts as UTF-8, and bytes as they are. */
function bytes(...parts: Array<string | number[]>): Uint8Array {
  return Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))),
  );
}

describe('decodeUpstreamFile', () => {
  test('takes UTF-8, without its byte order mark', () => {
    expect(decodeUpstreamFile('f.yml', bytes([0xef, 0xbb, 0xbf], '- é'))).toEqual({ ok: true, text: '- é' });
  });

  test.each([
    ['a byte that is not UTF-8', bytes('- a\n- b', [0xff]), { code: 'LK102', line: 2, column: 4 }],
    ['UTF-16', bytes([0xff, 0xfe], [0x2d, 0]), { code: 'LK102', line: 1, column: 1 }],
    ['10 MiB', new Uint8Array(10 * 1024 * 1024), { code: 'LK101', line: 1, column: 1 }],
  ])('refuses %s', (_, input, diagnostic) => {
    expect(decodeUpstreamFile('f.yml', input)).toMatchObject({
      ok: false,
      diagnostics: [{ ...diagnostic, severity: 'error', file: 'f.yml' }],
    });
  });
});
