import { expect, test } from '@jest/globals';
import { byName } from './by-name.ts';

function counting() {
  const asked: string[] = [];
  const lower = byName((name) => {
    asked.push(name);
    return name.toLowerCase();
  });
  return { asked, lower };
}

test('a name is looked at once, and each spelling is another one', () => {
  const { asked, lower } = counting();

  expect(['ETag', 'etag', 'ETag', 'etag'].map(lower)).toEqual(['etag', 'etag', 'etag', 'etag']);
  expect(asked).toEqual(['ETag', 'etag']);
});

test('whatever names strangers think of, no more than a thousand are kept', () => {
  const { asked, lower } = counting();
  lower('first');
  for (let at = 0; at < 1_000; at++) lower(`x-${at}`);
  asked.length = 0;

  lower('first');
  lower('x-999');
  expect(asked).toEqual(['first']);
});

test('a name that is too long to be one is looked at each time', () => {
  const { asked, lower } = counting();
  for (let time = 0; time < 2; time++) expect(lower('X'.repeat(65))).toBe('x'.repeat(65));

  expect(asked).toHaveLength(2);
});
