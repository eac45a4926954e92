import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { AuthenticatorInput } from '@latchkey/admission';
import { clockFrom } from '@latchkey/http';
import { aRequest, aRoute, aSession } from '@latchkey/testing';
import { createSessionStates, newlyKnown } from './session-state.ts';
import type { KnownSession } from './session-state.ts';
import type { CredentialReader } from './credential.ts';
import { createSessionCookieAuthenticator } from './session-cookie.ts';

const route = aRoute();
const request = aRequest({ forwardedProto: 'https' });
const asked: AuthenticatorInput = {
  request,
  rawHeaders: [],
  headers: { cookie: 'a=1' },
  route,
};

type Parts = Parameters<typeof createSessionCookieAuthenticator>[0];
const readCredential = jest.fn<CredentialReader['read']>();
const check = jest.fn<Parts['check']>();
const compare = jest.fn<Parts['personCookie']['compare']>();
const authenticate = createSessionCookieAuthenticator({
  readCredential,
  check,
  freshness: () => ({}),
  personCookie: { compare },
});
let known: KnownSession;

beforeEach(() => {
  const session = aSession(1);
  const clock = clockFrom({ now: () => 1_000 });
  const state = createSessionStates(clock)(session);
  known = newlyKnown(session, { token: 'sealed', cookie: 'sealed', state }, clock);
  readCredential.mockReset().mockReturnValue({ known, sent: 'sealed' });
  check.mockReset().mockReturnValue('stands');
  compare.mockReset().mockReturnValue('same');
});

describe('a session that stands', () => {
  test('makes a person, without waiting for anything where all is known', () => {
    expect(authenticate(asked)).toEqual({
      kind: 'person',
      principal: known.state.person,
      session: known,
    });
    expect(readCredential).toHaveBeenCalledWith(
      'a=1',
      { host: request.host, authority: String(request.host) },
      route,
    );
    expect(check).toHaveBeenCalledWith(known, { accessToken: false, groups: ['staff'] });
  });

  test('makes the same person where it has to be opened and asked about first', async () => {
    readCredential.mockResolvedValue({ known, sent: 'sealed' });
    check.mockResolvedValue('stands');

    expect(await authenticate(asked)).toMatchObject({ kind: 'person', session: known });
  });

  test.each([
    ['the browser has the newest already', 'sealed', undefined],
    ['the browser should have the newest', 'renewed', 'renewed'],
  ])('renewed: %s', (_, cookie, renewed) => {
    known.cookie = cookie;

    expect(authenticate(asked)).toMatchObject({
      kind: 'person',
      ...(renewed === undefined ? {} : { renewed }),
    });
    expect(Object.hasOwn(Object(authenticate(asked)), 'renewed')).toBe(renewed !== undefined);
  });

  test('of somebody whom the browser does not know yet is new', () => {
    compare.mockReturnValue('unknown');

    expect(authenticate(asked)).toMatchObject({ kind: 'person', isNew: true });
  });

  test.each([
    ['another person than the browser knows', 'another', undefined],
    ['one of several, and the browser knows none', 'unknown', true],
  ] as const)('of %s makes nobody, and says who has come', (_, before, rivals) => {
    compare.mockReturnValue(before);
    readCredential.mockReturnValue({ known, sent: 'sealed', ...(rivals && { rivals }) });

    expect(authenticate(asked)).toMatchObject({
      kind: 'visitor',
      principal: { why: 'session_other_person' },
      arrived: known,
    });
  });

  test('on a launcher is asked about all groups', () => {
    void authenticate({ ...asked, route: { ...route, kind: 'launcher' } });

    expect(check).toHaveBeenCalledWith(known, { accessToken: false });
  });
});

describe('no session that stands', () => {
  test('is nothing of this kind where no cookie came', () => {
    readCredential.mockReturnValue({ nobody: 'no_session' });

    expect(authenticate(asked)).toBeUndefined();
    expect(check).not.toHaveBeenCalled();
  });

  test('makes a visitor where one came that is over, and auth is not asked', () => {
    readCredential.mockReturnValue({ nobody: 'session_expired', spent: true });

    expect(authenticate(asked)).toEqual({
      kind: 'visitor',
      principal: { kind: 'visitor', why: 'session_expired' },
      spent: true,
    });
    expect(check).not.toHaveBeenCalled();
  });

  test('makes a visitor who is called by name where auth cannot be asked', () => {
    check.mockReturnValue('unverified');

    expect(authenticate(asked)).toMatchObject({
      principal: { why: 'session_unverified', email: 'ada@example.com' },
    });
  });

  test('is looked for behind one that has ended, and not for ever', async () => {
    check.mockReturnValueOnce('ended').mockReturnValueOnce('stands');
    expect(await authenticate(asked)).toMatchObject({ kind: 'person' });

    check.mockReturnValue('ended');
    expect(await authenticate(asked)).toMatchObject({ principal: { why: 'session_ended' } });
  });

  test('is not made of a failure: nobody passes because something broke', async () => {
    check.mockRejectedValue(new Error('broken'));

    await expect(authenticate(asked)).rejects.toThrow('broken');
  });
});
