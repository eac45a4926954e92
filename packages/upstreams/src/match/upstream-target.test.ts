import { describe, expect, test } from '@jest/globals';
import { upstreamTarget } from './upstream-target.ts';

const plain = { origin: 'http://127.0.0.1:4200', basePath: '', query: '' };
const based = { ...plain, basePath: '/app' };
const queried = { ...plain, query: 'tenant=one' };

function asked(target: string): { target: string; rawPath: string; query: string } {
  const mark = target.indexOf('?');
  if (mark < 0) return { target, rawPath: target, query: '' };
  return { target, rawPath: target.slice(0, mark), query: target.slice(mark) };
}

describe('without a path in front', () => {
  test.each([
    '/',
    '/a/b?c=d&c=e',
    '/?',
    '/a?',
    '/a??b',
    '//a//b',
    '/../a/./b',
    '/%2e%2e/%2F%5c',
    '/a;b=c/..;/d',
    '/a\\b',
    '/%zz%',
    '/a?b=/../c',
    "/!$&'()*+,;=:@|{}^`<>",
    '/caf\u00e9',
  ])('%j is forwarded byte for byte', (target) => {
    expect(upstreamTarget(asked(target), plain)).toBe(target);
  });
});

describe('with a path in front', () => {
  test.each([
    ['/', '/app/'],
    ['/a/b?c=d', '/app/a/b?c=d'],
    ['/a?', '/app/a?'],
    ['//a//b', '/app//a//b'],
    ['/%61%2Fb', '/app/%61%2Fb'],
    ['/...', '/app/...'],
    ['/..a/b../.c', '/app/..a/b../.c'],
    ['/[...slug]/x', '/app/[...slug]/x'],
    ['/.well-known/x', '/app/.well-known/x'],
    ['/a?b=/../c', '/app/a?b=/../c'],
    ['/%2e%2e%2e/a', '/app/%2e%2e%2e/a'],
  ])('%j becomes %j', (target, forwarded) => {
    expect(upstreamTarget(asked(target), based)).toBe(forwarded);
  });

  test.each([
    '/..',
    '/../admin',
    '/a/../../admin',
    '/a/..',
    '/./a',
    '/a/.',
    '/%2e%2e/admin',
    '/%2E%2E/admin',
    '/.%2e/admin',
    '/%2e./admin',
    '/a%2f..%2f..%2fadmin',
    '/a%2F%2e%2e',
    '/a\\..\\..\\admin',
    '/a%5c..%5cadmin',
    '/..;/admin',
    '/..;x=1/admin',
    '/..%5cadmin',
  ])('%j would climb out and is refused', (target) => {
    expect(upstreamTarget(asked(target), based)).toBeUndefined();
  });

  test.each([
    '/..%3b/admin',
    '/..%3Bx=1/admin',
    '/..%00/admin',
    '/..%3f',
    '/..%23',
    '/..%252fadmin',
    '/%252e%252e/admin',
    '/%25252E./admin',
    '/a%255c..%255cadmin',
  ])('%j would climb out once decoded, and is refused', (target) => {
    expect(upstreamTarget(asked(target), based)).toBeUndefined();
  });
});

describe('with a query in front', () => {
  test.each([
    ['/a', '/a?tenant=one'],
    ['/a?', '/a?tenant=one'],
    ['/a?b=c', '/a?tenant=one&b=c'],
    ['/a??', '/a?tenant=one&?'],
    ['/a?tenant=two', '/a?tenant=one&tenant=two'],
    ['/../a?b', '/../a?tenant=one&b'],
  ])('%j becomes %j', (target, forwarded) => {
    expect(upstreamTarget(asked(target), queried)).toBe(forwarded);
  });

  test('and a path in front, both are there', () => {
    expect(upstreamTarget(asked('/a?b'), { ...based, query: 'x=y' })).toBe('/app/a?x=y&b');
  });
});
