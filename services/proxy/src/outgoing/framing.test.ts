import { expect, test } from '@jest/globals';
import { framed } from './framing.ts';

test.each(['POST', 'PUT', 'PATCH', 'QUERY', 'PROPFIND', 'PROPPATCH'])(
  '%s without a body says so',
  (method) => {
    expect(framed(['A', '1'], method, 0)).toEqual(['A', '1', 'Content-Length', '0']);
    expect(framed(['content-length', '00', 'A', '1'], method, 0)).toEqual(['A', '1', 'Content-Length', '0']);
  },
);

test.each(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'REPORT'])(
  '%s without a body says nothing of it',
  (method) => {
    expect(framed(['Content-Length', '0', 'A', '1'], method, 0)).toEqual(['A', '1']);
  },
);

test('a body is as long as its sender says, or goes in chunks', () => {
  expect(framed(['Content-Length', '0005', 'A', '1'], 'GET', 5)).toEqual(['A', '1', 'Content-Length', '5']);
  expect(framed(['Content-Length', '5'], 'POST', undefined)).toEqual(['Content-Length', '5']);
  expect(framed(['A', '1'], 'POST', 5)).toEqual(['A', '1']);
});
