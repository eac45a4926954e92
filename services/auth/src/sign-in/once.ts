import { attemptLifeMs } from '@latchkey/session';
import { createLeased, usualLease } from '../store/lease.ts';
import type { OpenStore } from '../store/open.ts';
import { placeOf } from '../store/place.ts';

/** Finishes the sign-in of a state once; a request at the same time or soon after gets the same outcome. */
export type Once<Outcome> = (
  state: string,
  finish: () => Promise<Outcome>,
) => Promise<Outcome | 'used already'>;

// As long as it takes to click a second time.
const keptOutcomeMs = 10_000;
// A provider takes its time, and there are several questions to it.
const waitMs = 20_000;

/**
 * A provider takes the second use of a code for theft, and takes back what it gave for the first (RFC 6749, section 4.1.2): it
 * is shown one once, whichever task the second click comes to.
 *
 * @param read an outcome that was kept
 * @throws StoreAway before anything was shown to the provider
 */
export function createOnce<Outcome extends object>(
  { store, vault }: OpenStore,
  read: (kept: unknown) => Outcome | undefined,
): Once<Outcome> {
  const leased = createLeased(store, { ...usualLease, waitMs });

  return async function once(state, finish) {
    const place = placeOf('outcome', state);
    const finished = await leased.run<Outcome | 'used already'>(
      place,
      async () => {
        const kept = await store.get(place);
        const known = kept && read(vault.open(place, kept.text));
        if (known !== undefined) return { outcome: known };
        const isFirst = await store.useOnce(placeOf('attempt', state), attemptLifeMs);
        if (!isFirst) return { outcome: 'used already' };
        const outcome = await finish();
        return { outcome, keep: { text: vault.close(place, outcome), ttlMs: keptOutcomeMs } };
      },
      () => undefined,
    );
    return finished ?? 'used already';
  };
}
