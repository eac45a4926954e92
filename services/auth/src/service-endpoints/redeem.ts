import type { CodeRedemption } from '@latchkey/contract';
import { authorityOf, canonicalAuthority } from '@latchkey/http';
import { codeChallengeOf } from '@latchkey/session';
import type { KeyRing, Session } from '@latchkey/session';
import { sealToken, withGrant } from '../lifecycle/issue.ts';
import type { Sealing } from '../lifecycle/issue.ts';
import { grantStateOf } from '../lifecycle/open.ts';
import type { Opening } from '../lifecycle/open.ts';
import type { SessionStore } from '../lifecycle/store.ts';
import { openCode } from './code.ts';

/** What redeeming a code takes. */
export type Redeeming = Opening &
  Sealing & {
    readonly keys: { readonly code: KeyRing };
    readonly store: Pick<SessionStore, 'useOnce'>;
  };

/** The session for one host, and sealed for the proxy, or why there is none. */
export type Redeemed =
  | { readonly session: Session; readonly token: string }
  | {
      readonly refusal:
        'not a code of ours' | 'another address' | 'another browser' | 'used already' | 'the session is over';
    };

/**
 * Redeems a code. Everything that it is bound to is compared before it counts as used: what a stranger shows must not use it
 * up for the browser that it belongs to.
 */
export async function redeem(
  { code, redirectUri, codeVerifier }: CodeRedemption,
  parts: Redeeming,
): Promise<Redeemed> {
  const grant = await openCode(code, parts.keys.code, parts.now());
  if (grant === undefined) return { refusal: 'not a code of ours' };
  if (grant.redirectUri !== redirectUri) return { refusal: 'another address' };
  if (grant.codeChallenge !== codeChallengeOf(codeVerifier)) return { refusal: 'another browser' };
  const isFirst = await parts.store.useOnce('code', grant.id, grant.exp * 1000);
  if (!isFirst) return { refusal: 'used already' };
  const grantState = await grantStateOf(grant.session, parts);
  if (grantState === undefined) return { refusal: 'the session is over' };

  // Without the port that the scheme implies, as a URL has it.
  const place = canonicalAuthority(new URL(redirectUri).host);
  if (place === undefined) return { refusal: 'another address' };
  const here: Session = { ...grant.session, aud: authorityOf(place), host_only: true };
  const session = await withGrant(here, grantState.grant, parts);
  return { session, token: await sealToken(session, parts) };
}
