import { describe, expect, test } from '@jest/globals';
import { HttpError } from '@latchkey/http';
import { formParameters, refuseMany } from './parameters.ts';

describe('the parameters of a form', () => {
  test('are found by name, in their order, and decoded once', () => {
    const form = formParameters('token=a%2520b&groups=x&groups=y+z&empty=');
    expect(form.one('token')).toBe('a%20b');
    expect(form.all('groups')).toEqual(['x', 'y z']);
    expect([form.one('empty'), form.one('none'), form.all('none')]).toEqual(['', undefined, []]);
  });

  test('may be asked for once only where there is one', () => {
    expect(() => formParameters('a=1&a=2').one('a')).toThrow(HttpError);
    expect(() => formParameters('a=1&a=').one('a')).toThrow(HttpError);
  });

  test('of another body are none', () => {
    expect(formParameters({ token: 'a' }).one('token')).toBeUndefined();
  });
});

describe('too many pairs', () => {
  test.each([
    ['', 1],
    ['a=1', 1],
    ['a=1&b=2', 2],
    ['a&b&c', 3],
  ])('are not %j of at most %d', (text, most) => {
    expect(() => refuseMany(text, most)).not.toThrow();
  });

  test.each([
    ['a=1&b=2', 1],
    ['&&&', 3],
    ['a&'.repeat(1_000_000), 8_192],
  ])('are counted before they are read', (text, most) => {
    expect(() => refuseMany(text, most)).toThrow(HttpError);
  });
});
