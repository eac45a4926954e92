import type { AccessToken } from '@latchkey/session';
import { grantStateOf } from '../lifecycle/open.ts';
import type { OpenSession } from '../lifecycle/open.ts';
import type { AccessTokens } from './access-tokens.ts';
import { isFamilyOver } from './delegation.ts';
import type { Delegating } from './delegation.ts';

/** What opening access tokens takes; `programs` is undefined where there are none. */
export type OpeningAccessTokens = Delegating & {
  readonly programs: { readonly accessTokens: Pick<AccessTokens, 'read'> } | undefined;
};

/** Tells whether a text may be a JWT. No seal of ours has a dot followed by two parts. */
export function isJwt(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
}

/** The session that an access token is of, if both stand. */
export async function openAccessToken(
  token: string,
  parts: OpeningAccessTokens,
): Promise<OpenSession | undefined> {
  const read: AccessToken | undefined = await parts.programs?.accessTokens.read(token);
  if (read === undefined || (await isFamilyOver(read, parts))) return undefined;
  const known = await grantStateOf(read.session, parts);
  return known && { session: read.session, known };
}
