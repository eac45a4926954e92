import { describe, expect, test } from '@jest/globals';
import { isOwnCookie } from '@latchkey/session';
import type { HeaderEntry } from '@latchkey/upstreams';
import { answerHeaders, answerPlan } from './response-headers.ts';
import type { AnswerRules } from './response-headers.ts';

const ours = [
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'SAMEORIGIN'],
  ['X-XSS-Protection', '1; mode=block'],
  ['Strict-Transport-Security', 'max-age=31536000'],
];

function sent(...rawHeaders: string[]): string[][] {
  return sentWith({ rawHeaders });
}

function sentWith({
  rawHeaders = [],
  status = 200,
  inChunks = false,
  ...rules
}: Rules & { rawHeaders?: string[]; status?: number; inChunks?: boolean }): string[][] {
  return pairs(answering(rules).head(rawHeaders, { status, inChunks }));
}

type Rules = Partial<Omit<AnswerRules, 'plan'>> & {
  overrides?: readonly HeaderEntry[];
  allowRootServiceWorker?: boolean;
  secure?: boolean;
};

function answering({ overrides = [], allowRootServiceWorker = false, secure = true, ...rules }: Rules = {}) {
  return answerHeaders({
    plan: answerPlan({ headerOverrides: overrides, allowRootServiceWorker }, secure),
    isOwnCookie: (name) => isOwnCookie(name, '_sso_proxy'),
    setCookies: [],
    ...rules,
  });
}

function pairs(flat: string[]): string[][] {
  return Array.from({ length: flat.length / 2 }, (_, at) => flat.slice(2 * at, 2 * at + 2));
}

describe('what the upstream sent', () => {
  test('travels on as it was spelled, in its order and as often as it came, before ours', () => {
    expect(sent('content-TYPE', 'text/html', 'Link', 'a', 'ETag', '"1"', 'Link', 'b')).toEqual([
      ['content-TYPE', 'text/html'],
      ['Link', 'a'],
      ['ETag', '"1"'],
      ['Link', 'b'],
      ...ours,
    ]);
  });

  test.each([
    ['Connection', 'close'],
    ['Keep-Alive', 'timeout=5'],
    ['Proxy-Authenticate', 'Basic'],
    ['Transfer-Encoding', 'chunked'],
    ['Trailer', 'X-One'],
    ['Upgrade', 'h2'],
    ['x-frame-options', 'ALLOWALL'],
    ['X-CONTENT-TYPE-OPTIONS', ''],
    ['strict-transport-security', 'max-age=0'],
  ])('%s: %s does not', (name, value) => {
    expect(sent(name, value)).toEqual(ours);
  });

  test('does not where Connection lists it', () => {
    expect(sent('X-One', '1', 'x-two', '2', 'connection', 'x-ONE, X-Two')).toEqual(ours);
  });

  test('cannot have ours removed by listing it', () => {
    expect(sent('Connection', 'X-Frame-Options, Set-Cookie')).toEqual(ours);
  });

  test('keeps its own HSTS where browsers may come over plain HTTP', () => {
    const rawHeaders = ['Strict-Transport-Security', 'max-age=1'];

    expect(sentWith({ rawHeaders, secure: false })).toEqual([
      ['Strict-Transport-Security', 'max-age=1'],
      ...ours.slice(0, 3),
    ]);
  });
});

describe('a cookie that the upstream sets', () => {
  test.each(['session=1; Path=/', '_sso_proxy2=1', '_SSO_PROXY=1', 'a=_sso_proxy=1', '=1', '', 'a'])(
    '%j reaches the browser',
    (cookie) => {
      expect(sent('Set-Cookie', cookie)).toEqual([['Set-Cookie', cookie], ...ours]);
    },
  );

  test.each([
    '_sso_proxy=evil',
    '_sso_proxy=; Max-Age=0',
    ' \t_sso_proxy \t= evil',
    '__Secure-_sso_proxy=evil; Secure',
    '__Host-_sso_proxy=evil; Secure; Path=/',
    '__SECURE-_sso_proxy=evil; Secure',
    'latchkey_attempt_1=evil',
    '__Host-latchkey_attempt_1=evil',
    '_sso_proxy',
    '_sso_proxy; Path=/',
  ])('%j is ours to set and does not', (cookie) => {
    for (const name of ['Set-Cookie', 'set-cookie', 'SET-COOKIE']) expect(sent(name, cookie)).toEqual(ours);
  });

  // RFC 6265bis, section 5.6: a cookie without a name is sent back as its bare value, which then reads as name=value.
  test.each(['=_sso_proxy=evil', ' = _sso_proxy=evil; Path=/', '=latchkey_attempt_1=evil'])(
    '%j has no name, comes back under ours, and does not either',
    (cookie) => {
      expect(sent('Set-Cookie', cookie)).toEqual(ours);
    },
  );

  test('is one of several: only ours is taken out', () => {
    expect(sent('Set-Cookie', 'a=1', 'Set-Cookie', '_sso_proxy=evil', 'set-cookie', 'b=2')).toEqual([
      ['Set-Cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ...ours,
    ]);
  });
});

describe('our own', () => {
  test('cookies come last, one header each', () => {
    const setCookies = ['_sso_proxy=new; Expires=Thu, 01 Jan 2026 00:00:00 GMT', 'other=1'];

    expect(sentWith({ rawHeaders: ['Set-Cookie', 'a=1'], setCookies })).toEqual([
      ['Set-Cookie', 'a=1'],
      ...ours,
      ['Cache-Control', 'private, no-store'],
      ...setCookies.map((cookie) => ['Set-Cookie', cookie]),
    ]);
  });

  test('HSTS is not said over plain HTTP', () => {
    expect(sentWith({ secure: false })).toEqual(ours.slice(0, 3));
  });
});

describe('header_overrides', () => {
  test.each([
    ['one of ours', [['x-frame-options', 'DENY']], [ours[0], ['x-frame-options', 'DENY'], ours[2], ours[3]]],
    ['a new one', [['X-One', '1']], [...ours, ['X-One', '1']]],
    [
      'itself: the last of one name counts',
      [
        ['X-One', '1'],
        ['x-one', '2'],
      ],
      [...ours, ['x-one', '2']],
    ],
  ])('replaces %s', (_, overrides, expected) => {
    const entries = overrides.map(([name = '', value = '']) => [name, value] as const);

    expect(sentWith({ overrides: entries })).toEqual(expected);
  });

  test("replaces the upstream's, in any letter case and as often as it came", () => {
    const rawHeaders = ['X-ONE', 'a', 'x-one', 'b'];

    expect(sentWith({ rawHeaders, overrides: [['X-One', '1']] })).toEqual([...ours, ['X-One', '1']]);
  });
});

describe('a length', () => {
  test.each([200, 206, 304, 404])('travels on with %s', (status) => {
    expect(sentWith({ rawHeaders: ['Content-Length', '50'], status })).toContainEqual([
      'Content-Length',
      '50',
    ]);
  });

  test.each([101, 204])('is not said with %s', (status) => {
    expect(sentWith({ rawHeaders: ['content-LENGTH', '50'], status })).toEqual(ours);
  });
});

describe('an interim answer', () => {
  test('has what the upstream says in it that may reach the browser, and nothing of ours', () => {
    const rawHeaders = [
      'Link',
      '</a>; rel=preload',
      'Alt-Svc',
      'h3',
      'Content-Length',
      '5',
      'Connection',
      'X-Hop',
    ];

    expect(answering({ setCookies: ['ours=1'] }).interim([...rawHeaders, 'X-Hop', '1'])).toEqual([
      'Link',
      '</a>; rel=preload',
    ]);
  });

  test('says nothing that header_overrides replace', () => {
    expect(answering({ overrides: [['Link', 'ours']] }).interim(['link', 'theirs'])).toEqual([]);
  });
});

describe('trailers', () => {
  test('travel on where they may stand behind a body', () => {
    expect(answering().trailers(['Server-Timing', 'db;dur=53', 'Grpc-Status', '0', 'X-One', '1'])).toEqual([
      'Server-Timing',
      'db;dur=53',
      'Grpc-Status',
      '0',
      'X-One',
      '1',
    ]);
  });

  test.each([
    'Set-Cookie',
    'set-cookie2',
    'Content-Length',
    'Transfer-Encoding',
    'Content-Type',
    'Location',
    'Cache-Control',
    'X-Frame-Options',
    'Alt-Svc',
  ])('%s is none', (name) => {
    expect(answering().trailers([name, 'a=1'])).toEqual([]);
  });

  test('are announced only where the answer goes out in chunks', () => {
    const rawHeaders = ['Trailer', 'X-One'];

    expect(sentWith({ rawHeaders, inChunks: true })).toEqual([['Trailer', 'X-One'], ...ours]);
    expect(sentWith({ rawHeaders })).toEqual(ours);
  });
});
