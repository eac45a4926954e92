import { expect, test } from '@jest/globals';
import { everybody, nameOfAccount, nameOfEmail } from '@latchkey/contract';
import { aSession } from '@latchkey/testing';
import { createEndedSessions } from './ended-sessions.ts';

let elapsed = 0;
const endedSessions = (kept?: number) =>
  createEndedSessions({ keepMs: 1_000, elapsed: () => elapsed, ...(kept !== undefined && { kept }) });

test('an end counts for what was known until then, and for as long as a copy may claim grace', () => {
  elapsed = 100;
  const ended = endedSessions();
  ended.add({ sid: 'one' });
  expect([
    ended.since(aSession(0, { sid: 'one' }), 100),
    ended.since(aSession(0, { sid: 'one' }), 101),
    ended.since(aSession(0, { sid: 'two' }), 100),
  ]).toEqual([true, false, false]);
  elapsed = 1_101;
  expect([ended.since(aSession(0, { sid: 'one' }), 100), ended.forgottenAt()]).toEqual([false, -Infinity]);
});

test('an end that there is no room for any more says when it was', () => {
  const ended = endedSessions(2);
  for (const sid of ['one', 'two', 'three']) {
    elapsed += 1;
    ended.add({ sid });
  }
  expect([
    ended.since(aSession(0, { sid: 'one' }), 0),
    ended.since(aSession(0, { sid: 'three' }), 0),
    ended.forgottenAt(),
  ]).toEqual([false, true, elapsed - 2]);
});

test('an end of somebody is that of all who are called so and had signed in by then', () => {
  const [mine, later] = [100, 101].map((auth_time) => aSession(0, { auth_time }));
  const other = aSession(0, { auth_time: 100, sub: 'another', email: 'another@example.com' });
  if (mine === undefined || later === undefined) throw new Error('two were made');
  const [account, address] = [nameOfAccount(mine), nameOfEmail(mine.email)];

  expect(
    [account, address, everybody].map((whose) => {
      const ended = endedSessions();
      ended.add({ whose, signed_in_until: 100 });
      return [mine, later, other].map((session) => ended.since(session, elapsed));
    }),
  ).toEqual([
    [true, false, false],
    [true, false, false],
    [true, false, true],
  ]);
});

test('an older end of somebody takes nothing from a newer one', () => {
  const ended = endedSessions();
  for (const until of [100, 50]) ended.add({ whose: everybody, signed_in_until: until });

  expect(ended.since(aSession(0, { auth_time: 80 }), elapsed)).toBe(true);
});
