import { createLocalJWKSet, errors } from 'jose';
import type { CompactVerifyGetKey } from 'jose';

/** The public keys of somebody who signs. */
export type KeySet = {
  /** The key for the head of a token. Errors: `KeysAway`, and those of jose where no key fits. */
  readonly keyFor: CompactVerifyGetKey;
  /** another number as soon as there are other keys, or none that count: what was checked by the old ones is checked again */
  readonly generation: () => number;
  /** Sees to it that keys which were taken back are missed in time, also where no new token comes. Waits for nothing. */
  readonly touch: () => void;
};

/** The keys cannot be had, so that nothing can be said about a token. */
export class KeysAway extends Error {
  override readonly name = 'KeysAway';
}

const maxAgeMs = 600_000;
const coolDownMs = 30_000;
// Their owner being away makes good tokens no worse; for as long a session stands without auth, unless the file says otherwise.
const keptMs = 3 * 3_600_000;

type Keys = ReturnType<typeof createLocalJWKSet>;

/**
 * Keeps keys that are asked for: when they are first needed, when they are ten minutes old, and when a token names one that is
 * not among them. Once at a time, and never twice within the cool-down, whatever strangers send. jose has such a set, too
 * (`createRemoteJWKSet`); it measures by the time of day, drops the keys where their owner is away for a moment, and then asks
 * again for every request.
 *
 * @param fetchKeys gives a JWK Set; bounded in time and size
 * @param options.elapsed milliseconds that never jump
 * @param options.retryMs how soon after an answer that was none they are asked for again; absent: the cool-down
 */
export function createKeySet(
  fetchKeys: () => Promise<unknown>,
  {
    elapsed,
    onFetched,
    retryMs = coolDownMs,
  }: { elapsed: () => number; onFetched: (failure: unknown) => void; retryMs?: number },
): KeySet {
  let keys: Keys | undefined;
  let written = '';
  let generation = 0;
  let fetchedAt = -Infinity;
  let askedAt = -Infinity;
  let pending: Promise<void> | undefined;

  async function fetchAnew(): Promise<void> {
    const now = elapsed();
    askedAt = now;
    try {
      const set = await fetchKeys();
      const next = createLocalJWKSet(Object(set));
      const text = JSON.stringify(set);
      if (text !== written) [keys, written, generation] = [next, text, generation + 1];
      fetchedAt = now;
      onFetched(undefined);
    } catch (error) {
      onFetched(error);
    }
  }

  function ask(): Promise<void> | undefined {
    const waitMs = fetchedAt < askedAt ? retryMs : coolDownMs;
    if (pending === undefined && elapsed() - askedAt < waitMs) return undefined;
    pending ??= fetchAnew().finally(() => (pending = undefined));
    return pending;
  }

  function count(): boolean {
    return elapsed() - fetchedAt < keptMs;
  }

  function inForce(): Keys {
    if (keys === undefined || !count()) throw new KeysAway();
    return keys;
  }

  async function keyFor(...token: Parameters<CompactVerifyGetKey>): ReturnType<Keys> {
    if (isOld()) await ask();
    const known = inForce();
    try {
      return await known(...token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await ask();
      // It may be a new one, and the issuer, who knows it, could not be asked.
      if (fetchedAt < askedAt) throw new KeysAway();
      return inForce()(...token);
    }
  }

  function isOld(): boolean {
    return elapsed() - fetchedAt >= maxAgeMs;
  }

  return {
    keyFor,
    // By 0 nothing was ever checked.
    generation: () => (count() ? generation : 0),
    touch() {
      if (isOld()) void ask();
    },
  };
}
