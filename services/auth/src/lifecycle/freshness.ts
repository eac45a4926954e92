import type { Clock } from '@latchkey/http';
import { clockSkewMs } from '@latchkey/session';
import type { Grant } from '../session/grant.ts';
import type { GrantState } from '../session/stored-session.ts';

/**
 * Tells whether the access token of the last answer lives: until it is over there is nothing new to ask. Of an answer that
 * another task had, only the time of day is known; one from the future is none to wait for, for our clock was set back.
 */
export function isFresh({ grant, freshUntil }: GrantState, { now, elapsed }: Clock): boolean {
  if (freshUntil !== undefined) return elapsed() < freshUntil;
  return grant.checked_at * 1000 <= now() + clockSkewMs && now() < grant.access_expires_at * 1000;
}

/** Until when there is nothing new to ask after an answer that has come just now, by `elapsed`. */
export function freshUntil(grant: Grant, { now, elapsed }: Clock): number {
  return elapsed() + grant.access_expires_at * 1000 - now();
}
