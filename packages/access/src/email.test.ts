import { expect, test } from '@jest/globals';
import { domainOf } from './email.ts';

test.each([
  ['ada@example.com', 'example.com'],
  ['ada+tag@sub.example.com', 'sub.example.com'],
  ['a b@example.com', 'example.com'],
  ['attacker@evil.example@example.com', undefined],
  ['"attacker@evil.example"@example.com', undefined],
  ['ada@example.com@', undefined],
  ['@example.com', undefined],
  ['ada@', undefined],
  ['@', undefined],
  ['ada', undefined],
  ['example.com', undefined],
  ['', undefined],
])('the domain of %j is %p', (email, domain) => {
  expect(domainOf(email)).toBe(domain);
});
