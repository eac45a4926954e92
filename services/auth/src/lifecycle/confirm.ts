import { HttpError } from '@latchkey/http';
import type { Clock } from '@latchkey/http';
import { clockSkewMs } from '@latchkey/session';
import type { Session } from '@latchkey/session';
import type { Provider, Word } from '../providers/provider.ts';
import { isFresh } from './freshness.ts';
import type { GrantState } from '../session/stored-session.ts';

/** What is needed to know whether a provider has to confirm a session again. */
export type Confirming = Clock & {
  /** for how long an answer of the provider counts */
  readonly sessionValidMs: number;
  readonly providers: ReadonlyMap<string, Pick<Provider, 'confirm'>>;
};

/**
 * How long ago the provider confirmed the session, in milliseconds. Undefined where it cannot be asked again before the access
 * token is over: it has no address to ask at, or gave nothing that is known here to ask with.
 */
export function ageOfWord(
  { idp }: Pick<Session, 'idp'>,
  grantState: GrantState,
  { providers, now }: Confirming,
): number | undefined {
  const { accessToken, confirmedAt, grant } = grantState;
  if (providers.get(idp)?.confirm === undefined) return undefined;
  if (accessToken === undefined && grant.refresh_token === undefined) return undefined;
  return now() - (confirmedAt ?? grant.checked_at * 1000);
}

/** Tells whether that is too old to go by. One from the future is: our clock was set back, and nobody knows how old it is. */
export function isWordOld(session: Pick<Session, 'idp'>, grantState: GrantState, parts: Confirming): boolean {
  const age = ageOfWord(session, grantState, parts);
  return age !== undefined && (age < -clockSkewMs || age >= parts.sessionValidMs);
}

/**
 * Asks the provider whether a session stands, with the access token that it gave for it.
 *
 * @returns undefined where there is nothing to ask with, or no need to; otherwise what the provider says now, `refused` where
 *   it takes the token no more, or why it did not answer
 */
export async function confirm(
  session: Pick<Session, 'idp' | 'sub'>,
  grantState: GrantState,
  parts: Confirming,
): Promise<GrantState | 'refused' | HttpError | undefined> {
  const { accessToken } = grantState;
  const provider = parts.providers.get(session.idp);
  if (accessToken === undefined || provider?.confirm === undefined) return undefined;
  if (!isFresh(grantState, parts) || !isWordOld(session, grantState, parts)) return undefined;
  try {
    const word = await provider.confirm(accessToken, session.sub);
    return word === undefined ? 'refused' : confirmed(grantState, word, parts.now());
  } catch (error) {
    if (error instanceof HttpError) return error;
    throw error;
  }
}

// Without a word about groups they stay as old as they are.
function confirmed(grantState: GrantState, { groups }: Word, now: number): GrantState {
  return { ...grantState, confirmedAt: now, ...(groups && { groups: { names: groups, at: now } }) };
}
