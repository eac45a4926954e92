import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { readLogoutToken } from './logout-token.ts';

const now = 1_800_000_000_000;
const seconds = now / 1000;
const issuer = new URL('https://acme.okta.com');
const expected = { issuer, clientId: 'latchkey', now };
const event = 'http://schemas.openid.net/event/backchannel-logout';
const good = {
  iss: 'https://acme.okta.com',
  aud: 'latchkey',
  iat: seconds,
  exp: seconds + 120,
  jti: 'one',
  sub: '1',
  sid: 's',
  events: { [event]: {} },
};
const header = { alg: 'RS256', kid: 'k', typ: 'logout+jwt' };

function compact(claims: unknown, head: unknown = header): string {
  return [head, claims, 'signature']
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
}

const without = (name: keyof typeof good) => ({ ...good, [name]: undefined });

test('says which session has ended, and until when it counts', () => {
  const notice = { jti: 'one', sub: '1', sid: 's', until: now + 180_000 };
  expect(readLogoutToken(compact(good), expected)).toEqual(notice);
});

describe('counts', () => {
  test.each([
    ['without a type', good, { ...header, typ: undefined }],
    ['with the type of any token', good, { ...header, typ: 'JWT' }],
    ['with its type in full', good, { ...header, typ: 'application/logout+jwt' }],
    ['about an account alone', without('sid'), header],
    ['about a session alone', without('sub'), header],
    ['for several clients', { ...good, aud: ['latchkey', 'another'] }, header],
    ['from a clock that is a little ahead', { ...good, iat: seconds + 50, exp: seconds + 170 }, header],
    ['from a clock that is a little behind', { ...good, iat: seconds - 170, exp: seconds - 50 }, header],
    ['with more than one event', { ...good, events: { [event]: {}, other: {} } }, header],
    ['with claims of the provider’s own', { ...good, tenant: 'x', nbf: 'y' }, header],
    ['with the issuer as a whole address', { ...good, iss: 'https://acme.okta.com/' }, header],
  ])('%s', (_, claims, head) => {
    expect(readLogoutToken(compact(claims, head), expected)).toMatchObject({ jti: 'one' });
  });
});

describe('is refused', () => {
  test.each([
    ['that no key signs', 'alg', good, { ...header, alg: 'none' }],
    ['that a shared secret signs', 'alg', good, { ...header, alg: 'HS256' }],
    ['without an algorithm', 'alg', good, { typ: 'JWT' }],
    ['of another kind', 'typ', good, { ...header, typ: 'at+jwt' }],
    ['of no kind that there is', 'typ', good, { ...header, typ: 7 }],
    ['of another issuer', 'iss', { ...good, iss: 'https://evil.example' }, header],
    ['of an issuer that looks alike', 'iss', { ...good, iss: 'https://acme.okta.com/oauth2' }, header],
    ['of several issuers', 'iss', { ...good, iss: ['https://acme.okta.com'] }, header],
    ['of nobody', 'iss', without('iss'), header],
    ['for another client', 'aud', { ...good, aud: 'another' }, header],
    ['for clients without us', 'aud', { ...good, aud: ['another', 'latchkey2'] }, header],
    ['for nobody', 'aud', without('aud'), header],
    ['from the future', 'iat', { ...good, iat: seconds + 61 }, header],
    ['that is old, though it is not over', 'iat', { ...good, iat: seconds - 661, exp: seconds + 60 }, header],
    ['that does not say when it was made', 'iat', without('iat'), header],
    ['that says so as a text', 'iat', { ...good, iat: `${seconds}` }, header],
    ['that is over', 'exp', { ...good, iat: seconds - 200, exp: seconds - 60 }, header],
    ['that is never over', 'exp', without('exp'), header],
    ['about nothing', 'events', without('events'), header],
    ['about something else', 'events', { ...good, events: { 'urn:other': {} } }, header],
    ['about it in another form', 'events', { ...good, events: [event] }, header],
    ['with an event that is no object', 'events', { ...good, events: { [event]: true } }, header],
    ['with a nonce', 'nonce', { ...good, nonce: 'n' }, header],
    ['with a nonce that is empty', 'nonce', { ...good, nonce: null }, header],
    ['without a name of its own', 'jti', without('jti'), header],
    ['with an empty one', 'jti', { ...good, jti: '' }, header],
    ['with one that is endless', 'jti', { ...good, jti: 'x'.repeat(1_025) }, header],
    ['about nobody', 'sub, sid', { ...good, sub: undefined, sid: undefined }, header],
    ['about a session that is a number', 'sub, sid', { ...good, sid: 7 }, header],
    ['about an account without a name', 'sub, sid', { ...good, sub: '' }, header],
    ['that is a list', 'no signed token', [good], header],
  ])('one %s', (_, why, claims, head) => {
    expect(readLogoutToken(compact(claims, head), expected)).toEqual(expect.stringContaining(why));
  });

  test.each(['', '.', '..', 'a.b', 'a.b.c', `${compact(good)}.x.y`, 'e30.e30.'])(
    'what is no token: %j',
    (text) => {
      expect(typeof readLogoutToken(text, expected)).toBe('string');
    },
  );

  test('whatever else is sent, and it never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.tuple(fc.json(), fc.json()).map(joined)), (text) => {
        expect(typeof readLogoutToken(text, expected)).toBe('string');
      }),
    );
  });

  test('any of a good one’s claims that becomes something else', () => {
    const names = Object.keys(good).filter((name) => name !== 'sub' && name !== 'sid');
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.jsonValue(), (name, value) => {
        const read = readLogoutToken(compact({ ...good, [name]: value }), expected);
        // A name of its own may be any text, and the end any time to come.
        fc.pre(name !== 'jti' || typeof value !== 'string' || value === '');
        fc.pre(name !== 'exp' || typeof value !== 'number' || value <= 0);
        expect(typeof read).toBe('string');
      }),
    );
  });
});

function joined([head, claims]: [string, string]): string {
  return [head, claims, 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.');
}
