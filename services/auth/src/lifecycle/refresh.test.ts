import { expect, jest, test } from '@jest/globals';
import { deriveKeys } from '@latchkey/session';
import { aSession } from '@latchkey/testing';
import { createRefresher } from './refresh.ts';
import type { Refreshing } from './refresh.ts';
import type { GrantState } from '../session/stored-session.ts';

const session = aSession(0, { idp: 'okta', exp: 1_000 });
const known: GrantState = {
  grant: { refresh_token: 'refresh', access_expires_at: 100, checked_at: 0 },
  groups: undefined,
};

type Refresh =
  Refreshing['providers'] extends ReadonlyMap<string, infer One extends { refresh: unknown }>
    ? One['refresh']
    : never;

const tokens = { refreshToken: 'refresh', accessToken: 'new' };

function partsWith(providers: Record<string, Refresh>, patienceMs = 60_000): Refreshing {
  return {
    store: {
      grantState: async () => known,
      offer: async () => undefined,
      revoke: async () => true,
      isRevoked: async () => false,
      inTurn: async <T>(_: object, __: number, ask: () => Promise<{ outcome: T }>) => (await ask()).outcome,
    },
    providers: new Map(Object.entries(providers).map(([slug, refresh]) => [slug, { refresh }])),
    emit: () => undefined,
    patienceMs,
    now: () => 0,
    elapsed: () => performance.now(),
    sessionLifetimeMs: 1_000,
    sessionValidMs: 60_000,
    keys: { grant: deriveKeys(['a secret of some length for a test'], 'grant') },
    log: { info: () => undefined, warn: () => undefined },
  };
}

test('who comes while nobody is asked, and needs more than the first, has the provider asked', async () => {
  const refresh = jest.fn(async () => ({ tokens }));
  const refresher = createRefresher(partsWith({ okta: refresh }));
  const [first, second] = await Promise.all([
    refresher(session, () => true),
    refresher(session, ({ accessToken }) => accessToken !== undefined),
  ]);
  expect(first).toEqual({ grantState: known, basis: 'remembered' });
  expect(second).toMatchObject({ grantState: { accessToken: 'new' }, basis: 'answered' });
  expect(refresh).toHaveBeenCalledTimes(1);
});

const soon = () => new Promise((resolve) => void setImmediate(resolve));

test('a provider that says nothing has so many questions open, signs nobody out, and holds up no other provider', async () => {
  const answers: (() => void)[] = [];
  const silent = jest.fn(
    () => new Promise<{ tokens: typeof tokens }>((resolve) => answers.push(() => resolve({ tokens }))),
  );
  const refresher = createRefresher(partsWith({ okta: silent, google: async () => ({ tokens }) }, 50));
  const ask = (number: number, idp = 'okta') =>
    refresher({ ...session, sid: `s${number}`, idp }, ({ accessToken }) => accessToken !== undefined);

  const all = await Promise.all(Array.from({ length: 3_000 }, (_, number) => ask(number)));
  expect(all.every((one) => one !== 'over' && one.basis === 'stale')).toBe(true);
  expect(silent).toHaveBeenCalledTimes(200);
  expect(await ask(4_000, 'google')).toMatchObject({ basis: 'answered' });

  for (const answer of answers.splice(0)) answer();
  await soon();
  const again = [ask(5_000), ask(5_001)];
  while (answers.length < 2) await soon();
  for (const answer of answers) answer();
  expect(await Promise.all(again)).toMatchObject([{ basis: 'answered' }, { basis: 'answered' }]);
});
