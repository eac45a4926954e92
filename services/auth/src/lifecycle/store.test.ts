import { expect, test } from '@jest/globals';
import { clockFrom } from '@latchkey/http';
import type { Clock } from '@latchkey/http';
import { session, sessionStoreContract } from '../../test/session-store.contract.ts';
import { openMemoryStore } from '../store/open.ts';
import { sessionStore } from './store.ts';

const log = { info: () => undefined, warn: () => undefined };
const inProcess = (clock: Clock) => sessionStore(openMemoryStore(clock), { ...clock, log });

sessionStoreContract('memory', async () => {
  let now = 1_800_000_000_000;
  const clock = clockFrom({ now: () => now });
  return { store: inProcess(clock), now: clock.now, pass: async (ms) => void (now += ms) };
});

test('a session by a clock that is ahead is ended for good when its account has more than can be distinguished', async () => {
  let now = session.auth_time * 1000;
  const store = inProcess(clockFrom({ now: () => now }));
  const ahead = { ...session, sid: 'ahead', auth_time: session.auth_time + 3 };
  for (let at = 0; at < 50; at++) await store.revoke({ ...session, sid: `${at}` }, now + 1000);
  await store.revoke(ahead, now + 1000);
  expect(await store.isRevoked(ahead)).toBe(true);
  now -= 500;
  await store.revoke({ ...session, sid: 'one more' }, now + 1000);
  now += 1_400;
  expect(await store.isRevoked(ahead)).toBe(true);
});

test('a clock that is set forward and back makes the memory store forget no revocation', async () => {
  let now = 1_800_000_000_000;
  const store = inProcess({ now: () => now, elapsed: () => 0 });
  await store.revoke(session, now + 1000);
  now += 86_400_000;
  await store.revoke({ ...session, sub: '2' }, now + 1000);
  now -= 86_400_000;
  expect(await store.isRevoked(session)).toBe(true);
});
