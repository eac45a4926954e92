import { beforeEach, describe, expect, test } from '@jest/globals';
import { memoryStore } from './store.ts';
import type { Store } from './store.ts';

const standing = {
  grant: { access_expires_at: 1, checked_at: 0, refresh_token: 'r' },
  groups: { names: ['a'], at: 0 },
};

// What every store has to do, whatever it is made of.
describe.each([{ kind: 'memory', create: memoryStore }])('the $kind store', ({ create }) => {
  let now: number;
  let store: Store;
  beforeEach(() => {
    now = 1_800_000_000_000;
    store = create(() => now);
  });

  test('remembers a standing until its session ends', async () => {
    await store.keep('sid', standing, now + 1000);
    expect(await store.standing('sid')).toEqual(standing);
    expect(await store.standing('other')).toBeUndefined();
    now += 1001;
    expect(await store.standing('sid')).toBeUndefined();
  });

  test('replaces a standing by a newer one', async () => {
    await store.keep('sid', standing, now + 1000);
    await store.keep('sid', { ...standing, groups: { names: ['b'], at: 1 } }, now + 1000);
    expect((await store.standing('sid'))?.groups?.names).toEqual(['b']);
  });

  test('remembers a revocation until the session would have ended, and forgets its standing at once', async () => {
    await store.keep('sid', standing, now + 1000);
    await store.revoke('sid', now + 1000);
    expect(await store.isRevoked('sid')).toBe(true);
    expect(await store.isRevoked('other')).toBe(false);
    expect(await store.standing('sid')).toBeUndefined();
    now += 1001;
    expect(await store.isRevoked('sid')).toBe(false);
  });

  test('keeps nothing of a session that is over', async () => {
    await store.keep('sid', standing, now);
    await store.revoke('sid', now);
    expect(await store.standing('sid')).toBeUndefined();
    expect(await store.isRevoked('sid')).toBe(false);
  });
});
