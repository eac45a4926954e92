import { expect, test } from '@jest/globals';
import { environmentOf, readEnvFile } from './env-file.ts';

test.each([
  ['A=1', '1'],
  ['  export A = 1  ', '1'],
  ['A=', ''],
  ['A=a b', 'a b'],
  ['A=a # note', 'a'],
  ['A=# note', ''],
  ['A=a#b', 'a#b'],
  ['A="a # b"  # note', 'a # b'],
  ['A="a\\"b\\\\n\\nc"', 'a"b\\n\nc'],
  ['A=\'a\\n "b"\'', 'a\\n "b"'],
  ['A="one\ntwo"', 'one\ntwo'],
  ['A="never closed', '"never closed'],
  ['A=${B}', '${B}'],
  ['A=b=c==', 'b=c=='],
  ['\uFEFFA=1\r', '1'],
])('%j gives %j', (text, value) => {
  expect(readEnvFile('x.env', text)).toEqual({
    entries: [{ name: 'A', value, file: 'x.env', line: 1 }],
    unreadable: [],
  });
});

test('lines keep their numbers, also behind a value of several lines', () => {
  const { entries, unreadable } = readEnvFile('x.env', '# note\n\nA="1\n2"\nB=3\noops\n1C=4\n');
  expect(entries.map(({ name, line }) => `${name}:${line}`)).toEqual(['A:3', 'B:5']);
  expect(unreadable).toEqual([6, 7]);
});

test('what stands later counts', () => {
  const { entries } = readEnvFile('x.env', 'A=1\nA=2\n');
  expect(environmentOf(entries)).toEqual({ A: '2' });
});
