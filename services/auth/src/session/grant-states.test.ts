import { afterEach, expect, jest, test } from '@jest/globals';
import { clockFrom } from '@latchkey/http';
import { memoryStore } from '../store/memory.ts';
import { StoreAway } from '../store/store.ts';
import type { Store } from '../store/store.ts';
import { openVault } from '../store/vault.ts';
import { createGrantStates } from './grant-states.ts';

afterEach(() => void jest.useRealTimers());

test('an answer of the provider that could not be stored is kept while an older one is being stored', async () => {
  jest.useFakeTimers({ doNotFake: ['performance'] });
  const memory = memoryStore(clockFrom());
  const stored = Promise.withResolvers<boolean>();
  const store: Store = {
    ...memory,
    put: async (...args) => ((await stored.promise) ? memory.put(...args) : false),
    async release(place, holder) {
      await memory.release(place, holder);
      throw new StoreAway('away');
    },
  };
  const session = { idp: 'okta', sub: 'a', sid: 'sid' };
  const until = Date.now() + 3_600_000;
  const grantStates = createGrantStates({ store, vault: openVault }, clockFrom());
  const refresh = (token: string) =>
    grantStates.inTurn(session, until, async () => ({
      outcome: token,
      grantState: { grant: { refresh_token: token, access_expires_at: 0, checked_at: 0 }, groups: undefined },
    }));

  await refresh('first');
  await jest.advanceTimersByTimeAsync(1_000);
  await refresh('second');
  stored.resolve(true);
  await jest.advanceTimersByTimeAsync(0);
  expect((await grantStates.get('sid'))?.grant.refresh_token).toBe('second');
  grantStates.close();
});
