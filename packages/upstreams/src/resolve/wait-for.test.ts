import { expect, test } from '@jest/globals';
import { withOptions } from '@latchkey/testing';
import { load, placesOf, tableOf } from '../../test-support/load.ts';

const routeWith = (wait: string) =>
  tableOf(withOptions('allowed_groups: [staff]', `wait_for: ${wait}`)).routes[0];

test.each([
  ['{path: /login}', { path: '/login', timeoutMs: 60_000, expect: { least: 200, most: 399 } }],
  [
    '{path: /a?b=%20, timeout: 0, expect: 401}',
    { path: '/a?b=%20', timeoutMs: 60_000, expect: { least: 401, most: 401 } },
  ],
  [
    '{path: /, timeout: 2m, expect: 200-599}',
    { path: '/', timeoutMs: 120_000, expect: { least: 200, most: 599 } },
  ],
  ['{}', undefined],
  ['{path: ""}', undefined],
  ['', undefined],
])('%s is waited for as it says', (wait, expected) => {
  expect(routeWith(wait)?.waitFor).toEqual(expected);
});

test.each([
  ['{timeout: 60s}', 'LK250 7:17'],
  ['{path: login}', 'LK250 7:24'],
  ['{path: "/log in"}', 'LK250 7:24'],
  ['{path: /login#there}', 'LK250 7:24'],
  ['{path: /, expect: 2xx}', 'LK250 7:35'],
  ['{path: /, expect: 100}', 'LK250 7:35'],
  ['{path: /, expect: 399-200}', 'LK250 7:35'],
])('%s is refused', (wait, place) => {
  expect(placesOf(load(withOptions('allowed_groups: [staff]', `wait_for: ${wait}`)))).toEqual([place]);
});

const inheriting = (wait: string) => `
defaults: {allowed_groups: [staff], wait_for: {path: /}}
services:
  - service: apps
    default: {type: rewrite, from: '^(.*)[.]example[.]com$', to: 'http://$1.internal', options: {${wait}}}`;

test('a pattern and a launcher are not waited for, which is said, and what they inherit can be taken back', () => {
  expect(placesOf(load(inheriting('')))).toEqual(['LK251 2:47']);
  expect(placesOf(load(inheriting('wait_for: {}')))).toEqual([]);
  expect(tableOf(inheriting('wait_for: {}')).routes[0]?.waitFor).toBeUndefined();
});
