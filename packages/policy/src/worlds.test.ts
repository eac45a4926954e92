import { expect, test } from '@jest/globals';
import { readForms } from './form.ts';
import { clashOf } from './worlds.ts';

function clash(...sources: string[]): string | undefined {
  return clashOf(sources.map((source) => readForms(source).holds))?.variable;
}

test.each([
  ['user.email == "a" && user.email == "b"', 'user.email'],
  ['"a" == user.email && user.email in ["b", "c"]', 'user.email'],
  ['user.email in ["a", "b"] && !(user.email in ["a", "b", "c"])', 'user.email'],
  ['user.email == "a" && user.email != "a"', 'user.email'],
  ['request.method == "GET" && request.method == "POST"', 'request.method'],
  [
    'request.method == "GET" && (request.method == "POST" || request.method in ["PUT", "PATCH"])',
    'request.method',
  ],
  ['has(user.email) && has(machine.client)', 'principal'],
  ['user.domain == "example.com" && "deploy" in machine.scopes', 'principal'],
  ['"eng" in user.groups && !(machine.client == "x")', 'principal'],
  ['request.forward_auth && !request.forward_auth', 'request.forward_auth'],
  ['request.forward_auth && request.forward_auth == false', 'request.forward_auth'],
  ['request.headers["x-a"] == "1" && request.headers["x-a"] == "2"', 'request.headers["x-a"]'],
  ['machine.claims.n == 1 && machine.claims.n == "1"', 'machine.claims.n'],
  ['request.path.startsWith("/a") && !request.path.startsWith("/a")', 'request.path.startsWith("/a")'],
  ['has(device.issuer) && !has(device.issuer)', 'device.issuer'],
  ['device.issuer == "x" && !has(device.issuer)', 'device.issuer'],
  ['user.idp == "a" ? user.idp == "b" : user.idp == "a"', 'user.idp'],
  ['!(user.email != "a" || user.email != "b")', 'user.email'],
])('%s never holds', (source, variable) => {
  expect(clash(source)).toBe(variable);
});

test.each([
  'user.email == "a" || user.email == "b"',
  'user.email in ["a", "b"] && user.email == "a"',
  'has(user.email) || has(machine.client)',
  '!has(user.email) && has(machine.client)',
  '!has(user.idp) && user.email == "a"',
  'request.time < timestamp("2026-01-01T00:00:00Z") && !(request.time < timestamp("2026-01-01T00:00:00Z"))',
  'machine.scopes.exists(s, s == "a" && s == "b") || machine.scopes.all(s, s == "a" && s == "b")',
  '"a" in machine.scopes && "b" in machine.scopes',
  'request.path.startsWith("/a") && request.path == "/b"',
  'user.email.lowerAscii() == "a" && user.email == "b"',
  'has(user.email) == true && has(machine.client) == false',
  Array.from(
    { length: 12 },
    (_, at) => `("${at}" in user.groups || request.headers["x-${at}"] == "${at}")`,
  ).join(' && '),
])('of %s nothing is said', (source) => {
  expect(clash(source)).toBeUndefined();
});

test('several expressions, each of which may hold, and not together', () => {
  expect(clash('user.domain == "a.example"', 'user.domain == "b.example"')).toBe('user.domain');
  expect(clash('has(machine.client)', '!has(machine.scopes)')).toBe('principal');
  expect(clash('has(user.email)', '!has(user.groups)')).toBeUndefined();
});
