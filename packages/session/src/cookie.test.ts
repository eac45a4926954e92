import { describe, expect, test } from '@jest/globals';
import {
  clearCookie,
  cookieName,
  cookieNames,
  cookieValues,
  isOwnCookie,
  setCookie,
  withoutCookies,
} from './cookie.ts';

const nbsp = '\u00a0';
const isOurs = (name: string) => isOwnCookie(name, '_sso_proxy');

describe('the name of a cookie', () => {
  test.each([
    ['for one host', { secure: true }, '__Host-_sso_proxy'],
    ['for one host, said in full', { secure: true, path: '/' }, '__Host-_sso_proxy'],
    ['for a domain', { secure: true, domain: 'corp.example.com' }, '__Secure-_sso_proxy'],
    ['for a path', { secure: true, path: '/google/callback' }, '__Secure-_sso_proxy'],
    ['without HTTPS', { secure: false }, '_sso_proxy'],
    ['for a domain without HTTPS', { secure: false, domain: 'corp.localhost' }, '_sso_proxy'],
  ])('%s', (_, scope, name) => {
    expect(cookieName('_sso_proxy', scope)).toBe(name);
  });

  test('is kept where the operator chose a prefix', () => {
    expect(cookieName('__Secure-mine', { secure: true })).toBe('__Secure-mine');
  });
});

describe('Set-Cookie', () => {
  test.each([
    [
      { secure: true, domain: 'corp.example.com' },
      'n=v; Path=/; Max-Age=60; Domain=corp.example.com; HttpOnly; SameSite=Lax; Secure',
    ],
    [{ secure: true }, 'n=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure'],
    [{ secure: false, path: '/x' }, 'n=v; Path=/x; Max-Age=60; HttpOnly; SameSite=Lax'],
  ])('for %j is %j', (scope, header) => {
    expect(setCookie('n', 'v', 60, scope)).toBe(header);
  });

  test.each([
    [59.9, 59],
    [0, 0],
    [-1, 0],
    [2_592_000, 2_592_000],
  ])('lives %p seconds as Max-Age=%d', (maxAge, whole) => {
    expect(setCookie('n', 'v', maxAge, { secure: true })).toContain(`; Max-Age=${whole};`);
  });

  test('ends a cookie under the same name, domain and path', () => {
    expect(clearCookie('n', { secure: true, domain: 'corp.example.com', path: '/x' })).toBe(
      'n=; Path=/x; Max-Age=0; Domain=corp.example.com; HttpOnly; SameSite=Lax; Secure',
    );
  });
});

describe('the values under a name', () => {
  test.each([
    ['no header', undefined, []],
    ['an empty header', '', []],
    ['one', 's=1', ['1']],
    ['one among others', 'a=1; s=2; b=3', ['2']],
    ['several, in order', 's=1; a=2; s=3; s=1', ['1', '3', '1']],
    ['an empty value', 's=', ['']],
    ['an equals sign in the value', 's=a=b==', ['a=b==']],
    ['no space between', 'a=1;s=2;b=3', ['2']],
    ['spaces and tabs around', ' \ts \t=\t 1 \t;', ['1']],
    ['empty parts', ';; ; s=1;;', ['1']],
    ['quotes, which belong to the value', 's="1"', ['"1"']],
    ['a quoted semicolon, which ends the value all the same', 's="1;2"', ['"1']],
    ['escapes, which nobody undoes', 's=%31', ['%31']],
    ['another letter case', 'S=1', []],
    ['a longer name', 'ss=1; s2=1; __Host-s=1', []],
    ['the name as a value', 's; =s; a=s=1', []],
    ['a no-break space before the name', `${nbsp}s=1`, []],
    ['a no-break space behind the name', `s${nbsp}=1`, []],
    ['a byte order mark before the name', '\ufeffs=1', []],
    ['an encoded name', '%73=1', []],
    ['commas between, as nobody writes them now', 'a=1, s=2', []],
    ['an attribute of the first cookie standard', '$Version=1; s=1; $Path=/', ['1']],
  ])('%s', (_, header, values) => {
    expect(cookieValues(header, 's')).toEqual(values);
  });

  test('names that every object has are names like any other', () => {
    expect(cookieValues('__proto__=1; constructor=2', '__proto__')).toEqual(['1']);
    expect(cookieValues('a=1', 'toString')).toEqual([]);
  });

  test('names come in order, with an empty one where there is none', () => {
    expect(cookieNames('b=1; a; a=2; =x')).toEqual(['b', '', 'a', '']);
    expect(cookieNames(undefined)).toEqual([]);
  });
});

describe('a cookie of ours', () => {
  test.each([
    ['_sso_proxy', true],
    ['__Host-_sso_proxy', true],
    ['__Secure-_sso_proxy', true],
    ['__SECURE-_sso_proxy', true],
    ['__host-_sso_proxy', true],
    ['latchkey_attempt_1', true],
    ['__Host-latchkey_attempt_1', true],
    ['_SSO_PROXY', false],
    ['_sso_proxy2', false],
    ['x_sso_proxy', false],
    ['__Host-', false],
    [`${nbsp}_sso_proxy`, false],
    ['latchkey', false],
    ['my_latchkey_', false],
    ['', false],
  ])('%j: %p', (name, own) => {
    expect(isOwnCookie(name, '_sso_proxy')).toBe(own);
  });

  test('is one whose prefix the operator chose', () => {
    expect(isOwnCookie('__Secure-mine', '__Secure-mine')).toBe(true);
  });
});

describe('a Cookie header without ours', () => {
  test.each([
    ['one of ours', '_sso_proxy=x', undefined],
    ['all of ours', '__Secure-_sso_proxy=x; latchkey_a=y;_sso_proxy=z', undefined],
    ['nothing', '', undefined],
    ['none of ours', 'a=1; b=2', 'a=1; b=2'],
    ['ours first', '_sso_proxy=x; a=1; b=2', 'a=1; b=2'],
    ['ours between', 'a=1; _sso_proxy=x; b=2', 'a=1; b=2'],
    ['ours twice', '_sso_proxy=x; a=1; _sso_proxy=y', 'a=1'],
    ['ours with white space', 'a=1; \t_sso_proxy \t= x', 'a=1'],
    ['values that are kept as they are', 'a="1 2"; b=%20=; c', 'a="1 2"; b=%20=; c'],
    ['our name as a value', 'a=_sso_proxy; b=_sso_proxy=x', 'a=_sso_proxy; b=_sso_proxy=x'],
  ])('%s', (_, header, kept) => {
    expect(withoutCookies(header, isOurs)).toBe(kept);
  });
});

describe('a header that a stranger has written', () => {
  // A pattern that looks for blanks before the end takes 40 seconds for each of these.
  test.each([
    ['blanks inside a value', `a=b${' '.repeat(60_000)}c`],
    ['blanks inside a name', `a${'\t'.repeat(60_000)}b=c`],
    ['blanks alone', ' '.repeat(60_000)],
    ['thousands of names', Array.from({ length: 5_000 }, (_, at) => `n${at}=v`).join('; ')],
  ])('is read in no time: %s', (_, header) => {
    for (let times = 0; times < 50; times++) expect(cookieValues(header, '_sso_proxy')).toEqual([]);
  });
});
