import { describe, expect, test } from '@jest/globals';
import { hopByHop } from './hop-by-hop.ts';

describe('headers that end at this hop', () => {
  test.each([
    'connection',
    'keep-alive',
    'proxy-connection',
    'proxy-authenticate',
    'proxy-authorization',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
  ])('always: %s', (name) => {
    expect(hopByHop([]).has(name)).toBe(true);
  });

  test.each(['host', 'cookie', 'content-length', 'x-forwarded-user', 'authorization'])('not: %s', (name) => {
    expect(hopByHop(['Connection', 'keep-alive']).has(name)).toBe(false);
  });

  test.each([
    ['one name', ['Connection', 'X-One'], ['x-one']],
    ['a list', ['Connection', 'close, X-One ,\tX-Two'], ['close', 'x-one', 'x-two']],
    ['any letter case', ['connection', 'x-ONE'], ['x-one']],
    [
      'several headers',
      ['CONNECTION', 'x-one', 'Other', 'x-two', 'Connection', 'x-three'],
      ['x-one', 'x-three'],
    ],
    ['empty entries', ['Connection', ', ,X-One,,'], ['x-one']],
  ])('what Connection lists: %s', (_, headers, names) => {
    const found = hopByHop(headers);

    for (const name of names) expect(found.has(name)).toBe(true);
    expect(found.has('x-two')).toBe(names.includes('x-two'));
  });

  test('one request does not change what ends for the next', () => {
    hopByHop(['Connection', 'X-One']);

    expect(hopByHop([]).has('x-one')).toBe(false);
  });
});
