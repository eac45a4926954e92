import { expect, jest, test } from '@jest/globals';
import { deriveKeys } from '@latchkey/session';
import { aSession } from '@latchkey/testing';
import { createRefresher } from './refresh.ts';
import type { GrantState } from '../session/stored-session.ts';

const session = aSession(0, { idp: 'okta', exp: 1_000 });
const known: GrantState = {
  grant: { refresh_token: 'refresh', access_expires_at: 100, checked_at: 0 },
  groups: undefined,
};

test('who comes while nobody is asked, and needs more than the first, has the provider asked', async () => {
  const refresh = jest.fn(async () => ({ tokens: { refreshToken: 'refresh', accessToken: 'new' } }));
  const parts = {
    store: {
      grantState: async () => known,
      offer: async () => undefined,
      revoke: async () => true,
      isRevoked: async () => false,
      inTurn: async <T>(_: object, __: number, ask: () => Promise<{ outcome: T }>) => (await ask()).outcome,
    },
    providers: new Map([['okta', { refresh }]]),
    emit: () => undefined,
    patienceMs: 60_000,
    now: () => 0,
    elapsed: () => 0,
    sessionLifetimeMs: 1_000,
    sessionValidMs: 60_000,
    keys: { grant: deriveKeys(['a secret of some length for a test'], 'grant') },
    log: { info: () => undefined, warn: () => undefined },
  };
  const refresher = createRefresher(parts);
  const [first, second] = await Promise.all([
    refresher(session, () => true),
    refresher(session, ({ accessToken }) => accessToken !== undefined),
  ]);
  expect(first).toEqual({ grantState: known, basis: 'remembered' });
  expect(second).toMatchObject({ grantState: { accessToken: 'new' }, basis: 'answered' });
  expect(refresh).toHaveBeenCalledTimes(1);
});
