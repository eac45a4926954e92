import { describe, expect, test } from '@jest/globals';
import { createEnvironment } from './environment.ts';

describe('the environment', () => {
  test('gives its names in upper case, in their order, without what is undefined', () => {
    expect(createEnvironment({ b: '1', A: '', c: undefined }).names).toEqual(['B', 'A']);
  });

  test.each([
    ['first', { NEW: 'upper', new: 'lower' }],
    ['last', { new: 'lower', NEW: 'upper' }],
  ])('prefers the upper case of two spellings, the upper one %s', (_order, env) => {
    expect(createEnvironment(env).get('New')).toBe('upper');
  });
});
