import { codeChallengeOf } from '@latchkey/session';
import type { Delegation, KeyRing } from '@latchkey/session';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Parameters } from '../web/parameters.ts';
import { openDelegation, sealDelegation } from './delegation.ts';
import { endFamily, invalidGrant } from './give-tokens.ts';
import type { GivingTokens } from './give-tokens.ts';

// A person waits in between for nothing but a redirect.
const codeLifeSeconds = 60;

const sealedWith = z.object({
  id: z.string(),
  redirectUri: z.string(),
  codeChallenge: z.string(),
  exp: z.number(),
});

/** Seals a delegation into a code for the program that waits at an address (RFC 6749, section 4.1.2). */
export function codeFor(
  delegation: Delegation,
  { redirectUri, codeChallenge, now }: { redirectUri: string; codeChallenge: string; now: number },
  keys: KeyRing,
): Promise<string> {
  const id = randomBytes(16).toString('base64url');
  const exp = Math.floor(now / 1000) + codeLifeSeconds;
  return sealDelegation({ ...delegation, id, redirectUri, codeChallenge, exp }, keys);
}

/**
 * The delegation that a code stands for. All that it is bound to is compared before it counts as used, and a second use ends
 * what came of the first (RFC 6749, section 4.1.2).
 *
 * @throws HttpError `invalid_grant`
 */
export async function redeemCode(form: Parameters, client: string, parts: GivingTokens): Promise<Delegation> {
  const code = await openDelegation(form.one('code') ?? '', parts.programs.keys.code, sealedWith);
  if (code === undefined || code.exp * 1000 <= parts.now()) throw invalidGrant('not a code of ours');
  const { email } = code.session;
  if (code.client !== client) throw invalidGrant('another client', email);
  if (code.redirectUri !== form.one('redirect_uri')) throw invalidGrant('another address', email);
  if (code.codeChallenge !== codeChallengeOf(form.one('code_verifier') ?? '')) {
    throw invalidGrant('another program', email);
  }
  if (!(await parts.store.useOnce('code', code.id, code.exp * 1000))) {
    await endFamily(code, parts);
    throw invalidGrant('used already', email);
  }
  const { session, resource, scopes, family } = code;
  return { session, client, resource, scopes, family };
}
