import { KeysAway } from '@latchkey/identity';
import type { KeySet } from '@latchkey/identity';
import type { Identified } from '@latchkey/admission';
import { ownCopy } from '@latchkey/http';
import type { Issuer } from '@latchkey/upstreams';
import { compactVerify, errors } from 'jose';
import { LRUCache } from 'lru-cache';
import { refusedToken } from '../bearer.ts';
import { callerOf } from './caller.ts';
import { flawOf } from './read-token.ts';
import type { ReadToken } from './read-token.ts';

type Found = Identified<never>;

/** An issuer whose tokens count, and what is known of those that were shown. */
export type KnownIssuer = {
  /** What is known of a token that was shown before; undefined where that is nothing. */
  readonly recall: (token: string) => Found | undefined;
  /** Looks at a token that says it is of this issuer. */
  readonly check: (token: string, read: ReadToken) => Found | Promise<Found>;
};

type Checked = {
  readonly caller: Found;
  /** milliseconds since the epoch */
  readonly until: number;
  /** of the keys that it was checked by */
  readonly generation: number;
};

// Bounds of memory: letters of tokens, each kept with what was made of it.
const keptLetters = 8 * 1024 * 1024;
const keptRefused = 1_000;

/**
 * Makes what knows the tokens of one issuer. A token is checked once and then kept until its end, by all of its letters and with
 * the issuer, all of whose entry in the file the check went by. What is refused is kept apart: it must not push out what counts.
 *
 * @param now milliseconds since the epoch
 */
export function createKnownIssuer(issuer: Issuer, keys: KeySet, now: () => number): KnownIssuer {
  const counting = new LRUCache<string, Checked>({
    maxSize: keptLetters,
    sizeCalculation: (_, { length }) => length,
  });
  const refused = new LRUCache<string, { readonly flaw: string; readonly generation: number }>({
    max: keptRefused,
  });

  function recall(token: string): Found | undefined {
    const generation = keys.generation();
    const before = counting.get(token);
    if (before?.generation === generation) {
      keys.touch();
      return now() < before.until ? before.caller : refusedToken('token_expired');
    }
    const refusal = refused.get(token);
    return refusal?.generation === generation ? refusedToken('token_invalid', refusal.flaw) : undefined;
  }

  function check(token: string, read: ReadToken): Found | Promise<Found> {
    const flaw = flawOf(read, issuer, now());
    if (flaw !== undefined) return refusedToken('token_invalid', flaw);
    const until = Number(read.claims.exp) * 1000 + issuer.leewayMs;
    if (now() >= until) return refusedToken('token_expired');
    const caller = callerOf(read.claims, issuer);
    if (typeof caller === 'string') return refusedToken('token_invalid', caller);
    return checkSignature(token, caller, until);
  }

  async function checkSignature(shown: string, caller: Found, until: number): Promise<Found> {
    const token = ownCopy(shown);
    try {
      await compactVerify(token, keys.keyFor, { algorithms: [...issuer.algorithms] });
      counting.set(token, { caller, until, generation: keys.generation() });
      return caller;
    } catch (error) {
      if (error instanceof KeysAway)
        return refusedToken('token_unverified', 'the keys of its issuer cannot be fetched');
      const flaw = 'its signature';
      // One by a key that is not known may be a good one soon.
      if (error instanceof errors.JWSSignatureVerificationFailed) {
        refused.set(token, { flaw, generation: keys.generation() });
      }
      return refusedToken('token_invalid', flaw);
    }
  }

  return { recall, check };
}
