import { describe, expect, test } from '@jest/globals';
import { RE2JS } from 're2js';
import { costOf } from './pattern-cost.ts';

describe('the cost of a pattern', () => {
  test.each([
    'a',
    '^/public/',
    '^(.*)\\.corp\\.example\\.com$',
    'a{1000}',
    '(a{1000})',
    '((a{10}){10}){10}',
    '(?:(?:a?b?){0,30}){0,30}',
    '(((((a?b?c?)?d?)?){0,10}){0,10}){0,10}',
    'a{5,}',
    'a{0,500}b{500}',
    '[a-z]{1,100}|(b|c){9}',
    '[]{9}]{9}',
    '[^]{9}]{9}',
    '[[:alpha:]{9}]{9}',
    '\\{9}',
    '\\x{41}{100}',
    '\\pL{100}',
    '\\p{Greek}{100}',
    '(?i)(?P<name>a{7})',
  ])('of %s is no less than the instructions that it becomes', (source) => {
    expect(costOf(source)).toBeGreaterThanOrEqual(RE2JS.compile(source).programSize());
  });

  test('is no less for any pattern of repetitions within repetitions', () => {
    const times = ['', '?', '*', '+', '{3}', '{0,4}', '{2,}'];
    const parts = ['a', '[a-c]', '\\d'].flatMap((atom) => times.map((each) => `${atom}${each}`));
    const groups = parts.flatMap((part) => times.map((each) => `(${part}|b${part})${each}`));
    const nested = groups.flatMap((group) => times.map((each) => `(?:${group}c?)${each}`));
    const tooCheap = nested.filter((source) => costOf(source) < RE2JS.compile(source).programSize());
    expect(tooCheap).toEqual([]);
  });

  test('counts tables of Unicode and ranges beyond ASCII, which are dear although they are one instruction', () => {
    expect(costOf('\\pL'.repeat(100))).toBeGreaterThan(20_000);
    expect(costOf('[a\\pL\\p{Greek}]')).toBeGreaterThan(600);
    expect(costOf(`[B-\u{1e942}]`.repeat(10))).toBeGreaterThan(20_000);
    expect(costOf('[\\x{42}-\\x{1e942}]'.repeat(10))).toBeGreaterThan(20_000);
  });

  test('is small for what people write', () => {
    expect(costOf('^/(?:static|assets)/[a-f0-9]{64}\\.(?:css|js)$')).toBeLessThan(300);
    expect(costOf('^(?P<app>[a-z0-9-]+)--(?P<env>\\w+)\\.corp\\.example\\.com$')).toBeLessThan(100);
  });
});
