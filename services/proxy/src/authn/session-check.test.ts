import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { aSession } from '@latchkey/testing';
import { nameOfEmail } from '@latchkey/contract';
import { clockFrom } from '@latchkey/http';
import type { Session } from '@latchkey/session';
import { pino } from 'pino';
import { createEndedSessions } from './ended-sessions.ts';
import { createSessionCheck, keepEndsMs } from './session-check.ts';
import type { Needs } from './session-check.ts';
import type { IntrospectionResponse } from '@latchkey/contract';
import type { Introspect } from './introspect.ts';
import { createSessionStates, newlyKnown } from './session-state.ts';
import type { KnownSession } from './session-state.ts';

const validMs = 60_000;
const gracePeriodMs = 3 * 3_600_000;
const retryPauseMs = 10_000;
const seen = 1_700_000_000_000;

let now = seen;
let groups: readonly string[] = ['staff'];
const clock = clockFrom({ now: () => now });
const introspect = jest.fn<Introspect>();
const stands: IntrospectionResponse = { active: true, groups: ['staff'] };

const ended = createEndedSessions({ keepMs: keepEndsMs({ validMs, gracePeriodMs }), ...clock });
const check = createSessionCheck({
  ended,
  introspect,
  tokens: { renewed: async (_, token) => token },
  groups: () => groups,
  clocks: { validMs, gracePeriodMs },
  clock,
  comebacks: () => 0,
  log: pino({ enabled: false }),
});

let made = 0;
let states = createSessionStates(clock);

function session(sid = `sid ${made++}`, iat = seen / 1000, other?: Partial<Session>): KnownSession {
  const opened = aSession(seen / 1000, { sid, iat, ...other });
  return newlyKnown(opened, { token: 'sealed', cookie: 'sealed', state: states(opened) }, clock);
}

// Of one session in cookies of two hosts, each shown to auth by the name of its host.
async function onTwoHosts(): Promise<[KnownSession, KnownSession]> {
  const sid = `sid ${made++}`;
  const [wiki, vault] = ['wiki', 'vault'].map((aud) => {
    const known = session(sid, undefined, { aud, host_only: true });
    known.token = aud;
    return known;
  });
  if (wiki === undefined || vault === undefined) throw new Error('two were made');
  introspect.mockResolvedValue(stands);
  await Promise.all([check(wiki), check(vault)]);
  introspect.mockClear();
  return [wiki, vault];
}

function needing(group: string): Needs {
  return { accessToken: false, groups: [group] };
}

async function vouchedFor(): Promise<KnownSession> {
  const known = session();
  introspect.mockResolvedValueOnce(stands);
  await check(known);
  return known;
}

beforeEach(() => {
  now = seen;
  states = createSessionStates(clock);
  groups = ['staff'];
  introspect.mockReset();
});

describe('a session that auth vouches for', () => {
  beforeEach(() => void introspect.mockResolvedValue(stands));

  test('stands, with the groups that auth names', async () => {
    const known = session();

    expect(await check(known)).toBe('stands');
    expect(known.state.person).toEqual({
      kind: 'person',
      email: 'ada@example.com',
      groups: ['staff'],
      askedGroups: ['staff'],
      subject: '1',
      idp: 'google',
    });
    expect(introspect).toHaveBeenCalledWith('sealed', { groups: ['staff'], accessToken: false });
  });

  test('is asked about again as soon as routes name other groups', async () => {
    const known = session();
    await check(known);
    await check(known);
    groups = ['staff', 'admins'];
    await check(known);

    expect(introspect.mock.calls).toEqual([
      ['sealed', { groups: ['staff'], accessToken: false }],
      ['sealed', { groups: ['staff', 'admins'], accessToken: false }],
    ]);
  });

  test('is waited for by all who come while auth is asked about other groups', async () => {
    const known = session();
    await check(known);
    groups = ['staff', 'admins'];
    const answer = Promise.withResolvers<IntrospectionResponse>();
    introspect.mockReturnValueOnce(answer.promise);
    const waiting = Promise.all([known, known].map(async (one) => (await check(one), one.state.person)));
    answer.resolve({ active: true, groups: ['admins'] });

    expect((await waiting).map((person) => person.groups)).toEqual([['admins'], ['admins']]);
    expect(introspect).toHaveBeenCalledTimes(2);
  });

  test('is asked about once more where the answer was about the groups of before', async () => {
    const known = session();
    const first = Promise.withResolvers<IntrospectionResponse>();
    introspect.mockReturnValueOnce(first.promise);
    const checked = check(known);
    groups = ['staff', 'admins'];
    first.resolve(stands);
    await checked;

    expect(introspect.mock.calls.map(([, { groups }]) => groups)).toEqual([['staff'], ['staff', 'admins']]);
    expect(known.state.person.askedGroups).toEqual(['staff', 'admins']);
  });

  test.each([
    ['half a minute old', 30, validMs - 30_000],
    ['almost too old', 60, validMs],
    ['older than is of use here', 3_600, validMs],
    ['a breath from too old', 59, 1_000],
  ])(
    'is asked about again as soon as what its provider said is too old, which was %s',
    async (_, age, leftMs) => {
      introspect.mockResolvedValue({ ...stands, age });
      const known = session();
      await check(known);
      now += leftMs - 1;
      await check(known);
      expect(introspect).toHaveBeenCalledTimes(1);
      now += 1;
      await check(known);
      expect(introspect).toHaveBeenCalledTimes(2);
    },
  );

  test.each([
    ['at once', 0, 1],
    ['a millisecond before the answer is old', validMs - 1, 1],
    ['when the answer is old', validMs, 2],
    ['much later', 30 * 86_400_000, 2],
  ])('is asked about again only when the answer is old: %s', async (_, later, asked) => {
    const known = session();
    await check(known);
    now += later;

    expect(await check(known)).toBe('stands');
    expect(introspect).toHaveBeenCalledTimes(asked);
  });

  test('is asked about once, however many requests wait', async () => {
    const answer = Promise.withResolvers<IntrospectionResponse>();
    introspect.mockReturnValue(answer.promise);
    const known = session();
    const waiting = Promise.all([check(known), check(known), check(known)]);
    answer.resolve(stands);

    expect(await waiting).toEqual(['stands', 'stands', 'stands']);
    expect(introspect).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['still counts', validMs - 1, 'stands', 1],
    ['is too old to count by now', validMs, 'ended', 2],
  ])(
    'is not asked about twice at a time, and the answer is good from when it was asked for: one that %s',
    async (_, later, standing, asked) => {
      const known = await vouchedFor();
      now += validMs;
      const answer = Promise.withResolvers<IntrospectionResponse>();
      introspect.mockReturnValueOnce(answer.promise);
      const first = check(known);
      // Meanwhile its person signs out.
      now += later;
      introspect.mockResolvedValue({ active: false });
      const others = Promise.all([check(known), check(known)]);
      expect(introspect).toHaveBeenCalledTimes(2);
      answer.resolve(stands);

      expect(await others).toEqual([standing, standing]);
      expect(introspect).toHaveBeenCalledTimes(1 + asked);
      await first;
    },
  );

  test('is asked about once by who waits longer for the answer than it counts', async () => {
    const known = session();
    const answer = Promise.withResolvers<IntrospectionResponse>();
    introspect.mockReturnValueOnce(answer.promise);
    const checked = check(known);
    now += 2 * validMs;
    answer.resolve(stands);

    expect([await checked, introspect.mock.calls.length]).toEqual(['stands', 1]);
    await check(known);
    expect(introspect).toHaveBeenCalledTimes(2);
  });

  test('is not taken for another session that waits at the same time', async () => {
    await Promise.all([check(session()), check(session())]);

    expect(introspect).toHaveBeenCalledTimes(2);
  });

  test('is decided about anew after each answer, and not before', async () => {
    const known = session();
    await check(known);
    const { person } = known.state;
    await check(known);
    expect(known.state.person).toBe(person);

    now += validMs;
    introspect.mockResolvedValue({ active: true, groups: [] });
    await check(known);
    expect(known.state.person).not.toBe(person);
    expect(known.state.person.groups).toEqual([]);
  });

  test('is known by its new seal once auth has renewed it', async () => {
    const known = session();
    introspect.mockResolvedValueOnce({ ...stands, session: 'renewed' });
    await check(known);
    now += validMs;
    await check(known);

    expect(introspect.mock.calls).toEqual([
      ['sealed', { groups: ['staff'], accessToken: false }],
      ['renewed', { groups: ['staff'], accessToken: false }],
    ]);
  });
});

describe('a session in several cookies', () => {
  test('is asked about once in each, and from then on once for all', async () => {
    const both = await onTwoHosts();
    for (const minute of [1, 2]) {
      now = seen + minute * validMs;
      for (const known of both) expect(await check(known)).toBe('stands');
      expect(introspect).toHaveBeenCalledTimes(minute);
    }
  });

  test('is one question for all who come at once, and one more where that leaves open what a route needs', async () => {
    const [wiki, vault] = await onTwoHosts();
    groups = ['staff', 'admins'];
    introspect
      .mockResolvedValueOnce({ active: true, groups: ['staff'], unknown_groups: ['admins'] })
      .mockResolvedValueOnce({ active: true, groups: ['staff', 'admins'] });
    await Promise.all([
      check(wiki, needing('staff')),
      check(vault, needing('staff')),
      check(vault, needing('admins')),
    ]);

    expect(introspect.mock.calls.map(([, { needed }]) => needed)).toEqual([['staff'], ['admins']]);
    expect(vault.state.person.groups).toEqual(['staff', 'admins']);
  });

  test('has in a new cookie all that auth answered about it, also when auth is away since', async () => {
    const [wiki] = await onTwoHosts();
    introspect.mockRejectedValue(new Error('away'));
    const renewed = session(wiki.session.sid, seen / 1000 + 1, { host_only: true });

    expect(await check(renewed)).toBe('stands');
    expect(renewed.state.person).toBe(wiki.state.person);
    expect(renewed.state.person.groups).toEqual(['staff']);
  });

  test('does not stand in one that auth has not taken because it has taken another', async () => {
    const [wiki] = await onTwoHosts();
    introspect.mockRejectedValue(new Error('away'));
    const old = session(wiki.session.sid, (seen - validMs - gracePeriodMs) / 1000);

    expect([await check(old), await check(wiki)]).toEqual(['unverified', 'stands']);
  });

  test('is asked about in each that may need a new seal once one of them gets one', async () => {
    const [wiki, vault] = await onTwoHosts();
    now += validMs;
    introspect.mockResolvedValueOnce({ ...stands, session: 'wiki, renewed' });
    await check(wiki);
    await check(vault);
    now += validMs;
    await check(wiki);
    await check(vault);

    expect(introspect.mock.calls.map(([token]) => token)).toEqual(['wiki', 'vault', 'wiki, renewed']);
  });

  test('is asked about in each whose own seal is old, whatever is known of the others', async () => {
    const [wiki] = await onTwoHosts();
    const old = session(wiki.session.sid, (seen - gracePeriodMs / 2) / 1000);
    await check(old);
    now += validMs;
    await check(wiki);
    await check(old);

    expect(introspect.mock.calls.map(([token]) => token)).toEqual(['sealed', 'wiki', 'sealed']);
  });

  test('is asked about in each every time where there is no grace', async () => {
    const strict = createSessionCheck({
      ended,
      introspect,
      tokens: { renewed: async (_, token) => token },
      groups: () => groups,
      clocks: { validMs, gracePeriodMs: 0 },
      clock,
      comebacks: () => 0,
      log: pino({ enabled: false }),
    });
    const both = await onTwoHosts();
    now += validMs;
    for (const known of both) expect(await strict(known)).toBe('stands');

    expect(introspect.mock.calls.map(([token]) => token)).toEqual(['wiki', 'vault']);
  });

  test.each<[string, Partial<Session>]>([
    ['person', { sub: '2' }],
    ['address', { email: 'grace@example.com' }],
    ['provider', { idp: 'okta' }],
    ['sign-in', { auth_time: seen / 1000 - 1 }],
  ])('of another %s knows nothing of it', async (_, other) => {
    const [wiki] = await onTwoHosts();
    const stranger = session(wiki.session.sid, seen / 1000, other);
    introspect.mockRejectedValue(new Error('away'));

    await check(stranger);
    expect(stranger.state).not.toBe(wiki.state);
    expect(stranger.state.person.groups).toBeUndefined();
  });
});

describe('what is known of sessions', () => {
  test('is kept of so many and no more, the ones used last', () => {
    const stateOf = createSessionStates(clock, 2);
    const [one, two, three] = [session().session, session().session, session().session];
    const known = stateOf(one);
    const lost = stateOf(two);
    expect(stateOf(one)).toBe(known);
    stateOf(three);

    expect(stateOf(one)).toBe(known);
    expect(stateOf(two)).not.toBe(lost);
  });
});

describe('a session that auth has ended', () => {
  test('is over for good, and nobody asks again', async () => {
    const known = session();
    introspect.mockResolvedValueOnce({ active: false }).mockResolvedValue(stands);

    expect(await check(known)).toBe('ended');
    now += 100 * validMs;
    expect(await check(known)).toBe('ended');
    expect(introspect).toHaveBeenCalledTimes(1);
  });

  test('is over at once, although its last answer was good for longer when auth is away', async () => {
    const known = session();
    introspect
      .mockResolvedValueOnce(stands)
      .mockResolvedValueOnce({ active: false })
      .mockRejectedValue(new Error('away'));
    await check(known);
    now += validMs;

    expect(await check(known)).toBe('ended');
    expect(await check(known)).toBe('ended');
  });

  test('is over in every other cookie at once, asked about or not, for as long as a copy could claim grace', async () => {
    const [known, copy, stranger] = [session('same'), session('same'), session()];
    introspect.mockResolvedValueOnce(stands).mockResolvedValueOnce({ active: false });
    await check(copy);
    await check(known);
    introspect.mockRejectedValue(new Error('away'));

    expect(await check(copy)).toBe('ended');
    now += validMs + gracePeriodMs;
    expect(await check(session('same', now / 1000))).toBe('ended');
    expect(await check(stranger)).toBe('unverified');
  });

  test('stands in another cookie that auth vouches for after that, whether it was known before or not', async () => {
    const [known, living] = [session('one'), session('one')];
    introspect
      .mockResolvedValueOnce(stands)
      .mockResolvedValueOnce({ active: false })
      .mockResolvedValue(stands);
    await check(living);
    await check(known);
    now += 1;

    expect(await check(living)).toBe('stands');
    expect(await check(session('one'))).toBe('stands');
    expect(await check(known)).toBe('ended');
    expect(await check(living)).toBe('stands');
    expect(introspect).toHaveBeenCalledTimes(4);
  });

  test('is over in no other cookie for who comes while auth is being asked about that one', async () => {
    const [known, living] = [session('three'), session('three')];
    introspect.mockResolvedValueOnce(stands).mockResolvedValueOnce({ active: false });
    await check(living);
    await check(known);
    now += 1;
    introspect.mockResolvedValue(stands);

    expect(await Promise.all([check(living), check(living)])).toEqual(['stands', 'stands']);
    expect(introspect).toHaveBeenCalledTimes(3);
  });

  test('is read no more in a cookie that auth cannot be asked about after that', async () => {
    const [known, copy] = [session('two'), session('two')];
    introspect.mockResolvedValueOnce({ active: false }).mockRejectedValueOnce(new Error('away'));
    await check(known);

    expect([await check(copy), copy.ended]).toEqual(['ended', true]);
  });

  test('is asked about once auth has announced its end by itself, and stands if auth vouches for it after that', async () => {
    const known = await vouchedFor();
    ended.add({ sid: known.session.sid });
    introspect.mockResolvedValue(stands);
    now += 1;

    expect([await check(known), await check(known), introspect.mock.calls.length]).toEqual([
      'stands',
      'stands',
      2,
    ]);
  });

  test('is over where auth has said so and cannot be asked: no grace brings it back', async () => {
    const known = session(undefined, undefined, { email: 'left@example.com' });
    introspect.mockResolvedValueOnce(stands);
    await check(known);
    ended.add({ whose: nameOfEmail(known.session.email), signed_in_until: known.session.auth_time });
    introspect.mockRejectedValue(new Error('auth is away'));

    expect(await check(known)).toBe('ended');
  });

  test('is over for all who wait', async () => {
    introspect.mockResolvedValue({ active: false });
    const known = session();

    expect(await Promise.all([check(known), check(known)])).toEqual(['ended', 'ended']);
  });
});

describe('while auth cannot be asked', () => {
  beforeEach(() => void introspect.mockRejectedValue(new Error('away')));

  test.each([
    ['as soon as its answer is old', validMs, 'stands'],
    ['a millisecond before the grace period ends', validMs + gracePeriodMs - 1, 'stands'],
    ['when the grace period ends', validMs + gracePeriodMs, 'unverified'],
    ['much later', 30 * 86_400_000, 'unverified'],
  ])('a session keeps what auth last said of it: %s', async (_, later, standing) => {
    const known = await vouchedFor();
    now += later;

    expect(await check(known)).toBe(standing);
    expect(known.state.person.groups).toEqual(['staff']);
    expect(known.ended).toBe(false);
  });

  test.each([
    ['at once', 0, 'stands'],
    ['through the grace period', validMs + gracePeriodMs - 1, 'stands'],
    ['and no longer', validMs + gracePeriodMs, 'unverified'],
  ])('a session never asked about stands, without groups: %s', async (_, later, standing) => {
    const known = session();
    await check(known);
    now += later;

    expect(await check(known)).toBe(standing);
    expect(known.state.person.groups).toBeUndefined();
  });

  test.each([
    ['just now', 0, 'stands'],
    ['by a clock that is a little ahead', -30, 'stands'],
    ['in time', (validMs + gracePeriodMs) / 1000 - 1, 'stands'],
    ['too long ago', (validMs + gracePeriodMs) / 1000, 'unverified'],
    ['in a future that no clock explains', -3_600, 'unverified'],
  ])('a session never asked about counts from when auth sealed it: %s', async (_, agoSeconds, standing) => {
    expect(await check(session('sealed', seen / 1000 - agoSeconds))).toBe(standing);
  });

  test.each([
    ['at once', 0, 2],
    ['before the pause is over', retryPauseMs - 1, 2],
    ['after the pause', retryPauseMs, 3],
  ])('auth is asked again after a pause only: %s', async (_, later, asked) => {
    const known = await vouchedFor();
    now += validMs;
    await check(known);
    now += later;
    await check(known);

    expect(introspect).toHaveBeenCalledTimes(asked);
  });

  test('the pause is no longer than an answer would have counted', async () => {
    const hasty = createSessionCheck({
      ended,
      introspect,
      tokens: { renewed: async (_, token) => token },
      groups: () => groups,
      clocks: { validMs: 1_000, gracePeriodMs },
      clock,
      comebacks: () => 0,
      log: pino({ enabled: false }),
    });
    const known = session();
    await hasty(known);
    now += 1_000;
    await hasty(known);

    expect(introspect).toHaveBeenCalledTimes(2);
  });

  test('nobody waits twice: requests share the failure', async () => {
    const known = session();

    expect(await Promise.all([check(known), check(known)])).toEqual(['stands', 'stands']);
    expect(introspect).toHaveBeenCalledTimes(1);
  });

  test('a failure that is thrown at once is a failure like any other', async () => {
    introspect.mockImplementation(() => {
      throw new TypeError('broken');
    });

    expect(await check(session())).toBe('stands');
  });

  test('a session that was unverified stands again when auth is back', async () => {
    const known = await vouchedFor();
    now += validMs + gracePeriodMs;
    expect(await check(known)).toBe('unverified');
    introspect.mockResolvedValue({ active: true, groups: ['makers'] });
    now += retryPauseMs;

    expect(await check(known)).toBe('stands');
    expect(known.state.person.groups).toEqual(['makers']);
  });

  test('decisions that were made stay', async () => {
    const known = await vouchedFor();
    const { person } = known.state;
    now += validMs;
    await check(known);

    expect(known.state.person).toBe(person);
  });

  test('the log says why, and nothing of the session', async () => {
    const lines: string[] = [];
    const logged = createSessionCheck({
      ended,
      introspect,
      tokens: { renewed: async (_, token) => token },
      groups: () => groups,
      clocks: { validMs, gracePeriodMs },
      clock,
      comebacks: () => 0,
      log: pino({ base: null, timestamp: false, level: 'debug' }, { write: (line) => void lines.push(line) }),
    });
    const known = session();
    await logged(known);
    now += validMs + gracePeriodMs;
    await logged(known);

    // The first time the session stands by its grace period, and there is one alarm for all of those.
    const line = { detail: 'away', msg: 'auth cannot be reached about a session' };
    expect(lines.map((text): unknown => JSON.parse(text))).toEqual([
      { level: 20, ...line },
      { level: 40, ...line },
    ]);
  });
});

describe('the access token of the provider', () => {
  const withToken: IntrospectionResponse = {
    active: true,
    groups: [],
    access_token: 'of the provider',
    access_token_exp: seen / 1000 + 3_600,
  };

  test('is asked for once a route needs it, at once, and from then on', async () => {
    const known = session();
    introspect.mockResolvedValue(stands);
    await check(known, { accessToken: false });
    introspect.mockResolvedValue(withToken);
    await check(known, { accessToken: true });
    expect(known.state.accessToken).toEqual({ value: 'of the provider', until: seen + 3_600_000 });
    await check(known, { accessToken: false });
    now += validMs;
    await check(known, { accessToken: false });

    expect(introspect.mock.calls.map(([, { accessToken }]) => accessToken)).toEqual([false, true, true]);
  });
});
