import type { Adapter, AdapterPayload } from 'oidc-provider';

/**
 * Storage in memory for one kind of thing that a provider remembers (sessions, grants, tokens ...). oidc-provider has
 * one of its own, but says on the console at every start that it is not for production.
 */
export const memoryAdapter = (store = new Map<string, AdapterPayload>()): Adapter => {
  const findBy = (field: 'uid' | 'userCode', value: string): AdapterPayload | undefined =>
    [...store.values()].find((payload) => payload[field] === value);
  return {
    upsert: async (id, payload) => void store.set(id, payload),
    find: async (id) => store.get(id),
    findByUid: async (uid) => findBy('uid', uid),
    findByUserCode: async (userCode) => findBy('userCode', userCode),
    consume: async (id) => {
      const payload = store.get(id);
      if (payload) store.set(id, { ...payload, consumed: Math.floor(Date.now() / 1000) });
    },
    destroy: async (id) => void store.delete(id),
    revokeByGrantId: async (grantId) => {
      for (const [id, payload] of store) {
        if (payload.grantId === grantId) store.delete(id);
      }
    },
  };
};
