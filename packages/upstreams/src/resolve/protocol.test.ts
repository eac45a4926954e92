import { expect, test } from '@jest/globals';
import { withOptions } from '@latchkey/testing';
import { load, placesOf, routeOf } from '../../test-support/load.ts';

const to = (address: string, ...options: string[]) =>
  withOptions(...options).replace('http://wiki.internal', address);

test('HTTP/1.1 is spoken unless the file says otherwise', () => {
  expect(routeOf(to('http://wiki')).protocol).toBe('http1');
  expect(routeOf(to('http://wiki', 'protocol: h2c')).protocol).toBe('h2c');
});

test.each([
  ['http://wiki', 'h2', 'LK225 6:17'],
  ['unix:/run/wiki.sock', 'h2', 'LK225 6:17'],
  ['https://wiki', 'h2c', 'LK225 6:17'],
  ['https://wiki', 'grpc', 'LK224 6:17'],
  ['https://wiki', '""', 'LK224 6:17'],
  ['https://wiki', 'h2', undefined],
  ['unix:/run/wiki.sock', 'h2c', undefined],
  ['https://wiki', 'http1', undefined],
])('to: %s with protocol: %s', (address, protocol, finding) => {
  expect(placesOf(load(to(address, `protocol: ${protocol}`)))).toEqual(
    finding === undefined ? [] : [finding],
  );
});
