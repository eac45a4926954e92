import { expect, test } from '@jest/globals';
import { tellsAnotherMethod } from './method-override.ts';

test.each([
  ['x-http-method-override', true],
  ['x-http-method', true],
  ['x-method-override', true],
  ['x_http_method_override', true],
  ['x.http.method-override', true],
  ['x-http-method-override-not', false],
  ['accept', false],
])('%s tells a framework another method: %s', (name, tells) => {
  expect(tellsAnotherMethod({ [name]: 'DELETE' })).toBe(tells);
});
