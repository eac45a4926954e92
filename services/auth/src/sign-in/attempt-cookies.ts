import { clearCookie, setCookie } from '@latchkey/session';
import type { Request } from 'express';
import type { Context } from '../context.ts';
import type { Reply } from '../web/locals.ts';
import { readCookies } from '../web/own-cookies.ts';
import {
  attemptCookieName,
  attemptLifeMs,
  attemptsToDrop,
  hasState,
  isAttemptCookieName,
  openAttempt,
  sealAttempt,
  usedAttempt,
  usedAttemptLifeMs,
} from './attempt.ts';
import type { Attempt } from './attempt.ts';

// Opening costs a key derivation each, and a browser of ours never holds more than a few.
const openedAttempts = 10;

/** Puts a new attempt into the browser, and takes out those that there is no room for. */
export async function keepAttempt(
  req: Request,
  res: Reply,
  attempt: Attempt,
  context: Context,
): Promise<void> {
  const scope = context.cookies.own;
  for (const name of attemptsToDrop(await heldAttempts(req, context))) {
    res.append('Set-Cookie', clearCookie(name, scope));
  }
  await writeAttempt(res, attempt, attemptLifeMs, context);
}

/** The attempt of a state, if this browser has begun it and it has not ended since. */
export async function findAttempt(
  req: Request,
  state: string,
  context: Context,
): Promise<Attempt | undefined> {
  const value = readCookies(req).get(attemptCookieName(state, context.cookies.own));
  if (value === undefined) return undefined;
  const attempt = await openAttempt(value, context.keys.attempt, context.now());
  return attempt !== undefined && hasState(attempt, state) ? attempt : undefined;
}

/** Ends an attempt: its secrets are gone from the browser, and its callback is never answered a second time. */
export function endAttempt(res: Reply, attempt: Attempt, context: Context): Promise<void> {
  return writeAttempt(res, usedAttempt(attempt), usedAttemptLifeMs, context);
}

async function writeAttempt(res: Reply, attempt: Attempt, lifeMs: number, context: Context): Promise<void> {
  const scope = context.cookies.own;
  const name = attemptCookieName(attempt.state, scope);
  const sealed = await sealAttempt(attempt, context.keys.attempt, name);
  res.append('Set-Cookie', setCookie(name, sealed, lifeMs / 1000, scope));
}

async function heldAttempts(req: Request, context: Context): Promise<Map<string, Attempt | undefined>> {
  const cookies = [...readCookies(req)].filter(([name]) => isAttemptCookieName(name, context.cookies.own));
  const held = cookies.map(async ([name, value], at): Promise<[string, Attempt | undefined]> => {
    if (at >= openedAttempts) return [name, undefined];
    return [name, await openAttempt(value, context.keys.attempt, context.now())];
  });
  return new Map(await Promise.all(held));
}
