import { cookieName, seal, unseal } from '@latchkey/session';
import type { CookieScope, KeyRing } from '@latchkey/session';
import { createHash, timingSafeEqual } from 'node:crypto';
import { isJsonObject } from '../json.ts';
import type { Pending } from '../providers/provider.ts';

/** One sign-in under way in a browser, kept there in a sealed cookie of its own, so that tabs do not disturb each other. */
export type Attempt = {
  readonly state: string;
  /** provider that was asked */
  readonly slug: string;
  /** where the person wants to go; absent for our own front page */
  readonly target?: string;
  /** begun at, milliseconds since the epoch */
  readonly iat: number;
  /** what proves the answer to be ours; absent once the provider's answer was used */
  readonly secrets?: { readonly codeVerifier: string; readonly nonce?: string };
};

/** For finding a second factor, a phone, a colleague. */
export const attemptLifeMs = 15 * 60_000;
/** How long a used attempt still knows where it led, for a callback that is loaded again. */
export const usedAttemptLifeMs = 5 * 60_000;
/** Attempts that one browser keeps. */
export const keptAttempts = 5;

const namePrefix = 'latchkey_attempt_';
// RFC 6265bis, section 5.6: name and value together.
const browserLimit = 4096;

/** A new attempt. */
export function newAttempt(pending: Pending, about: { slug: string; target?: string; now: number }): Attempt {
  const { state, ...secrets } = pending;
  const { now, ...rest } = about;
  return { state, ...rest, iat: now, secrets };
}

/** The attempt after its answer was used: it still tells where it led, and nothing else. */
export function usedAttempt(attempt: Attempt): Attempt {
  const { secrets: _, ...rest } = attempt;
  return rest;
}

/** The name of the cookie of an attempt: found by its state, which it does not show. */
export function attemptCookieName(state: string, scope: CookieScope): string {
  const digest = createHash('sha256').update(state).digest('base64url');
  return cookieName(namePrefix + digest.slice(0, 16), scope);
}

/** Tells whether a cookie is that of an attempt. */
export function isAttemptCookieName(name: string, scope: CookieScope): boolean {
  return name.startsWith(cookieName(namePrefix, scope));
}

/**
 * Seals an attempt for its cookie. A browser drops a cookie that is too large, so a target that does not fit loses its
 * query first, then its path: arriving at the front door is better than not at all.
 */
export async function sealAttempt(attempt: Attempt, keys: KeyRing, name: string): Promise<string> {
  const { target, ...rest } = attempt;
  let sealed = '';
  for (const shorter of target === undefined ? [undefined] : shorterAndShorter(target)) {
    sealed = await seal({ ...rest, ...(shorter !== undefined && { target: shorter }) }, keys);
    if (name.length + sealed.length <= browserLimit) break;
  }
  return sealed;
}

/** Opens the cookie of an attempt; undefined for whatever is not one, or is too old. */
export async function openAttempt(value: string, keys: KeyRing, now: number): Promise<Attempt | undefined> {
  const data = await unseal(value, keys);
  if (!isAttempt(data)) return undefined;
  const life = data.secrets === undefined ? attemptLifeMs + usedAttemptLifeMs : attemptLifeMs;
  return now - data.iat < life ? data : undefined;
}

/** Compares a state from outside with that of an attempt. */
export function hasState(attempt: Attempt, state: string): boolean {
  const [ours, theirs] = [attempt.state, state].map((text) => createHash('sha256').update(text).digest());
  return ours !== undefined && theirs !== undefined && timingSafeEqual(ours, theirs);
}

/**
 * Chooses the attempts to give up, so that there is room for one more: what cannot be read goes first, then what is
 * used, then the oldest.
 *
 * @param held the attempt cookies of a browser, by name
 * @returns names of cookies to end
 */
export function attemptsToDrop(held: ReadonlyMap<string, Attempt | undefined>): string[] {
  const worth = (attempt: Attempt | undefined) => {
    if (attempt === undefined) return -1;
    return attempt.secrets === undefined ? 0 : attempt.iat;
  };
  const byWorth = [...held].toSorted(([, one], [, other]) => worth(one) - worth(other));
  const surplus = Math.max(0, byWorth.length - (keptAttempts - 1));
  return byWorth.filter(([, attempt], at) => attempt === undefined || at < surplus).map(([name]) => name);
}

function shorterAndShorter(target: string): string[] {
  const { origin, pathname } = new URL(target);
  return [target, origin + pathname, `${origin}/`];
}

function isAttempt(data: unknown): data is Attempt {
  if (!isJsonObject(data)) return false;
  const { state, slug, target, iat, secrets } = data;
  return (
    typeof state === 'string' &&
    typeof slug === 'string' &&
    typeof iat === 'number' &&
    (target === undefined || typeof target === 'string') &&
    (secrets === undefined || isSecrets(secrets))
  );
}

function isSecrets(data: unknown): boolean {
  if (!isJsonObject(data)) return false;
  const { codeVerifier, nonce } = data;
  return typeof codeVerifier === 'string' && (nonce === undefined || typeof nonce === 'string');
}
