import { describe, expect, test } from '@jest/globals';
import { readUpstreamTree } from '../index.ts';
import type { YamlMapping, YamlNode } from '../index.ts';

/** Every key of a tree as `3:5 0/default/from = wiki`, lists by number, with how it came there. */
function shown(node: YamlNode | undefined, path: readonly string[] = []): string[] {
  if (node?.kind === 'list') return node.items.flatMap((item, at) => shown(item, [...path, String(at)]));
  if (node?.kind !== 'mapping') return [];
  return [...node.entries].flatMap(([name, { at, value, aliased, mergedFrom }]) => {
    const place = [...path, name];
    const text = value.kind === 'scalar' ? ` = ${value.text}` : '';
    const alias = aliased ? ` *${value.anchor}` : '';
    const merge = mergedFrom ? ` << ${mergedFrom.anchor ?? 'written here'}` : '';
    return [`${at.line}:${at.column} ${place.join('/')}${text}${alias}${merge}`, ...shown(value, place)];
  });
}

function mappingOf(text: string): YamlMapping {
  const root = readUpstreamTree(text);
  if (root?.kind !== 'mapping') throw new Error('the root is no mapping');
  return root;
}

describe('the tree of a file', () => {
  test('has every key where it is written, whatever it means', () => {
    const text = `- service: wiki
  default: {from: "a, b", options: {timeout: 5, allowed_groups: [x, {y: z}]}}
  unheard_of:
    - note: |
        two
        lines
`;
    expect(shown(readUpstreamTree(text))).toEqual([
      '1:3 0/service = wiki',
      '2:3 0/default',
      '2:13 0/default/from = a, b',
      '2:27 0/default/options',
      '2:37 0/default/options/timeout = 5',
      '2:49 0/default/options/allowed_groups',
      '2:70 0/default/options/allowed_groups/1/y = z',
      '3:3 0/unheard_of',
      '4:7 0/unheard_of/0/note = two\nlines\n',
    ]);
  });

  test('has what an alias stands for in its place, and tells where that is written and from what', () => {
    const text = `x-common: &common
  timeout: 5s
  nested: {a: 1}
a:
  options: *common
b:
  timeout: 6s
  <<: [*common, {c: 2}]
`;
    expect(shown(readUpstreamTree(text))).toEqual([
      '1:1 x-common',
      '2:3 x-common/timeout = 5s',
      '3:3 x-common/nested',
      '3:12 x-common/nested/a = 1',
      '4:1 a',
      '5:3 a/options *common',
      '2:3 a/options/timeout = 5s',
      '3:3 a/options/nested',
      '3:12 a/options/nested/a = 1',
      '6:1 b',
      '7:3 b/timeout = 6s',
      '3:3 b/nested << common',
      '3:12 b/nested/a = 1',
      '8:18 b/c = 2 << written here',
    ]);
  });

  test('has keys apart that another of the same name takes the effect from', () => {
    const { entries, dropped } = mappingOf('a: 1\nb: 2\na: 3\n');
    expect(dropped).toMatchObject([{ name: 'a', at: { line: 1, column: 1 }, value: { text: '1' } }]);
    expect(entries.get('a')).toMatchObject({ at: { line: 3, column: 1 }, value: { text: '3' } });
  });

  test('has placeholders without a value as they are, also where they are no YAML', () => {
    const text = `- service: {{name}}
  {{section}}: {from: {{ host }}.example.com, to: "http://127.0.0.1:{{port}}", plain: x}
`;
    const root = readUpstreamTree(text, { name: 'wiki' });
    expect(shown(root)).toEqual([
      '1:3 0/service = wiki',
      '2:3 0/{{section}}',
      '2:17 0/{{section}}/from = {{ host }}.example.com',
      '2:47 0/{{section}}/to = http://127.0.0.1:{{port}}',
      '2:80 0/{{section}}/plain = x',
    ]);
    const values = mappingOf('a: {{x}}\nb: x{{y}}\nc: "{{z}} "\nd: x\ne:\n').entries.values();
    expect([...values].map(({ value }) => value.kind === 'scalar' && value.templated)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  test.each([
    '',
    '# nothing',
    '[',
    '\t',
    'a: *b',
    '{a: b}: c',
    '<<: a',
    'a: \0',
    '{{',
    'x'.repeat(5_000_000),
  ])('is none where there is no YAML: %#', (text) => {
    expect(readUpstreamTree(text)?.kind).not.toBe('mapping');
  });
});
