import { describe, expect, test } from '@jest/globals';
import { readUpstreamTree } from '@latchkey/upstreams';
import { keysOf, textOf } from './keys.ts';

function shown(text: string): string[] {
  return keysOf(readUpstreamTree(text)).map(
    ({ path, value, at }) => `${at.line}:${at.column} ${path.join('/')} = ${textOf(value)}`,
  );
}

describe('the keys of a text', () => {
  test('stand in what their indentation says', () => {
    const text = `# a comment: with a colon
- service: wiki   # the name
  default:
    from: wiki.example.com:4180
    options:
      skip_auth_regex:
      - '^/a: b'
      - ^/c$
      "timeout": 5s
  extra:
    - a: 1
      b: 2
    - a: 3
- service: 'x # y'
`;
    expect(shown(text)).toEqual([
      '2:3 0/service = wiki',
      '3:3 0/default = ',
      '4:5 0/default/from = wiki.example.com:4180',
      '5:5 0/default/options = ',
      '6:7 0/default/options/skip_auth_regex = ',
      '9:7 0/default/options/timeout = 5s',
      '10:3 0/extra = ',
      '11:7 0/extra/0/a = 1',
      '12:7 0/extra/0/b = 2',
      '13:7 0/extra/1/a = 3',
      '14:3 1/service = x # y',
    ]);
  });

  test('stand in what their brackets say', () => {
    const text = `- {service: a, default: {from: "a, b", to: http://a:80/x,
    options: {skip_auth_regex: ['^/x:', "]"], timeout: 5s}}}   # end
- {service: b, prod: {to: 127.0.0.1:{{port}}}, list: [{a: 1}, {a: 2}]}
- service: {{name}}
`;
    expect(shown(text)).toEqual([
      '1:4 0/service = a',
      '1:16 0/default = ',
      '1:26 0/default/from = a, b',
      '1:40 0/default/to = http://a:80/x',
      '2:5 0/default/options = ',
      '2:15 0/default/options/skip_auth_regex = ',
      '2:47 0/default/options/timeout = 5s',
      '3:4 1/service = b',
      '3:16 1/prod = ',
      '3:23 1/prod/to = 127.0.0.1:{{port}}',
      '3:48 1/list = ',
      '3:56 1/list/0/a = 1',
      '3:64 1/list/1/a = 2',
      '4:3 2/service = {{name}}',
    ]);
  });

  test('of a text in several lines are none', () => {
    expect(shown('a: |\n  b: 1\nd: 3\n')).toEqual(['1:1 a = b: 1\n', '3:1 d = 3']);
  });

  test('of an alias are those of its anchor, and keep their place', () => {
    const text = `x-common: &common
  timeout: 5s
a:
  options: *common
b:
  <<: *common
c: *common
`;
    expect(shown(text)).toEqual([
      '1:1 x-common = ',
      '2:3 x-common/timeout = 5s',
      '3:1 a = ',
      '4:3 a/options = ',
      '2:3 a/options/timeout = 5s',
      '5:1 b = ',
      '2:3 b/timeout = 5s',
      '7:1 c = ',
      '2:3 c/timeout = 5s',
    ]);
  });

  test('of what is no YAML are none', () => {
    expect(keysOf(readUpstreamTree('a: {'))).toEqual([]);
  });

  test('do not grow without end through aliases of aliases', () => {
    const levels = Array.from({ length: 30 }, (_, at) => `a${at}: &a${at} {x: *a${at - 1}, y: *a${at - 1}}`);
    const text = ['a0: &a0 {k: 1, l: 2}', ...levels.slice(1)].join('\n');
    expect(keysOf(readUpstreamTree(text)).length).toBeLessThan(500_000);
  });
});
