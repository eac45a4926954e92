import { describe, expect, test } from '@jest/globals';
import { covers, isExpired, isWithinDomain, readSession } from './record.ts';
import type { Session } from './record.ts';

const session: Session = {
  sid: 'a-sign-in',
  sub: '12345',
  email: 'ada@example.com',
  user: 'ada',
  idp: 'google',
  aud: 'corp.example.com',
  iat: 1_700_000_000,
  auth_time: 1_700_000_000,
  exp: 1_702_592_000,
};

describe('the shape of a session', () => {
  test.each([
    ['as it is', session],
    ['with a name', { ...session, name: 'Ada' }],
    ['with a grant', { ...session, grant: 'sealed' }],
  ])('is read %s', (_, data) => {
    expect(readSession(data)).toEqual(data);
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'session'],
    ['a list', [session]],
    ['an empty object', {}],
    ['no sid', { ...session, sid: undefined }],
    ['an empty sid', { ...session, sid: '' }],
    ['an empty sub', { ...session, sub: '' }],
    ['no email', { ...session, email: undefined }],
    ['an empty email', { ...session, email: '' }],
    ['a list of emails', { ...session, email: ['ada@example.com'] }],
    ['no audience', { ...session, aud: undefined }],
    ['an empty audience', { ...session, aud: '' }],
    ['a list of audiences', { ...session, aud: ['corp.example.com'] }],
    ['no provider', { ...session, idp: undefined }],
    ['no end', { ...session, exp: undefined }],
    ['an end in words', { ...session, exp: '1702592000' }],
    ['an end that never comes', { ...session, exp: Infinity }],
    ['an end that is no number', { ...session, exp: Number.NaN }],
    ['an end between two seconds', { ...session, exp: 1.5 }],
    ['no time of the sign-in', { ...session, auth_time: undefined }],
    ['a name that is none', { ...session, name: 7 }],
    ['an empty grant', { ...session, grant: '' }],
  ])('is not read from %s', (_, data) => {
    expect(readSession(data)).toBeUndefined();
  });

  test('leaves out what does not belong to it', () => {
    expect(readSession({ ...session, groups: ['admins'], accessToken: 'x' })).toEqual(session);
  });
});

describe('the end of a session', () => {
  test.each([
    ['a millisecond before', -1, false],
    ['at the very moment', 0, true],
    ['a millisecond after', 1, true],
    ['long before', -1e12, false],
    ['long after', 1e12, true],
  ])('%s', (_, offset, expired) => {
    expect(isExpired(session, session.exp * 1000 + offset)).toBe(expired);
  });
});

describe('a domain', () => {
  test.each([
    ['itself', 'corp.example.com', true],
    ['a host in it', 'wiki.corp.example.com', true],
    ['a host deep in it', 'a.b.corp.example.com', true],
    ['the domain above', 'example.com', false],
    ['a sibling', 'wiki.example.com', false],
    ['a name that only ends alike', 'evilcorp.example.com', false],
    ['the domain below another', 'corp.example.com.evil.example', false],
    ['a bare dot before it', '.corp.example.com', true],
    ['nothing', '', false],
  ])('covers %s: %j', (_, host, covered) => {
    expect(isWithinDomain(host, 'corp.example.com')).toBe(covered);
    expect(covers(session, { host, authority: `${host}:8443` })).toBe(covered);
  });
});
