import { expect, test } from '@jest/globals';
import { interleave } from './slices.ts';

test('all are measured in each round, each of them first in turn, and what they gave is kept by round', async () => {
  const order: string[] = [];
  const results = await interleave(['a', 'b', 'c'], 4, async function measure(item) {
    order.push(item);
    return order.length;
  });

  expect(order.join('')).toBe('abcbcacababc');
  expect(results).toEqual(
    new Map([
      ['a', [1, 6, 8, 10]],
      ['b', [2, 4, 9, 11]],
      ['c', [3, 5, 7, 12]],
    ]),
  );
});
