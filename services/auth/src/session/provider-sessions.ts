import { attemptLifeMs } from '@latchkey/session';
import { z } from 'zod';
import type { OpenStore } from '../store/open.ts';
import { placeOf } from '../store/place.ts';
import type { Place } from '../store/place.ts';
import type { StoredSession } from './stored-session.ts';

/** A session at a provider: its slug, and how the provider calls it (the claim `sid`). */
export type ProviderSession = { readonly idp: string; readonly providerSid: string };

/**
 * Which sessions of ours come from which session at a provider.
 *
 * Who signs in while it ends there: one writes down the session and then looks for the end, the other writes down the end and
 * then looks for sessions. Whichever is first, one of them sees the other.
 *
 * @throws StoreAway
 */
export type ProviderSessions = {
  link(session: StoredSession, providerSid: string, ttlMs: number): Promise<void>;
  /** Says that one has ended. @returns the sessions that came from it, and whose they are, if that is known */
  end(ended: ProviderSession): Promise<{ readonly sids: readonly string[]; readonly sub?: string }>;
  hasEnded(asked: ProviderSession): Promise<boolean>;
};

// A browser signs in anew while the provider's session goes on, and others do beside it.
const keptOfProviderSession = 20;
// Who brings a code of it has begun before it ended.
const endKeptMs = attemptLifeMs;

const owner = z.object({ sub: z.string() });

/** Remembers them in a store; what names a person is sealed where it leaves the process. */
export function providerSessions({ store, vault }: OpenStore): ProviderSessions {
  return {
    async link({ idp, sub, sid }, providerSid, ttlMs) {
      if (ttlMs <= 0) return;
      const place = placeOfOwner({ idp, providerSid });
      await Promise.all([
        store.put(place, vault.close(place, { sub }), { ttlMs }),
        store.add(placeOf('provider session', idp, providerSid), sid, { most: keptOfProviderSession, ttlMs }),
      ]);
    },
    async end(ended) {
      const { idp, providerSid } = ended;
      await store.put(placeOf('provider end', idp, providerSid), '', { ttlMs: endKeptMs });
      const place = placeOfOwner(ended);
      const [sids, kept] = await Promise.all([
        store.members(placeOf('provider session', idp, providerSid)),
        store.get(place),
      ]);
      const sub = kept && owner.safeParse(vault.open(place, kept.text)).data?.sub;
      return { sids, ...(sub !== undefined && { sub }) };
    },
    async hasEnded({ idp, providerSid }) {
      return (await store.get(placeOf('provider end', idp, providerSid))) !== undefined;
    },
  };
}

function placeOfOwner({ idp, providerSid }: ProviderSession): Place {
  return placeOf('provider session owner', idp, providerSid);
}
