import { describe, expect, test } from '@jest/globals';
import { readReturnAddress, readsSharedCookie } from './return-address.ts';
import type { ReturnRules } from './return-address.ts';

const rules: ReturnRules = {
  proxyDomains: ['corp.example.com', 'wiki.test'],
  ownHost: 'sso.corp.example.com',
  ownOrigin: 'https://sso.corp.example.com',
  cookieDomain: 'corp.example.com',
  secure: true,
};

describe('a return address', () => {
  test.each([
    'https://wiki.corp.example.com/',
    'https://wiki.corp.example.com',
    'https://corp.example.com/a?b=https://evil.example/#c',
    'https://WIKI.Corp.Example.com:8443/a%2Fb?c=@d',
    'https://a.b.corp.example.com/;x=1/../y',
  ])('may be %s, and stays as it is', (url) => {
    expect(readReturnAddress(url, rules)).toMatchObject({ url });
  });

  // The shapes of CVE-2020-4037, CVE-2020-11053, CVE-2020-5233, CVE-2021-21291 and what else reads as two hosts.
  test.each([
    '',
    '/a',
    '//evil.example/',
    '/\\evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://wiki.corp.example.com/',
    'https:wiki.corp.example.com',
    'https:/wiki.corp.example.com',
    'https:///wiki.corp.example.com',
    'https://',
    'HTTPS://wiki.corp.example.com/',
    ' https://wiki.corp.example.com/',
    'https://wiki.corp.example.com/ ',
    'https://wiki.corp.example.com/a b',
    'https://wiki.corp.example.com\\@evil.example/',
    'https://evil.example\\.corp.example.com/',
    'https://evil.example@wiki.corp.example.com/',
    'https://wiki.corp.example.com@evil.example/',
    'https://user:password@wiki.corp.example.com/',
    'https://@wiki.corp.example.com/',
    'https://wiki.corp.example.com/\r\nSet-Cookie:x',
    'https://wiki.corp.example.com/\u0000',
    'https://wiki.corp.example.com/ä',
    'https://evil\u3002corp.example.com/',
    'https://evil.example%2F.corp.example.com/',
    'https://evil.example%00.corp.example.com/',
    'https://wiki.corp.example.com:99999/',
  ])('is not %j', (url) => {
    expect(readReturnAddress(url, rules)).toBe('not a plain URL');
  });

  test.each([
    'https://evil.example/',
    'https://evilcorp.example.com/',
    'https://corp.example.com.evil.example/',
    'https://evil.example?.corp.example.com/',
    'https://evil.example#.corp.example.com/',
    'https://evil.example:443/.corp.example.com',
    'https://127.0.0.1/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://example.com/',
  ])('does not lead to a foreign host: %s', (url) => {
    expect(readReturnAddress(url, rules)).toBe('foreign host');
  });

  test('is not plain HTTP where cookies are Secure', () => {
    expect(readReturnAddress('http://wiki.corp.example.com/', rules)).toBe('plain HTTP');
    const development = { ...rules, secure: false };
    expect(readReturnAddress('http://wiki.corp.example.com/', development)).toHaveProperty('host');
  });

  test('may be on any host where every domain is allowed', () => {
    const anywhere = { ...rules, proxyDomains: ['*'] };
    expect(readReturnAddress('https://evil.example/', rules)).toBe('foreign host');
    expect(readReturnAddress('https://evil.example/', anywhere)).toHaveProperty('host');
  });
});

describe('the shared cookie', () => {
  test.each([
    ['https://corp.example.com/', true],
    ['https://wiki.corp.example.com/', true],
    ['https://WIKI.corp.example.com./', true],
    ['https://wiki.test/', false],
    ['https://evilcorp.example.com/', false],
  ])('reaches hosts under its domain: %s %s', (url, reached) => {
    expect(readsSharedCookie(url, rules)).toBe(reached);
  });

  test.each([
    ['https://sso.corp.example.com/', true],
    ['https://wiki.corp.example.com/', false],
    ['https://a.sso.corp.example.com/', false],
  ])('reaches our own host alone where it has no domain: %s %s', (url, reached) => {
    expect(readsSharedCookie(url, { ...rules, cookieDomain: undefined })).toBe(reached);
  });
});
