import { HttpError } from '@latchkey/http';
import type { Clock } from '@latchkey/http';
import type { Delegation, KeyRing } from '@latchkey/session';
import { z } from 'zod';
import { createLeased } from '../store/lease.ts';
import type { OpenStore } from '../store/open.ts';
import { placeOf } from '../store/place.ts';
import { openDelegation } from './delegation.ts';

/** A delegation that was sealed, and how often its refresh token had been replaced by then. */
export type RefreshToken = Delegation & { readonly generation: number };

const sealedWith = z.object({ generation: z.int() });

/** Opens a refresh token; undefined for whatever is none. */
export function openRefreshToken(sealed: string, keys: KeyRing): Promise<RefreshToken | undefined> {
  return openDelegation(sealed, keys, sealedWith);
}

/**
 * Which refresh tokens count. Each is replaced when it is used, and one that comes back after that is in two hands (RFC 9700,
 * section 4.14.2). A store that remembers nothing of a family believes whichever comes first, and so signs nobody out: where two
 * go on with one family from there, the next use by the one who is behind shows it.
 */
export type RefreshTurns = {
  /**
   * Tells whether one counts. From then on its replacement does.
   *
   * @throws StoreAway, HttpError `overloaded`
   */
  take(token: RefreshToken): Promise<'good' | 'reused'>;
};

// Two requests of one program at the same time, or one once more whose answer was lost.
const twinMs = 30_000;

const turn = z.object({ next: z.int(), at: z.number() });

/** Remembers them in a store: one request of a family at a time, in all tasks together. */
export function refreshTurns({ store, vault }: OpenStore, { now }: Pick<Clock, 'now'>): RefreshTurns {
  const leased = createLeased(store);

  return {
    async take({ family, generation, session }) {
      const place = placeOf('family', family);
      const outcome = await leased.run<'good' | 'reused'>(
        place,
        async () => {
          const kept = await store.get(place);
          const known = kept && turn.safeParse(vault.open(place, kept.text)).data;
          if (known !== undefined && generation < known.next) {
            const isTwin = generation === known.next - 1 && now() - known.at < twinMs;
            return { outcome: isTwin ? 'good' : 'reused' };
          }
          const text = vault.close(place, { next: generation + 1, at: now() });
          return { outcome: 'good', keep: { text, ttlMs: session.exp * 1000 - now() } };
        },
        () => undefined,
      );
      if (outcome === undefined) throw new HttpError('overloaded', { headers: { 'Retry-After': '2' } });
      return outcome;
    },
  };
}
