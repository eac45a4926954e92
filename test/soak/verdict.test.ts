import { expect, test } from '@jest/globals';
import { verdictOf } from './verdict.ts';

test.each([
  ['stays', [100, 150, 200, 200, 201, 199], true],
  ['grows by a little', [100, 100, 100, 100, 115, 115], true],
  ['grows by much that is little of it', [300, 300, 300, 300, 340, 340], true],
  ['grows', [100, 100, 100, 100, 125, 125], false],
  ['was not measured often enough', [100], false],
])('memory that %s is judged by its last two thirds', (_, resident, isFlat) => {
  expect(verdictOf(resident).isFlat).toBe(isFlat);
});
