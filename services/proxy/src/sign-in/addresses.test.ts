import { describe, expect, test } from '@jest/globals';
import { authorityOf, canonicalHost } from '@latchkey/http';
import { deriveKeys, refuseReturnAddress, signReturnAddress } from '@latchkey/session';
import { aRequest } from '@latchkey/testing';
import { createAddresses } from './addresses.ts';

const now = 1_700_000_000_000;
const keys = deriveKeys(['secret'], 'return address');
const [key] = keys;

const options = {
  externalUrl: new URL('https://sso.example.com:8443'),
  clientId: 'a client & more',
  secure: true,
  keys,
  isShared: (asked: string) => asked.endsWith('.example.com'),
  lifetimeMs: 3_600_000,
  now: () => now,
};
const addresses = createAddresses(options);

const request = aRequest({ target: '/d/1?x=2', rawPath: '/d/1', query: '?x=2' });

function wayBack(target: string): string {
  return (
    new URL(addresses.signIn({ ...request, target }, ['google'], 'no_session')).searchParams.get(
      'redirect_uri',
    ) ?? ''
  );
}

describe('the origin that a browser sees', () => {
  test.each([
    ['https, where browsers come over HTTPS only', true, undefined, undefined, 'https://wiki.example.com'],
    ['https, whatever the last hop was', true, 'http', undefined, 'https://wiki.example.com'],
    ['with the port that was written', true, undefined, 8443, 'https://wiki.example.com:8443'],
    ['that of auth, where nobody trusted says', false, undefined, undefined, 'https://wiki.example.com'],
    ['http, where somebody trusted says so', false, 'http', undefined, 'http://wiki.example.com'],
    ['https, where somebody trusted says so', false, 'https', undefined, 'https://wiki.example.com'],
  ] as const)('is %s', (_, secure, forwardedProto, port, origin) => {
    const asked = { ...request, forwardedProto, port };

    expect(createAddresses({ ...options, secure }).origin(asked)).toBe(origin);
  });

  test('is http where auth is, and nobody trusted says otherwise', () => {
    const atHttp = createAddresses({ ...options, secure: false, externalUrl: new URL('http://sso.test') });

    expect(atHttp.origin(request)).toBe('http://wiki.example.com');
  });

  test('names the host as it was matched', () => {
    expect(authorityOf(request)).toBe('wiki.example.com');
    expect(authorityOf({ ...request, port: 80 })).toBe('wiki.example.com:80');
  });
});

describe('where to sign in', () => {
  test('is at auth, under the provider, with a signed way back to the very URL', () => {
    const url = new URL(addresses.signIn(request, ['google'], 'no_session'));
    const { client_id, reason, max_age, ...signed } = Object.fromEntries(url.searchParams);

    expect(url.origin + url.pathname).toBe('https://sso.example.com:8443/google/sign_in');
    expect({ client_id, reason, max_age }).toEqual({
      client_id: 'a client & more',
      reason: 'no_session',
      max_age: '3600',
    });
    expect(signed).toMatchObject({ redirect_uri: 'https://wiki.example.com/d/1?x=2', ts: '1700000000' });
    expect(refuseReturnAddress(signed, keys, now)).toBeUndefined();
  });

  test.each([
    [
      'programs, to sign in',
      addresses.signInToStart(request, ['google'], 'session_expired'),
      '/google/sign_in',
    ],
    ['all, to sign out', addresses.signOut(request, ['google']), '/google/sign_out'],
  ])('leads back to the first page for %s', (_, address, path) => {
    const url = new URL(address);
    const { client_id: _id, reason: _reason, ...signed } = Object.fromEntries(url.searchParams);

    expect(url.pathname).toBe(path);
    expect(signed).toMatchObject({ redirect_uri: 'https://wiki.example.com/' });
    expect(refuseReturnAddress(signed, keys, now)).toBeUndefined();
  });
});

describe('the way back', () => {
  test.each([
    '/',
    '/d/1?x=2&y=%20&x=3',
    '/a+b?c+d',
    '/%2e%2e/%2F',
    '/?next=https://evil.example/',
    '/a?',
    "/!$&'()*+,;=:@~-._",
    '/%',
  ])('holds %j as it came', (target) => {
    expect(wayBack(target)).toBe(`https://wiki.example.com${target}`);
  });

  test.each([
    ['/a\\b', '/a%5Cb'],
    ['/a?q="b"', '/a?q=%22b%22'],
    ['/a?q=<b>', '/a?q=%3Cb%3E'],
    ['/a?q={b}|^`', '/a?q=%7Bb%7D%7C%5E%60'],
    ['/caf\u00c3\u00a9', '/caf%C3%A9'],
    ['/a\u00ff', '/a%FF'],
    ['/a\u007f', '/a%7F'],
    ['/a\tb', '/a%09b'],
  ])('holds %j as %j, which two parsers read alike', (target, safe) => {
    expect(wayBack(target)).toBe(`https://wiki.example.com${safe}`);
  });

  test.each([
    '//evil.example/',
    '/\\evil.example/',
    '/@evil.example/',
    '/:80@evil.example',
    '/.evil.example',
  ])('stays on the host for %j', (target) => {
    expect(new URL(wayBack(target)).host).toBe('wiki.example.com');
  });
});

describe('a host that does not get the shared cookie', () => {
  const outside = canonicalHost('payroll.example.org');
  if (outside === undefined) throw new Error('the host of these tests is none');
  const asked = { ...request, host: outside };

  test.each([
    ['to sign in', addresses.signIn(asked, ['google'], 'no_session'), '/d/1?x=2', { reason: 'no_session' }],
    [
      'programs, to sign in',
      addresses.signInToStart(asked, ['google'], 'no_session'),
      '/',
      { reason: 'no_session' },
    ],
    [
      'to choose another account',
      addresses.switchAccount(asked, ['google']),
      '/d/1?x=2',
      { prompt: 'select_account' },
    ],
  ])('begins on the host itself, with a way back that we signed: %s', (_, address, path, extra) => {
    const url = new URL(address);
    const { redirect_uri = '', ts = '', sig = '', ...rest } = Object.fromEntries(url.searchParams);
    const signed = { redirect_uri, ts, sig };

    expect(url.origin + url.pathname).toBe('https://payroll.example.org/oauth2/sign_in');
    expect(redirect_uri).toBe(`https://payroll.example.org${path}`);
    expect(rest).toEqual(extra);
    expect(refuseReturnAddress(signed, keys, now)).toBeUndefined();
    expect(addresses.ownTarget(asked, url.searchParams)).toBe(redirect_uri);
  });

  test.each([
    ['nothing', {}],
    ['a path', { redirect_uri: '/d/1' }],
    [
      'an address that nobody signed',
      { redirect_uri: 'https://payroll.example.org/x', ts: '1700000000', sig: 'x' },
    ],
    ['an address of another host that we signed', signReturnAddress('https://wiki.example.com/x', key, now)],
    ['another scheme', signReturnAddress('http://payroll.example.org/x', key, now)],
    ['another port', signReturnAddress('https://payroll.example.org:8443/x', key, now)],
    [
      'a host that only begins alike',
      signReturnAddress('https://payroll.example.org.evil.example/', key, now),
    ],
    ['a user name', signReturnAddress('https://payroll.example.org@evil.example/', key, now)],
  ])('leads back to its first page for %s', (_, parameters) => {
    const given = new URLSearchParams(Object.entries(parameters));
    expect(addresses.ownTarget(asked, given)).toBe('https://payroll.example.org/');
  });

  test('leads back to what was signed long ago', () => {
    const signed = signReturnAddress('https://payroll.example.org/%2e/x?y', key, now - 86_400_000);
    const given = new URLSearchParams({ ...signed });
    expect(addresses.ownTarget(asked, given)).toBe('https://payroll.example.org/%2e/x?y');
  });

  test('asks auth for a code: state, challenge and how old a sign-in may be', () => {
    const codeRequest = { state: 'the state', codeChallenge: 'the challenge' };
    const target = 'https://payroll.example.org/d/1';
    const url = new URL(
      addresses.authorize(target, ['google'], codeRequest, {
        reason: 'session_expired',
        selectAccount: false,
      }),
    );

    expect(url.origin + url.pathname).toBe('https://sso.example.com:8443/google/sign_in');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: 'a client & more',
      redirect_uri: target,
      response_type: 'code',
      state: 'the state',
      code_challenge: 'the challenge',
      code_challenge_method: 'S256',
      max_age: '3600',
      reason: 'session_expired',
    });
  });
});
