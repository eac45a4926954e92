import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SessionStore } from '../src/lifecycle/store.ts';

/** A store of sessions to be held to the contract. */
export type SessionStoreUnderTest = {
  readonly store: SessionStore;
  readonly now: () => number;
  /** lets time pass for it */
  pass(ms: number): Promise<void>;
};

const life = 500;

export const session = {
  idp: 'google',
  sub: '1',
  sid: 'sid',
  email: 'a@example.com',
  auth_time: 1_800_000_000,
};
const grantState = {
  grant: { access_expires_at: 1, checked_at: 0, refresh_token: 'r' },
  groups: { names: ['a'], at: 0 },
};

const at = (checked_at: number, refresh_token: string) => ({
  ...grantState,
  grant: { ...grantState.grant, checked_at, refresh_token },
});

/** What has to be remembered of sessions, wherever it is. */
export function sessionStoreContract(kind: string, create: () => Promise<SessionStoreUnderTest>): void {
  describe(`in ${kind}, the store of sessions`, () => {
    let now: number;
    let store: SessionStore;
    let pass: SessionStoreUnderTest['pass'];
    beforeEach(async () => {
      const under = await create();
      now = under.now();
      store = under.store;
      pass = async (ms) => {
        await under.pass(ms);
        now = under.now();
      };
    });
    afterEach(() => store.close());

    test('remembers a standing until its session ends', async () => {
      await store.keep(session, grantState, now + life);
      expect(await store.grantState('sid')).toEqual(grantState);
      expect(await store.grantState('other')).toBeUndefined();
      await pass(life + 1);
      expect(await store.grantState('sid')).toBeUndefined();
    });

    test('replaces a standing by a newer one', async () => {
      await store.keep(session, grantState, now + life);
      await store.keep(session, { ...grantState, groups: { names: ['b'], at: 1 } }, now + life);
      expect((await store.grantState('sid'))?.groups?.names).toEqual(['b']);
    });

    test('remembers a revocation until the session would have ended, and forgets its standing at once', async () => {
      await store.keep(session, grantState, now + life);
      await store.revoke(session, now + life);
      expect(await store.isRevoked(session)).toBe(true);
      expect(await store.isRevoked({ ...session, sid: 'other' })).toBe(false);
      expect(await store.grantState('sid')).toBeUndefined();
      await pass(life + 1);
      expect(await store.isRevoked(session)).toBe(false);
    });

    test('forgets no revocation for others, of however many accounts and however many of each', async () => {
      await store.revoke(session, now + life);
      for (let at = 0; at < 2_000; at++) {
        await store.revoke({ ...session, sub: `${at % 100}`, sid: `other ${at}` }, now + life);
      }
      expect(await store.isRevoked(session)).toBe(true);
      expect(await store.isRevoked({ ...session, sub: '7', sid: 'other 7' })).toBe(true);
      expect(await store.isRevoked({ ...session, sub: '7', sid: 'another', auth_time: now })).toBe(false);
    });

    test('ends all of an account that ends more than can be distinguished, and nothing that is signed in for later', async () => {
      for (let at = 0; at < 51; at++) await store.revoke({ ...session, sid: `${at}` }, now + life);
      expect(await store.isRevoked({ ...session, sid: '0' })).toBe(true);
      expect(await store.isRevoked({ ...session, sid: 'living' })).toBe(true);
      expect(await store.isRevoked({ ...session, sid: 'later', auth_time: session.auth_time + 1 })).toBe(
        false,
      );
      expect(await store.isRevoked({ ...session, sub: '2' })).toBe(false);
      expect(await store.isRevoked({ ...session, idp: 'okta' })).toBe(false);
      await pass(life + 1);
      expect(await store.isRevoked({ ...session, sid: 'living' })).toBe(false);
    });

    test('ends every session of an account that was signed in for until now, and nobody else', async () => {
      await store.keep(session, grantState, now + life);
      await store.keep({ ...session, sub: '2', sid: 'of another' }, grantState, now + life);
      await store.revokeAccount(session, now + life);
      expect(await store.isRevoked(session)).toBe(true);
      expect(await store.isRevoked({ ...session, sid: 'not remembered', auth_time: 0 })).toBe(true);
      expect(await store.isRevoked({ ...session, sid: 'later', auth_time: session.auth_time + 1 })).toBe(
        false,
      );
      expect(await store.isRevoked({ ...session, sub: '2', sid: 'of another' })).toBe(false);
      expect(await store.isRevoked({ ...session, idp: 'okta' })).toBe(false);
      expect(await store.grantState('of another')).toEqual(grantState);
      await pass(life + 1);
      expect(await store.isRevoked({ ...session, sid: 'not remembered' })).toBe(false);
    });

    test('ends every session of an e-mail address, no matter who vouched for it and whatever is remembered', async () => {
      await store.revokeEmail('a@example.com', now + life);
      expect(await store.isRevoked(session)).toBe(true);
      expect(await store.isRevoked({ ...session, idp: 'okta', sub: '2', sid: 'second' })).toBe(true);
      expect(await store.isRevoked({ ...session, email: 'b@example.com' })).toBe(false);
      const later = { ...session, sid: 'later', auth_time: session.auth_time + 1 };
      expect(await store.isRevoked(later)).toBe(false);
      await pass(life + 1);
      expect(await store.isRevoked(session)).toBe(false);
    });

    test('ends every session of everybody that was signed in for until now', async () => {
      await store.revoke({ ...session, sid: 'before' }, now + life);
      await store.revokeAll(now + life);
      expect(await store.isRevoked(session)).toBe(true);
      expect(await store.isRevoked({ ...session, idp: 'okta', sub: '2', sid: 'another' })).toBe(true);
      const later = { ...session, sid: 'later', auth_time: session.auth_time + 1 };
      expect(await store.isRevoked(later)).toBe(false);
      await store.revoke(later, now + life);
      expect(await store.isRevoked(later)).toBe(true);
      expect(await store.isRevoked({ ...later, sid: 'beside it' })).toBe(false);
      await pass(life + 1);
      expect(await store.isRevoked(session)).toBe(false);
    });

    test('lets nobody push out the standings of somebody else', async () => {
      await store.keep(session, grantState, now + 60_000);
      for (let at = 0; at < 100; at++) {
        await store.keep({ ...session, sub: '2', sid: `${at}` }, grantState, now + 60_000);
      }
      expect(await store.grantState('sid')).toEqual(grantState);
      expect(await store.grantState('99')).toEqual(grantState);
      expect(await store.grantState('0')).toBeUndefined();
    });

    test('knows the sessions of an account', async () => {
      const until = now + 60_000;
      await store.keep(session, grantState, until);
      await store.keep({ ...session, sid: 'second' }, grantState, until);
      await store.keep({ ...session, sub: '2', sid: 'of another' }, grantState, until);
      expect(await store.sidsOf(session)).toEqual(['sid', 'second']);
      await store.revoke(session, until);
      expect(await store.sidsOf(session)).toEqual(['second']);
    });

    test('takes what a cookie has brought along where nothing newer is known, and only there', async () => {
      const until = now + 60_000;
      const seconds = Math.floor(Date.now() / 1000) + 600;
      await store.offer(session, at(seconds - 7_200, 'old'), until);
      await store.offer(session, at(seconds, 'new'), until);
      await store.offer(session, at(seconds - 7_200, 'old'), until);
      expect((await store.grantState('sid'))?.grant.refresh_token).toBe('new');
    });

    test('takes a one-time value once', async () => {
      expect(await store.useOnce('code', 'id', now + life)).toBe(true);
      expect(await store.useOnce('code', 'id', now + life)).toBe(false);
      expect(await store.useOnce('code', 'old', now)).toBe(false);
      expect(await store.useOnce('token', 'id', now + life)).toBe(true);
      await pass(life + 1);
      expect(await store.useOnce('code', 'id', now + life)).toBe(true);
    });

    test('keeps nothing of a session that is over', async () => {
      await store.keep(session, grantState, now);
      await store.revoke(session, now);
      expect(await store.grantState('sid')).toBeUndefined();
      expect(await store.isRevoked(session)).toBe(false);
    });
  });
}
