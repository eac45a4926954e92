import { describe, expect, test } from '@jest/globals';
import { cidrList, domain, domainList, emailAddressList, emailDomainList } from './address.ts';
import { host, origin, secureAddress } from './address.ts';
import { keyList } from './secret.ts';
import { slug } from './slug.ts';
import { freshKey } from '@latchkey/testing/environments';
import { boolean, cookieName, count, countOrZero, logLevel, port, scheme, textList } from './value-types.ts';
import type { ValueType } from './variable.ts';

function read<T>(type: ValueType<T>, text: string): T | undefined {
  return type.schema.safeParse(text).data;
}

describe('a value is read', () => {
  test.each<[ValueType<unknown>, string, unknown]>([
    [boolean, 'true', true],
    [boolean, 'T', true],
    [boolean, 'False', false],
    [boolean, 'f', false],
    [port, '4180', 4180],
    [port, '65535', 65535],
    [count, '1', 1],
    [count, '1000000', 1_000_000],
    [countOrZero, '0', 0],
    [countOrZero, '6000', 6_000],
    [scheme, 'HTTPS', 'https'],
    [logLevel, 'DEBUG', 'debug'],
    [logLevel, 'warning', 'warn'],
    [logLevel, 'panic', 'fatal'],
    [cookieName, '_sso_proxy', '_sso_proxy'],
    [slug, 'google-2', 'google-2'],
    [textList, ' a ,b,, c d ,', ['a', 'b', 'c d']],
    [host, 'SSO.Example.com', 'sso.example.com'],
    [host, 'sso.latchkey.localhost:4181', 'sso.latchkey.localhost:4181'],
    [domain, '.Corp.Example.com', 'corp.example.com'],
    [domainList, '*', ['*']],
    [domainList, 'a.example.com, .B.example.com', ['a.example.com', 'b.example.com']],
    [emailDomainList, '@Example.com,example.org', ['example.com', 'example.org']],
    [emailAddressList, 'Ada@Example.com , *', ['ada@example.com', '*']],
    [cidrList, '10.0.0.0/8, fd00::/8', ['10.0.0.0/8', 'fd00::/8']],
    [cidrList, '192.0.2.1,::1', ['192.0.2.1/32', '::1/128']],
    [cidrList, '::ffff:10.0.0.0/104, ::FFFF:0a00:1', ['10.0.0.0/8', '10.0.0.1/32']],
  ])('%# %j from %s', (type, text, value) => {
    expect(read(type, text)).toEqual(value);
  });

  test('an origin loses its path, another address keeps it', () => {
    expect(read(origin, 'https://sso.example.com:8443/path?q')?.href).toBe('https://sso.example.com:8443/');
    expect(read(secureAddress, 'https://idp.example.com/path?q')?.href).toBe(
      'https://idp.example.com/path?q',
    );
  });

  test.each([32, 48, 64])('a key of %i bytes is kept as it was written', (bytes) => {
    const keys = [freshKey(bytes), freshKey(bytes)];
    expect(read(keyList, keys.join(' , '))).toEqual(keys);
  });
});

describe('a value is refused', () => {
  test.each<[ValueType<unknown>, string[]]>([
    [boolean, ['1', '0', 'yes', 'no', 'on', ' true']],
    [count, ['0', '-1', '1.5', '1e3', ' 1', '1000001', 'many']],
    [countOrZero, ['-1', '1.5', '1000001', 'none']],
    [port, ['0', '-1', '65536', '80.5', '0x50', ' 80', '1e3', '000080']],
    [scheme, ['ftp', 'https:', 'https://']],
    [logLevel, ['loud', 'constructor']],
    [cookieName, ['a b', 'a=b', 'a;b', 'a,b', 'ä', '"a"']],
    [slug, ['Google', '-google', 'a/b', 'a.b', 'ping', 'robots.txt', 'static']],
    [textList, [',', ' , ']],
    [host, ['https://sso.example.com', 'sso.example.com:', 'sso.example.com:99999', 'a b', 'a..b', '[::1]']],
    [domain, ['10.0.0.1', 'example.com:443', '*.example.com', 'exa mple.com', '.', 'ex_ample.com.']],
    [domainList, ['*.example.com', 'https://example.com', 'a.example.com,b c']],
    [emailDomainList, ['ada@example.com', '@', 'example.com;example.org']],
    [emailAddressList, ['example.com', '@example.com', 'ada@', 'ada @example.com']],
    [
      cidrList,
      [
        '10.0.0.0/33',
        '10.0.0/8',
        '::/129',
        '10.0.0.0/',
        '10.0.0.0/8/8',
        '0.0.0.0/00',
        'fe80::1%eth0/64',
        '::ffff:10.0.0.0/8',
        '::ffff:a00:0/95',
        'all',
      ],
    ],
    [
      origin,
      ['sso.example.com', 'ftp://sso.example.com', 'https:sso.example.com', 'https://ada:pw@sso.example.com'],
    ],
    [
      secureAddress,
      [
        'https://',
        '//idp.example.com',
        'https://idp.example.com\\x',
        ' https://idp.example.com',
        'https://a#b',
        'http://idp.example.com',
        'http://127.0.0.1.example.com',
        'http://10.0.0.1/x',
      ],
    ],
  ])('%# of each of %j', (type, texts) => {
    for (const text of texts) expect({ text, value: read(type, text) }).toEqual({ text, value: undefined });
  });

  test.each([
    ['unpadded base64', freshKey().replace('=', '')],
    ['base64 for URLs', `${'-'.repeat(43)}=`],
    ['base64 of 16 bytes', freshKey(16)],
    ['a word', 'secret'],
    ['one bad key among good ones', `${freshKey()},short`],
  ])('%s as a key', (_what, text) => {
    expect(read(keyList, text)).toBeUndefined();
  });
});
