import { seal, unseal } from '@latchkey/session';
import type { KeyRing } from '@latchkey/session';
import { isJsonObject } from '../json.ts';
import type { Tokens } from '../providers/provider.ts';

/** What auth needs to ask the provider about a session again. Times are seconds since the epoch. */
export type Grant = {
  readonly refresh_token?: string;
  /** only where there is no refresh token: then nobody can be asked for them again */
  readonly groups?: readonly string[];
  /** until then there is nothing new to ask */
  readonly access_expires_at: number;
  /** when the provider last answered; the newest grant of a session is the one that counts */
  readonly checked_at: number;
};

// Where a provider does not say how long its answer holds, it holds this long.
const unsaidLifeSeconds = 600;

/** The grant after an answer of the provider at `now` (milliseconds); a token that it did not renew stays. */
export function grantOf(
  tokens: Tokens,
  { now, groups, previous }: { now: number; groups: readonly string[] | undefined; previous?: Grant },
): Grant {
  const seconds = Math.floor(now / 1000);
  const refreshToken = tokens.refreshToken ?? previous?.refresh_token;
  return {
    ...(refreshToken === undefined ? groups !== undefined && { groups } : { refresh_token: refreshToken }),
    access_expires_at: seconds + (tokens.accessTokenSeconds ?? unsaidLifeSeconds),
    // The newest counts, also where the clock was set back since the one before.
    checked_at: Math.max(seconds, previous?.checked_at ?? 0),
  };
}

/** Seals a grant, so that only auth can use it although it travels inside the session. */
export function sealGrant(grant: Grant, keys: KeyRing): Promise<string> {
  return seal(grant, keys);
}

/** Opens a sealed grant; undefined for whatever is not one. */
export async function openGrant(sealed: string, keys: KeyRing): Promise<Grant | undefined> {
  const data = await unseal(sealed, keys);
  return isGrant(data) ? data : undefined;
}

function isGrant(data: unknown): data is Grant {
  if (!isJsonObject(data)) return false;
  const { refresh_token: token, groups, access_expires_at: expires, checked_at: checked } = data;
  return (
    Number.isSafeInteger(expires) &&
    Number.isSafeInteger(checked) &&
    (token === undefined || typeof token === 'string') &&
    (groups === undefined || (Array.isArray(groups) && groups.every((group) => typeof group === 'string')))
  );
}
