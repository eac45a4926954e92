import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import { packagesInUse, rowsOf, withoutImplied } from './packages.ts';

const uses = packagesInUse(join(import.meta.dirname, '../..'));
const usesOf = (name: string) => [...(uses.get(name) ?? [])];

test('nothing uses a service, and what is for tests alone is in none', () => {
  const used = new Set([...uses.values()].flatMap((names) => [...names]));
  for (const name of ['auth', 'proxy', 'connector', 'cli', 'testing', 'dev-idp'])
    expect(used).not.toContain(name);
});

test('what decides, seals and reads files knows no server, and servers know nothing of sessions and routes', () => {
  for (const name of ['access', 'session', 'identity', 'upstreams', 'contract']) {
    expect(usesOf(name)).not.toContain('http');
  }
  for (const name of ['access', 'session', 'upstreams', 'web-pages']) {
    expect(usesOf('http')).not.toContain(name);
  }
});

test('packages that use each other in a circle are named', () => {
  const circle = new Map([
    ['a', new Set(['b'])],
    ['b', new Set(['a'])],
  ]);
  expect(() => rowsOf(circle)).toThrow('a circle: a -> b -> a');
});

test('an arrow that follows from two others is left out', () => {
  const direct = new Map([
    ['a', new Set(['b', 'c'])],
    ['b', new Set(['c'])],
    ['c', new Set<string>()],
  ]);
  expect(rowsOf(direct)).toEqual([['a'], ['b'], ['c']]);
  expect(withoutImplied(direct).get('a')).toEqual(new Set(['b']));
});
