import { expect, test } from '@jest/globals';
import { newRequestId } from './request-id.ts';

test('no two requests get the same id, however many there are', () => {
  const ids = Array.from({ length: 5_000 }, newRequestId);

  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => /^[\w-]{12}$/.test(id))).toBe(true);
});
