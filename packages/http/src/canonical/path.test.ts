import { describe, expect, test } from '@jest/globals';
import { canonicalPath } from './path.ts';

describe('a path with one reading', () => {
  test.each([
    ['/', '/'],
    ['/public/logo.png', '/public/logo.png'],
    ['/Public/', '/Public/'],
    ['/a%20b', '/a b'],
    ['/%70ublic', '/public'],
    ['/caf%C3%A9', '/café'],
    ['/caf%c3%a9', '/café'],
    ['/%E6%97%A5%E6%9C%AC', '/日本'],
    ['/%F0%9F%94%91', '/🔑'],
    ['/.well-known/x', '/.well-known/x'],
    ['/a.b/..c/d..', '/a.b/..c/d..'],
    ["/a:b@c!$&'()*+,=~-_", "/a:b@c!$&'()*+,=~-_"],
    ['/[...slug]', '/[...slug]'],
  ])('%s is read as %s', (raw, path) => {
    expect(canonicalPath(raw)).toBe(path);
  });
});

describe('a path with two readings', () => {
  test.each([
    ['an encoded slash', '/public%2Fadmin'],
    ['an encoded slash in lower case', '/public%2fadmin'],
    ['an encoded backslash', '/public%5Cadmin'],
    ['an encoded percent sign', '/public%252e%252e'],
    ['an encoded percent sign that escapes nothing', '/100%25'],
    ['an encoded dot', '/public/%2e%2e/admin'],
    ['an encoded dot within a name', '/logo%2Epng'],
    ['half an encoded dot segment', '/public/.%2e/admin'],
    ['an encoded number sign', '/public%23/admin'],
    ['an encoded semicolon', '/public%3Bx/admin'],
    ['an encoded question mark', '/public%3F/admin'],
    ['an encoded NUL', '/public%00'],
    ['an encoded line feed', '/public%0aX'],
    ['an encoded carriage return', '/public%0DX'],
    ['an encoded tab', '/public/.%09./admin'],
    ['an encoded DEL', '/public%7f'],
    ['a backslash', '/public\\admin'],
    ['a semicolon', '/public;x=1/admin'],
    ['a dot segment with a parameter', '/public/..;/admin'],
    ['a number sign', '/public#/admin'],
    ['a question mark', '/public?/admin'],
    ['a NUL', '/public\u0000'],
    ['a tab', '/public\t/admin'],
    ['a dot segment', '/public/../admin'],
    ['a dot segment at the end', '/public/..'],
    ['a dot segment at the start', '/../admin'],
    ['a segment of one dot', '/public/./admin'],
    ['a segment of three dots, which Windows shortens', '/public/.../admin'],
    ['a dot segment with a space, which Windows drops', '/public/..%20/admin'],
    ['a fraction slash', '/public%E2%81%84admin'],
    ['a segment of one dot at the end', '/public/.'],
    ['a doubled slash', '/public//admin'],
    ['a doubled slash at the start', '//evil.example/public'],
    ['a doubled slash at the end', '/public//'],
    ['bytes that are not UTF-8', '/caf%E9'],
    ['a cut UTF-8 sequence', '/caf%C3'],
    ['an overlong slash', '/public%c0%afadmin'],
    ['an overlong dot', '/public/%c0%ae%c0%ae/admin'],
    ['an overlong slash of three bytes', '/public%e0%80%afadmin'],
    ['an encoded surrogate', '/%ED%A0%80'],
    ['a lone percent sign', '/100%'],
    ['an escape of no digits', '/%zz'],
    ['an escape in the style of IIS', '/public%u002fadmin'],
    ['a fullwidth slash', '/public%EF%BC%8Fadmin'],
    ['fullwidth dots', '/public/%EF%BC%8E%EF%BC%8E/admin'],
    ['a fullwidth percent sign', '/%EF%BC%852e'],
    ['a two dot leader', '/public/%E2%80%A5/admin'],
    ['a ligature', '/%EF%AC%81le'],
    ['a letter and its accent apart', '/cafe%CC%81'],
    ['a KELVIN SIGN', '/%E2%84%AAey'],
    ['no slash at the start', 'public'],
    ['nothing', ''],
    ['a star', '*'],
    ['an address', 'http://wiki.example.com/public'],
  ])('%s: %j', (_, raw) => {
    expect(canonicalPath(raw)).toBeUndefined();
  });
});
