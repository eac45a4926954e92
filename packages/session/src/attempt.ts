import { createHash, timingSafeEqual } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { cookieName } from './cookie.ts';
import type { CookieScope } from './cookie.ts';
import type { KeyRing } from './keys.ts';
import { seal, unseal } from './seal.ts';

const text = z.string();

const schema = z.object({
  state: text,
  /** slug of the provider */
  slug: text,
  /** where the person wants to go; absent for auth's own front page */
  target: text.exactOptional(),
  /** begun at, milliseconds since the epoch */
  iat: z.number(),
  /** what proves the answer to be ours; absent once the answer was used, or has come too late */
  secrets: z.object({ codeVerifier: text, nonce: text.exactOptional() }).exactOptional(),
  /** at auth: within how many seconds the person has to have proved who they are */
  provedWithin: z.int().exactOptional(),
  /** at auth: what the proxy asked for, where the application's host cannot read the shared cookie */
  codeRequest: z.object({ state: text, codeChallenge: text }).exactOptional(),
});

const sealedSchema = schema.extend({
  /** the target, where it is long */
  packed: text.exactOptional(),
});

/**
 * One sign-in under way in a browser, kept there in a sealed cookie of its own, so that tabs do not disturb each other.
 * Auth keeps one while it waits for the provider, the proxy while it waits for a code of auth.
 */
export type Attempt = Readonly<z.infer<typeof schema>>;

/** The secrets of one sign-in under way; they wait in the browser, sealed. */
export type AttemptSecrets = {
  readonly state: string;
  readonly codeVerifier: string;
  readonly nonce?: string;
};

/** For finding a second factor, a phone, a colleague. */
export const attemptLifeMs = 15 * 60_000;
/** How long a used attempt still knows where it led, for a callback that is loaded again. */
export const usedAttemptLifeMs = 5 * 60_000;
/** How long after its life an attempt still knows where it led, for somebody who comes back from the provider too late. */
export const lateMs = 45 * 60_000;
/** Attempts that one browser keeps. */
const keptAttempts = 5;
// They travel together in one header line, of which a load balancer takes 16 KB, and other cookies want to live too.
const keptBytes = 8_192;

const namePrefix = 'latchkey_attempt_';
// RFC 6265bis, section 5.6: name and value together.
const browserLimit = 4096;
// What a load balancer takes as a request line, and so no target is longer.
const longestTarget = 16 * 1024;

/** A new attempt. */
export function newAttempt(
  { state, ...secrets }: AttemptSecrets,
  { now, ...about }: Pick<Attempt, 'slug' | 'target' | 'codeRequest' | 'provedWithin'> & { now: number },
): Attempt {
  return { state, ...about, iat: now, secrets };
}

/** The attempt after its answer was used, or came too late: it still tells where it led, and nothing else. */
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
 * Seals an attempt for the cookie of a name. A browser drops a cookie that is too large, so a long target is packed; undefined
 * where it does not fit even so. Half an address would show half of what was asked for, and look like all of it.
 */
export async function sealAttempt(
  { target, ...rest }: Attempt,
  keys: KeyRing,
  name: string,
): Promise<string | undefined> {
  const packed = target === undefined || target.length > longestTarget ? [] : [{ packed: pack(target) }];
  for (const form of [target === undefined ? {} : { target }, ...packed]) {
    const sealed = await seal({ ...rest, ...form }, keys);
    if (name.length + sealed.length <= browserLimit) return sealed;
  }
  return undefined;
}

// Alone, so that its length tells nothing about a secret that would be packed with it.
function pack(target: string): string {
  return deflateRawSync(target).toString('base64url');
}

function unpack(packed: string): string {
  return inflateRawSync(Buffer.from(packed, 'base64url'), { maxOutputLength: longestTarget }).toString();
}

/** Opens the cookie of an attempt, without its secrets when its life is over; undefined for whatever is not one, or is too old. */
export async function openAttempt(value: string, keys: KeyRing, now: number): Promise<Attempt | undefined> {
  const opened = sealedSchema.safeParse(await unseal(value, keys)).data;
  if (opened === undefined) return undefined;
  const { packed, ...rest } = opened;
  const attempt = packed === undefined ? rest : { ...rest, target: unpack(packed) };
  const ageMs = now - attempt.iat;
  if (ageMs < attemptLifeMs) return attempt;
  return ageMs < attemptLifeMs + lateMs ? usedAttempt(attempt) : undefined;
}

/** Compares a state from outside with that of an attempt. */
export function hasState(attempt: Attempt, state: string): boolean {
  const [ours, theirs] = [attempt.state, state].map((text) => createHash('sha256').update(text).digest());
  return ours !== undefined && theirs !== undefined && timingSafeEqual(ours, theirs);
}

/** An attempt cookie that a browser holds: name and value together are `size` bytes. */
export type HeldAttempt = {
  readonly name: string;
  readonly size: number;
  /** undefined where it cannot be read */
  readonly attempt: Attempt | undefined;
};

/**
 * Chooses the attempts to give up, so that there is room for one more: what cannot be read goes first, then what is
 * used, then the oldest.
 *
 * @param added size of the one more, bytes
 * @returns names of cookies to end
 */
export function attemptsToDrop(held: readonly HeldAttempt[], added: number): string[] {
  const worth = ({ attempt }: HeldAttempt) => {
    if (attempt === undefined) return -1;
    return attempt.secrets === undefined ? 0 : attempt.iat;
  };
  const dropped: string[] = [];
  let [count, size] = [1, added];
  for (const one of held.toSorted((left, right) => worth(right) - worth(left))) {
    count += 1;
    size += one.size;
    if (one.attempt === undefined || count > keptAttempts || size > keptBytes) dropped.push(one.name);
  }
  return dropped;
}
