import { describe, expect, test } from '@jest/globals';
import type { HeaderList } from './headers.ts';
import { decodedPath, gapSignedText, ssoSignedText } from './signed-request.ts';
import type { SignedRequest } from './signed-request.ts';

const bare: SignedRequest = {
  method: 'GET',
  headers: [],
  path: Buffer.from('/'),
  query: '',
  body: Buffer.alloc(0),
};
const everyHeader: HeaderList = [
  ['Cookie', 'theme=dark'],
  ['X-Forwarded-Access-Token', 'token'],
  ['X-Forwarded-Groups', 'staff,makers'],
  ['X-Forwarded-Email', 'ada@example.com'],
  ['X-Forwarded-User', 'ada'],
  ['Authorization', 'Basic YTpi'],
  ['Date', 'Tue, 15 Nov 1994 08:12:31 GMT'],
  ['Content-Type', 'text/plain'],
  ['Content-MD5', 'hBotaJrYa9FhFEdFPCLG/A=='],
  ['Content-Length', '4'],
  ['Host', 'not signed'],
];

/** Both texts of a request, read as octets. */
function signedTexts(change: Partial<SignedRequest>): { gap: string; sso: string } {
  const request = { ...bare, ...change };
  return { gap: gapSignedText(request).toString('latin1'), sso: ssoSignedText(request).toString('latin1') };
}

describe('the signed text', () => {
  test('holds the ten headers in their own order, then the address, then the body', () => {
    const request = {
      method: 'POST',
      headers: everyHeader,
      path: Buffer.from('/a/b'),
      query: 'x=1',
      body: Buffer.from('body'),
    };

    expect(signedTexts(request)).toEqual({
      gap:
        'POST\n4\nhBotaJrYa9FhFEdFPCLG/A==\ntext/plain\nTue, 15 Nov 1994 08:12:31 GMT\nBasic YTpi\n' +
        'ada\nada@example.com\nstaff,makers\ntoken\ntheme=dark\n/a/b?x=1\nbody',
      sso:
        '4\nhBotaJrYa9FhFEdFPCLG/A==\ntext/plain\nTue, 15 Nov 1994 08:12:31 GMT\nBasic YTpi\n' +
        'ada\nada@example.com\nstaff,makers\ntoken\ntheme=dark\n/a/b?x=1\nbody',
    });
  });

  test('of a request without headers and body has ten empty lines for Gap and none for Sso', () => {
    expect(signedTexts({})).toEqual({ gap: 'GET\n\n\n\n\n\n\n\n\n\n\n/\n', sso: '/\n' });
  });

  test.each<[what: string, headers: HeaderList, gap: string, sso: string]>([
    ['in lower case', [['content-length', '0']], '0\n\n\n\n\n\n\n\n\n\n', '0\n'],
    ['in upper case', [['CONTENT-MD5', 'x']], '\nx\n\n\n\n\n\n\n\n\n', 'x\n'],
    ['that is present but empty', [['X-Forwarded-Groups', '']], '\n\n\n\n\n\n\n\n\n\n', ''],
    [
      'that comes twice, not side by side',
      [
        ['Cookie', 'a=1'],
        ['Date', 'today'],
        ['cookie', 'b=2'],
      ],
      '\n\n\ntoday\n\n\n\n\n\na=1,b=2\n',
      'today\na=1,b=2\n',
    ],
    [
      'that comes twice, empty the first time',
      [
        ['Authorization', ''],
        ['Authorization', 'x'],
      ],
      '\n\n\n\n,x\n\n\n\n\n\n',
      'x\n',
    ],
    [
      'that holds commas and spaces',
      [['Cookie', 'a=1, b; c']],
      '\n\n\n\n\n\n\n\n\na=1, b; c\n',
      'a=1, b; c\n',
    ],
    ['with an underscore is another header', [['Content_Length', '1']], '\n\n\n\n\n\n\n\n\n\n', ''],
    [
      'with octets beyond ASCII',
      [['X-Forwarded-User', 'zo\u00c3\u00ab']],
      '\n\n\n\n\nzo\u00c3\u00ab\n\n\n\n\n',
      'zo\u00c3\u00ab\n',
    ],
  ])('of a header %s', (_what, headers, gap, sso) => {
    expect(signedTexts({ headers })).toEqual({ gap: `GET\n${gap}/\n`, sso: `${sso}/\n` });
  });

  test.each([
    ['/a%2Fb', 'x=%2F&y', '/a/b?x=%2F&y'],
    ['/a', '?', '/a??'],
    ['/a%3Fb', '', '/a?b'],
    ['/a b', '', '/a b'],
  ])('takes the path %s decoded and the query %j as it came', (rawPath, query, address) => {
    const { gap, sso } = signedTexts({ path: decodedPath(rawPath), query });

    expect(gap).toBe(`GET\n\n\n\n\n\n\n\n\n\n\n${address}\n`);
    expect(sso).toBe(`${address}\n`);
  });

  test('holds the octets of the body as they are', () => {
    const body = Buffer.from([0, 10, 13, 0xff, 0xc3]);

    expect(signedTexts({ body }).gap.endsWith('/\n\u0000\n\r\u00ff\u00c3')).toBe(true);
    expect(signedTexts({ body }).sso).toBe('/\n\u0000\n\r\u00ff\u00c3');
  });

  test('of Sso does not tell the methods apart', () => {
    expect(signedTexts({ method: 'DELETE' }).sso).toBe(signedTexts({ method: 'GET' }).sso);
  });
});

describe('a decoded path', () => {
  test.each([
    ['/plain', '/plain'],
    ['/a%2Fb', '/a/b'],
    ['/a%2fb', '/a/b'],
    ['/%61', '/a'],
    ['/%2561', '/%61'],
    ['/a+b', '/a+b'],
    ['/%C3%AB', '/ë'],
    ['/%F0%9F%94%91', '/🔑'],
    ['/100%', '/100%'],
    ['/%zz%4', '/%zz%4'],
  ])('of %s is %s', (rawPath, decoded) => {
    expect(decodedPath(rawPath).toString('utf8')).toBe(decoded);
  });

  test('keeps octets that are not UTF-8', () => {
    expect([...decodedPath('/%FF\u00e9%00')]).toEqual([0x2f, 0xff, 0xe9, 0]);
  });
});
