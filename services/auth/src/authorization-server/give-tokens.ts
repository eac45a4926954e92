import { HttpError } from '@latchkey/http';
import type { Delegation, Session } from '@latchkey/session';
import type { Emit } from '@latchkey/telemetry';
import type { SessionStore } from '../lifecycle/store.ts';
import type { EndableSession } from '../revocation/sign-outs.ts';
import type { AuthEvent } from '../telemetry/events.ts';
import { renewed, sealDelegation } from './delegation.ts';
import type { Delegating } from './delegation.ts';
import type { Programs } from './programs.ts';

/** What giving out tokens takes. */
export type GivingTokens = Delegating & {
  readonly programs: Programs;
  readonly store: Pick<SessionStore, 'revoke' | 'useOnce'>;
  readonly emit: Emit<AuthEvent>;
};

/** The tokens of a program, in the words of RFC 6749, section 5.1. */
export type ProgramTokens = {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly refresh_token: string;
  readonly scope: string;
};

/**
 * Makes tokens.
 *
 * @param asked.generation of the refresh token
 * @param asked.scopes of the access token, where they are fewer than those of the delegation
 * @throws HttpError `invalid_grant` where the session of the delegation has ended
 */
export async function giveTokens(
  delegation: Delegation,
  { generation, scopes = delegation.scopes }: { generation: number; scopes?: readonly string[] },
  parts: GivingTokens,
): Promise<ProgramTokens> {
  const { accessTokens, keys } = parts.programs;
  const standing = await renewed(delegation, parts);
  const { token, expiresIn } = await accessTokens.sign({ ...standing, scopes });
  return {
    access_token: token,
    token_type: 'Bearer',
    expires_in: expiresIn,
    refresh_token: await sealDelegation({ ...standing, generation }, keys.refreshToken),
    scope: scopes.join(' '),
  };
}

/** Ends all that was given out on one approval: in every task, and for as long as any of it could be shown. */
export async function endFamily(
  { session, family }: { session: EndableSession & Pick<Session, 'exp'>; family: string },
  { store, now }: { store: Pick<SessionStore, 'revoke'>; now: () => number },
): Promise<void> {
  await store.revoke({ ...session, sid: family }, Math.max(session.exp * 1000, now()));
}

/** An answer to a program that shows what it may not. */
export function invalidGrant(detail: string, user?: string): HttpError {
  return new HttpError('invalid_grant', { detail, user });
}
